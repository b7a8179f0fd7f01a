// From the text of a scanner's report to a typed value, or a ScannerError that names the scanner and the place in the report. It quotes no value of
// the report, for that may be a secret, and lets through only what a schema declares.

import { z } from "zod";
import { ScannerError } from "../errors.ts";
import { measureJson } from "./measure-json.ts";

/** Real reports hold a value in 25 to 50 bytes, and an array or object in 130 to 250. As many of any kind take less than 512 MB of memory with the text. */
export const MAX_REPORT_VALUES = 2_500_000;
export const MAX_REPORT_CONTAINERS = 500_000;
/** Real reports nest about ten levels. */
export const MAX_REPORT_DEPTH = 64;

/** Only the first problem is told: a list of all takes thousands of times the memory of the report, 2.3 GB for `{}` 300,000 times. */
const FIRST_PROBLEM: z.core.ParseContextInternal<z.core.$ZodIssue> = { abortEarly: true };

/** A member that may be anything or absent: what it means is decided by a total function. */
export const anything = z.unknown().optional();

/** Decodes the JSON text of `scanner`'s report. Throws a ScannerError: `scanner-flooded` when it holds too much, otherwise `report-unreadable`. */
export function decodeReport<Schema extends z.ZodType>(scanner: string, text: string, schema: Schema): z.output<Schema> {
  const decoded = schema.safeParse(parseJson(scanner, text), FIRST_PROBLEM);
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

/** The error for a scanner that says more than can be held in memory; `what` says what there is too much of, and how much may be. */
export function tooMuch(scanner: string, what: string): ScannerError {
  return new ScannerError("scanner-flooded", `${scanner} ${what}.`, {
    remedy: "Keep vendored and generated code out with `exclude` in the policy, or scan parts of the tree one by one with `path`.",
  });
}

/** A JSON object whose keys come from outside, as a Map: there `__proto__` is a key like any other. */
export function mapOf<Value extends z.ZodType>(value: Value) {
  return z.custom<object>(isObject, "expected an object").transform((object, context) => {
    const map = new Map<string, z.output<Value>>();
    for (const [key, item] of Object.entries(object)) {
      const decoded = value.safeParse(item, FIRST_PROBLEM);
      if (!decoded.success) {
        for (const { path, message } of decoded.error.issues) context.addIssue({ code: "custom", path: [key, ...path], message });
        break;
      }
      map.set(key, decoded.data);
    }
    return map;
  });
}

function parseJson(scanner: string, text: string): unknown {
  const { values, containers, depth } = measureJson(text);
  if (depth > MAX_REPORT_DEPTH) throw unreadable(scanner, `it is nested more than ${MAX_REPORT_DEPTH} levels deep`);
  if (values > MAX_REPORT_VALUES) throw tooMuch(scanner, `wrote a report of more than ${MAX_REPORT_VALUES} values`);
  if (containers > MAX_REPORT_CONTAINERS) throw tooMuch(scanner, `wrote a report of more than ${MAX_REPORT_CONTAINERS} arrays and objects`);
  return jsonOf(scanner, text);
}

/** The parser's own message would quote the report, so it is left out. */
function jsonOf(scanner: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(scanner, text.trim() === "" ? "it is empty" : "it is not JSON, or not all of it");
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
