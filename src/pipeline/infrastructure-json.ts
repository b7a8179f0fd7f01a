// What a JSON file is to Trivy: a Kubernetes manifest, a CloudFormation template, an Azure template or neither. Only a file that contains the words is parsed.

import type { InfrastructureClass } from "./infrastructure-class.ts";

const KUBERNETES_KEYS = ["apiVersion", "kind", "metadata"];

/** Where Azure's schemas are (https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax). */
const AZURE_SCHEMAS = "https://schema.management.azure.com/schemas";

/**
 * Trivy names an Azure template in its report only when one of its checks concerns a resource in it. These are the common types of which any
 * resource makes it do so, measured with empty properties; the rest depends on what is in them.
 */
const AZURE_TYPES_ALWAYS_CHECKED = new Set([
  "Microsoft.Compute/disks",
  "Microsoft.DBforMySQL/servers",
  "Microsoft.DBforPostgreSQL/servers",
  "Microsoft.KeyVault/vaults",
  "Microsoft.Network/networkSecurityGroups",
  "Microsoft.Sql/servers",
  "Microsoft.Storage/storageAccounts",
  "Microsoft.Web/sites",
]);

/** Only the top-level object counts. Trivy, being written in Go, reads `resources` for `Resources`, which makes many more files possible. */
export function classifyJson(text: string): InfrastructureClass {
  const mentionsAzure = text.includes(AZURE_SCHEMAS);
  if (!mentionsAzure && !text.includes('"apiVersion"') && !/"resources"/i.test(text)) return null;
  const template = parseObject(text);
  if (template === null) return mentionsAzure ? "possible" : null; // Trivy reads Azure templates with comments, nothing else
  if (KUBERNETES_KEYS.every((key) => Object.hasOwn(template, key))) return "kubernetes";
  if (isAzureTemplate(template)) return isAlwaysChecked(template) ? "azure-arm" : "possible";
  if (isCloudFormation(template)) return "cloudformation";
  return Object.entries(template).some(([key, value]) => key.toLowerCase() === "resources" && isObject(value)) ? "possible" : null;
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAzureTemplate({ $schema }: JsonObject): boolean {
  return typeof $schema === "string" && $schema.startsWith(AZURE_SCHEMAS);
}

function isAlwaysChecked({ resources, handler }: JsonObject): boolean {
  if (!Array.isArray(resources) || handler !== undefined) return false;
  return resources.some((resource: unknown) => isObject(resource) && AZURE_TYPES_ALWAYS_CHECKED.has(String(resource["type"])));
}

/** Every resource must be an object, with text as its type, for Trivy to take it for a template; and one of AWS for us to ask for proof. */
function isCloudFormation({ Resources }: JsonObject): boolean {
  if (!isObject(Resources)) return false;
  const types = Object.values(Resources).map((resource) => (isObject(resource) ? (resource["Type"] ?? "") : null));
  return types.every((type) => typeof type === "string") && types.some((type) => type.startsWith("AWS::"));
}
