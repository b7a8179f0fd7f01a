// Takes secrets out of a value of ours before it is shown: a text that was wrapped, cut or escaped would not be recognised any more.

import { GateError } from "../errors.ts";
import type { Clean } from "./redact.ts";

/**
 * Returns `value` with every string in it passed through `clean`. What holds nothing to clean is returned as it is and not copied, so that a report of
 * many findings costs no memory. For plain objects, arrays and errors of ours, which come back with code, message and remedy;
 * keys stay.
 */
export function withoutSecrets<Value>(value: Value, clean: Clean): Value {
  const visit = (item: unknown): unknown => {
    if (typeof item === "string") return clean(item);
    return isRecord(item) ? cleaned(item, visit) : item;
  };
  // Only strings are exchanged, each for another, so the shape is that of `value`.
  return visit(value) as Value;
}

function isRecord(item: unknown): item is Readonly<Record<string, unknown>> {
  return typeof item === "object" && item !== null;
}

function cleaned(item: Readonly<Record<string, unknown>>, visit: (member: unknown) => unknown): unknown {
  if (item instanceof GateError) return new GateError(item.code, String(visit(item.message)), { remedy: String(visit(item.remedy)) });
  return Array.isArray(item) ? cleanedList(item, visit) : cleanedRecord(item, visit);
}

function cleanedList(list: readonly unknown[], visit: (member: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let index = 0; index < list.length; index += 1) {
    const result = visit(list[index]);
    if (result === list[index]) continue;
    copy ??= [...list];
    copy[index] = result;
  }
  return copy ?? list;
}

/** Member by member where they stand: a list of keys or entries for each of 50,000 findings takes longer than to clean them. */
function cleanedRecord(record: Readonly<Record<string, unknown>>, visit: (member: unknown) => unknown): object {
  let copy: Record<string, unknown> | null = null;
  for (const key in record) {
    const member = record[key];
    const result = visit(member);
    if (result === member) continue;
    copy ??= { ...record };
    Reflect.set(copy, key, result);
  }
  return copy ?? record;
}
