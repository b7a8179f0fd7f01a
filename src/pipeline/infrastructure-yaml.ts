// What a YAML file is to Trivy: a Kubernetes manifest, a CloudFormation template or neither. Told by lines in the first column, so that the many YAML files
// that are neither cost next to nothing; only where a template language may be mixed in is a file parsed.

import { isCollection, parseAllDocuments, visit } from "yaml";
import type { InfrastructureClass } from "./infrastructure-class.ts";

const KUBERNETES_KEYS = ["apiVersion", "kind", "metadata"];

/** A value or a line that begins with `{{` or `{%`: a template that is not YAML, or text inside of a block that only looks like one. */
const TEMPLATE_MARK = /(?:^|[:-][ \t])[ \t]*\{[{%]/m;

/** In the first column nothing of YAML begins like this, whatever is around it. */
const TEMPLATE_LINE = /^\{[{%]/m;

/** Parsing takes up to half a second for as many bytes of hostile text. */
const PARSED_BYTES = 256 * 1024;

/** Trivy takes for Kubernetes what has the three keys in one document, of whatever kind, and for CloudFormation what has `Resources` in its first. */
export function classifyYaml(text: string): InfrastructureClass {
  const documents = text.replace(/^\uFEFF/, "").split(/^---(?=\s|$)/m);
  if (documents.some((document) => KUBERNETES_KEYS.every((key) => hasKey(document, key)))) return ifYaml(text, "kubernetes");
  const first = documents.find((document) => document.trim() !== "") ?? "";
  if (!hasKey(first, "Resources")) return null;
  return isPlainCloudFormation(first) ? ifYaml(text, "cloudformation") : "possible";
}

function hasKey(document: string, key: string): boolean {
  return document.includes(key) && new RegExp(`^["']?${key}["']?[ \\t]*:(?:\\s|$)`, "m").test(document);
}

/** A resource of AWS, and none of the functions that stand in a resource's place: those Trivy does not read as a template. */
function isPlainCloudFormation(document: string): boolean {
  return /^[ \t]+["']?Type["']?[ \t]*:[ \t]*["']?AWS::/m.test(document) && !/Fn::(?:ForEach|Transform)/.test(document);
}

/** A template that is not YAML before it is rendered is nothing that Trivy could read. Mistakes in what has no template marks are gaps. */
function ifYaml(text: string, found: "kubernetes" | "cloudformation"): InfrastructureClass {
  if (!TEMPLATE_MARK.test(text)) return found;
  return !TEMPLATE_LINE.test(text) && text.length <= PARSED_BYTES && isYaml(text) ? found : "possible";
}

/** YAML allows `{{ name }}`, a mapping as a key; Trivy's parser does not. */
function isYaml(text: string): boolean {
  return parseAllDocuments(text, { logLevel: "silent", prettyErrors: false }).every((document) => {
    if (document.errors.length > 0) return false;
    let isReadable = true;
    visit(document, {
      Pair: (_index, pair) => {
        if (isCollection(pair.key)) isReadable = false;
        return isReadable ? undefined : visit.BREAK;
      },
    });
    return isReadable;
  });
}
