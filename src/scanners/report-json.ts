// From the text of a scanner's report to a typed value, or a ScannerError that names the scanner and the place in the report. It quotes no value of
// the report, for that may be a secret, and lets through only what a schema declares.

import { z } from "zod";
import { ScannerError } from "../errors.ts";
import { type JsonSize, type ListPlace, measureJson } from "./measure-json.ts";

/** Real reports hold a value in 25 to 50 bytes, and an array or object in 130 to 250. As many of any kind take less than 512 MB of memory with the text. */
export const MAX_REPORT_VALUES = 2_500_000;
export const MAX_REPORT_CONTAINERS = 500_000;
/** Real reports nest about ten levels. */
export const MAX_REPORT_DEPTH = 64;

/** A piece is copied before it is parsed. Those of real reports have some 30,000 characters. */
const MAX_PIECE_LENGTH = 2 ** 20;

/** Only the first problem is told: a list of all takes thousands of times the memory of the report, 2.3 GB for `{}` 300,000 times. */
const FIRST_PROBLEM: z.core.ParseContextInternal<z.core.$ZodIssue> = { abortEarly: true };

/** A member that may be anything or absent: what it means is decided by a total function. */
export const anything = z.unknown().optional();

/** Decodes the JSON text of `scanner`'s report. Throws a ScannerError: `scanner-flooded` when it holds too much, otherwise `report-unreadable`. */
export function decodeReport<Schema extends z.ZodType>(scanner: string, text: string, schema: Schema): z.output<Schema> {
  requireFitting(scanner, measureJson(text));
  return decodeWith(scanner, schema, jsonOf(scanner, text));
}

/** `placeOf` turns a path in the value into one in the report. */
function decodeWith<Schema extends z.ZodType>(
  scanner: string,
  schema: Schema,
  value: unknown,
  placeOf = (path: readonly PropertyKey[]) => path,
): z.output<Schema> {
  const decoded = schema.safeParse(value, FIRST_PROBLEM);
  if (decoded.success) return decoded.data;
  const first = decoded.error.issues[0];
  const path = z.core.toDotPath([...placeOf(first?.path ?? [])]);
  throw unreadable(scanner, `${path || "the top level"}: ${first?.message ?? "invalid"}`);
}

/** A report whose results are decoded few at a time, when they are asked for. */
export interface LongReport<Report, Result> {
  /** All of it but the results. */
  readonly report: Report;
  /** Can be walked once. Throws a ScannerError `report-unreadable` at the first that is none. */
  readonly results: Iterable<Result>;
}

/**
 * As `decodeReport`, for a report with so many `results` that they must not be in memory all at once: parsed, it is ten times its size. What is around the
 * list and every piece of the list are JSON exactly when the whole is.
 */
export function decodeLongReport<Report extends { readonly results: readonly Result[] }, Result>(
  scanner: string,
  text: string,
  { report: schema, result }: { readonly report: z.ZodType<Report>; readonly result: z.ZodType<Result> },
): LongReport<Report, Result> {
  const size = measureJson(text, "results");
  requireFitting(scanner, size);
  const list = size.list !== null && longestPiece(size.list) <= MAX_PIECE_LENGTH ? size.list : null;
  if (list === null) {
    const report = decodeWith(scanner, schema, jsonOf(scanner, text));
    return { report, results: report.results };
  }
  const report = decodeWith(scanner, schema, jsonOf(scanner, text.slice(0, list.open + 1) + text.slice(list.close)));
  return { report, results: resultsAt(scanner, text, list, result) };
}

function longestPiece({ open, close, cuts }: ListPlace): number {
  return [...cuts, close].reduce((longest, end, index) => Math.max(longest, end - (cuts[index - 1] ?? open)), 0);
}

/** A piece that is not the first begins with a comma, or is the end of the list: both follow an element, for which `null` stands. */
function* resultsAt<Result>(scanner: string, text: string, { open, close, cuts }: ListPlace, schema: z.ZodType<Result>): Generator<Result> {
  const first = decodePiece(scanner, z.array(schema), text.slice(open + 1, cuts[0] ?? close), 0);
  yield* first;
  let count = first.length;
  const others = z.tuple([z.null()], schema);
  for (const [index, cut] of cuts.entries()) {
    const [, ...piece] = decodePiece(scanner, others, `null${text.slice(cut, cuts[index + 1] ?? close)}`, count - 1);
    yield* piece;
    count += piece.length;
  }
}

/** Decodes elements of the results; the first of them has the number `from`. */
function decodePiece<Schema extends z.ZodType>(scanner: string, schema: Schema, elements: string, from: number): z.output<Schema> {
  return decodeWith(scanner, schema, jsonOf(scanner, `[${elements}]`), ([index, ...path]) => ["results", from + Number(index), ...path]);
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

function requireFitting(scanner: string, { values, containers, depth }: JsonSize): void {
  if (depth > MAX_REPORT_DEPTH) throw unreadable(scanner, `it is nested more than ${MAX_REPORT_DEPTH} levels deep`);
  if (values > MAX_REPORT_VALUES) throw tooMuch(scanner, `wrote a report of more than ${MAX_REPORT_VALUES} values`);
  if (containers > MAX_REPORT_CONTAINERS) throw tooMuch(scanner, `wrote a report of more than ${MAX_REPORT_CONTAINERS} arrays and objects`);
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
