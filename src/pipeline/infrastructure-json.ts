// What a JSON file is to Trivy: a Kubernetes manifest, a CloudFormation template, an Azure template or neither. Only a file that may contain the words is parsed.

import { type InfrastructureClass, isCloudFormation, isManifest, isObject, type Template } from "./infrastructure-class.ts";

/** Where Azure's schemas are (https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax). */
const AZURE_SCHEMAS = "https://schema.management.azure.com/schemas";

/**
 * Trivy names an Azure template in its report only when one of its checks concerns a resource in it. These are the common types of which any
 * resource makes it do so, measured with empty properties; the rest depends on what is in them.
 */
const AZURE_TYPES_ALWAYS_CHECKED: ReadonlySet<unknown> = new Set([
  "Microsoft.Compute/disks",
  "Microsoft.DBforMySQL/servers",
  "Microsoft.DBforPostgreSQL/servers",
  "Microsoft.KeyVault/vaults",
  "Microsoft.Network/networkSecurityGroups",
  "Microsoft.Sql/servers",
  "Microsoft.Storage/storageAccounts",
  "Microsoft.Web/sites",
]);

/** What a template of any kind mentions, or may mention behind an escape or in another encoding. Go takes `ſ` for an `s`. */
const MENTIONS = /"apiVersion"|"resources"|\\u|\0/iu;

/** Only the top-level object counts. Trivy, being written in Go, reads `resources` for `Resources`, which makes many more files possible. */
export function classifyJson(text: string): InfrastructureClass {
  if (!text.includes(AZURE_SCHEMAS) && !MENTIONS.test(text)) return null;
  const template = parse(text.replace(/^\uFEFF/, ""));
  if (template === undefined) return "possible"; // Azure templates may have comments
  if (!isObject(template)) return null;
  if (isManifest(template)) return "kubernetes";
  if (isAzureTemplate(template)) return isAlwaysChecked(template) ? "azure-arm" : "possible";
  if (isCloudFormation(template)) return "cloudformation";
  return Object.entries(template).some(([key, value]) => /^resources$/iu.test(key) && isObject(value)) ? "possible" : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAzureTemplate({ $schema }: Template): boolean {
  return typeof $schema === "string" && $schema.startsWith(AZURE_SCHEMAS);
}

function isAlwaysChecked({ resources, handler }: Template): boolean {
  if (!Array.isArray(resources) || handler !== undefined) return false;
  return resources.some((resource: unknown) => isObject(resource) && AZURE_TYPES_ALWAYS_CHECKED.has(resource["type"]));
}
