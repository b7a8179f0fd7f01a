// From the text of a scanner's report to a typed value, or a ScannerError that names the scanner and the place in the report. It quotes no value of
// the report, for that may be a secret, and lets through only what a schema declares.

import { z } from "zod";
import { ScannerError } from "../errors.ts";

/** Twice the largest report that a real tree of 800,000 lines gave. */
const MAX_REPORT_BYTES = 128 * 1024 * 1024;
/** Real reports nest about ten levels. */
export const MAX_REPORT_DEPTH = 64;

/** A member that may be anything or absent: what it means is decided by a total function. */
export const anything = z.unknown().optional();

/** Decodes the JSON text of `scanner`'s report. Throws a ScannerError `report-unreadable`. */
export function decodeReport<Schema extends z.ZodType>(scanner: string, text: string, schema: Schema): z.output<Schema> {
  const decoded = schema.safeParse(parseJson(scanner, text));
  if (decoded.success) return decoded.data;
  const first = decoded.error.issues[0];
  throw unreadable(scanner, `${z.core.toDotPath(first?.path ?? []) || "the top level"}: ${first?.message ?? "invalid"}`);
}

/** The error for a report that cannot be believed; `what` says where and why, without a literal from the report. */
export function unreadable(scanner: string, what: string): ScannerError {
  return new ScannerError("report-unreadable", `The report of ${scanner} cannot be read: ${what}.`, {
    remedy: "Run again; if it happens again, this version of the scanner writes reports that sarif-gate does not know.",
  });
}

/** A JSON object whose keys come from outside, as a Map: there `__proto__` is a key like any other. */
export function mapOf<Value extends z.ZodType>(value: Value) {
  return z.custom<object>(isObject, "expected an object").transform((object, context) => {
    const map = new Map<string, z.output<Value>>();
    for (const [key, item] of Object.entries(object)) {
      const decoded = value.safeParse(item);
      if (decoded.success) map.set(key, decoded.data);
      else for (const { path, message } of decoded.error.issues) context.addIssue({ code: "custom", path: [key, ...path], message });
    }
    return map;
  });
}

function parseJson(scanner: string, text: string): unknown {
  if (Buffer.byteLength(text) > MAX_REPORT_BYTES) throw unreadable(scanner, `it is larger than ${MAX_REPORT_BYTES} bytes`);
  const value = jsonOf(scanner, text);
  if (isDeep(value)) throw unreadable(scanner, `it is nested more than ${MAX_REPORT_DEPTH} levels deep`);
  return value;
}

/** The parser's own message would quote the report, so it is left out. */
function jsonOf(scanner: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(scanner, text.trim() === "" ? "it is empty" : "it is not JSON, or not all of it");
  }
}

/** Level by level, because a deep value must not be walked by recursion. */
function isDeep(value: unknown): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; depth < MAX_REPORT_DEPTH && level.length > 0; depth += 1) {
    level = level.flatMap((item) => Object.values(item).filter(isNested));
  }
  return level.length > 0;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isObject(value: unknown): boolean {
  return isNested(value) && !Array.isArray(value);
}
