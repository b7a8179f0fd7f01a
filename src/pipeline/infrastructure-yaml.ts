// What a YAML file is to Trivy: a Kubernetes manifest, a CloudFormation template or neither. Told by lines in the first column, so that the many YAML files
// that are neither cost next to nothing; a file is parsed only where a template language may be mixed in, or where those lines may be written otherwise.

import { type Document, isCollection, parseAllDocuments, visit } from "yaml";
import { type InfrastructureClass, isCloudFormation, isManifest, isObject, KUBERNETES_KEYS } from "./infrastructure-class.ts";

/** A value or a line that begins with `{{` or `{%`: a template that is not YAML, or text inside of a block that only looks like one. */
const TEMPLATE_MARK = /(?:^|[:-][ \t])[ \t]*\{[{%]/m;

/** In the first column nothing of YAML begins like this, whatever is around it. */
const TEMPLATE_LINE = /^\{[{%]/m;

const QUIET = { logLevel: "silent", prettyErrors: false } as const;

/** Parsing takes up to half a second for as many bytes of hostile text. */
const PARSED_BYTES = 256 * 1024;

/** What breaks a line for Trivy. */
const LINE_BREAK = /\r\n?|[\x85\u2028\u2029]/g;

/** An escape within double quotes, or a tag of which the value is not what is written: either may stand for any word. */
const ESCAPE = /\\[xuU\n]/;
const DISGUISE = /^%TAG|![!<][^\s!<]*(?:binary|%)|\0/m;

/** Trivy takes for Kubernetes what has the three keys in one document, of whatever kind, and for CloudFormation what has `Resources` in its first. */
export function classifyYaml(text: string): InfrastructureClass {
  const plain = text.replace(/^\uFEFF/, "").replace(LINE_BREAK, "\n");
  return classifyLines(plain) ?? classifyParsed(plain);
}

function classifyLines(text: string): InfrastructureClass {
  const documents = text.split(/^---(?=\s|$)/m);
  if (documents.some((document) => KUBERNETES_KEYS.every((key) => hasKey(document, key)))) return ifYaml(text, "kubernetes");
  const first = documents.find((document) => document.trim() !== "") ?? "";
  if (!hasKey(first, "Resources")) return null;
  return isPlainCloudFormation(first) ? ifYaml(text, "cloudformation") : "possible";
}

/** For keys that are indented, escaped, in braces (JSON is YAML) or that have a tag. */
function classifyParsed(text: string): InfrastructureClass {
  if (DISGUISE.test(text)) return "possible";
  const mentions = text.includes("Resources") || (text.includes("apiVersion") && text.includes("kind"));
  if (!mentions && !ESCAPE.test(text)) return null;
  if (text.length > PARSED_BYTES) return "possible";
  const documents = parseAllDocuments(text, QUIET);
  const values = documents.map(parsedValue);
  if (values.some(isManifest)) return ifYaml(text, "kubernetes");
  const first = values.find((value) => value !== null);
  if (isObject(first) && Object.hasOwn(first, "Resources")) return isCloudFormation(first) ? ifYaml(text, "cloudformation") : "possible";
  return values.includes(undefined) || documents.some(({ errors }) => errors.length > 0) ? "possible" : null;
}

/** Undefined for what has no value, such as aliases that would multiply beyond measure. */
function parsedValue(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
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
  return parseAllDocuments(text, QUIET).every((document) => {
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
