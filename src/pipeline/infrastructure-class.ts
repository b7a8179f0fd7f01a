// What everything that looks at one file for the misconfiguration checks has in common: its answer, and what tells a template once it is parsed.

import type { InfrastructureFile } from "../scanners/scanner.ts";

/** What a file is to Trivy: of a type that it must name, something it may name, or nothing. */
export type InfrastructureClass = InfrastructureFile["type"] | "possible" | null;

/** A parsed object. */
export type Template = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object, no list. */
export function isObject(value: unknown): value is Template {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a Kubernetes manifest has at its top level, whatever its kind. */
export const KUBERNETES_KEYS = ["apiVersion", "kind", "metadata"];

/** Whether Trivy takes a parsed document for a Kubernetes manifest. */
export function isManifest(value: unknown): boolean {
  return isObject(value) && KUBERNETES_KEYS.every((key) => Object.hasOwn(value, key));
}

/** Every resource must be an object, with text as its type, for Trivy to take it for a template; and one of AWS for us to ask for proof. */
export function isCloudFormation({ Resources }: Template): boolean {
  if (!isObject(Resources)) return false;
  const types = Object.values(Resources).map((resource) => (isObject(resource) ? (resource["Type"] ?? "") : null));
  return types.every((type) => typeof type === "string") && types.some((type) => type.startsWith("AWS::"));
}
