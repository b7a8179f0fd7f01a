// What is wrong with the shape of a policy, in sentences: what was found, what is expected, and the nearest word that would be right.

import { z } from "zod";
import { nearest } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import type { PathProblem } from "./cross-checks.ts";
import { POLICY_VERSION, policyFileSchema } from "./policy-schema.ts";
import type { Path } from "./policy-yaml.ts";

type ZodIssue = z.core.$ZodIssue;

/** Longest text of the file that a message repeats, in UTF-16 units. */
const LONGEST_QUOTE = 60;

/** Says what one complaint of the schema about `policy` means: a problem per unknown key, else one. */
export function shapeProblems(issue: ZodIssue, policy: unknown): PathProblem[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
  return [{ path, part: "value", message: `${nameOf(path)} ${predicate(issue, valueAt(policy, path))}` }];
}

function unknownKey(path: Path, key: string): PathProblem {
  const allowed = keysAt(path);
  const place = path.length === 0 ? "" : ` in ${nameOf(path)}`;
  const message = `Unknown key ${quote(key)}${place}.${nearest(key, allowed)} Allowed: ${allowed.join(", ")}.`;
  return { path: [...path, key], part: "key", message };
}

/** The keys that the schema knows in the mapping at a path. */
function keysAt(path: Path): string[] {
  let schema: unknown = policyFileSchema;
  for (const key of path) {
    const around = unwrap(schema);
    schema = around instanceof z.ZodObject ? around.shape[key] : around instanceof z.ZodArray ? around.element : null;
  }
  const found = unwrap(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrap(schema: unknown): unknown {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}

function predicate(issue: ZodIssue, value: unknown): string {
  if (value === undefined) return "is missing.";
  if (value === null && issue.path.length === 0) return `is empty. It needs at least \`version: ${POLICY_VERSION}\`.`;
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, value);
    case "invalid_value":
      return wrongValue(issue.values.map(String), value);
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum), value);
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum), value);
    default:
      return issue.message;
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a whole number",
  int: "a whole number",
  array: "a list",
  object: "a mapping",
};

function wrongType(expected: string, value: unknown): string {
  const quotes = expected === "string" && (typeof value === "number" || typeof value === "boolean") ? ": put it in quotes" : "";
  return `is ${kindOf(value)}, ${EXPECTED[expected] ?? expected} is expected${quotes}.`;
}

function wrongValue(allowed: readonly string[], value: unknown): string {
  if (allowed[0] === String(POLICY_VERSION) && typeof value === "number")
    return `is ${value}; this version of sarif-gate knows only ${POLICY_VERSION}.`;
  if (typeof value !== "string") return `is ${kindOf(value)}. Allowed: ${allowed.join(", ")}.`;
  if (allowed.includes(value)) return `is text, the number ${value} is expected: take it out of the quotes.`;
  return `is ${quote(value)}.${nearest(value, allowed)} Allowed: ${allowed.join(", ")}.`;
}

function tooSmall(origin: string, minimum: number, value: unknown): string {
  return origin === "int" || origin === "number"
    ? `is ${String(value)}, at least ${minimum} is expected.`
    : "is empty. Leave it out or give it a value.";
}

function tooBig(origin: string, maximum: number, value: unknown): string {
  if (origin === "string") return `is longer than ${maximum} characters. Make it shorter.`;
  if (origin === "array") return `has ${Array.isArray(value) ? value.length : "too many"} elements, at most ${maximum} are allowed.`;
  return `is ${String(value)}, at most ${maximum} is allowed.`;
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : `${value}`;
  return typeof value === "object" ? "a mapping" : `\`${String(value)}\``;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined),
    root,
  );
}

/** `gate.rules[0].max`, in backticks. */
function nameOf(path: Path): string {
  if (path.length === 0) return "The policy";
  const name = path.reduce<string>((text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`), "");
  return `\`${name}\``;
}

function quote(text: string): string {
  return `\`${printable(text, LONGEST_QUOTE)}\``;
}
