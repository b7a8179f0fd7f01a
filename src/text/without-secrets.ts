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
    return typeof item === "object" && item !== null ? cleaned(item, visit) : item;
  };
  // Only strings are exchanged, each for another, so the shape is that of `value`.
  return visit(value) as Value;
}

function cleaned(item: object, visit: (member: unknown) => unknown): unknown {
  if (item instanceof GateError) return new GateError(item.code, String(visit(item.message)), { remedy: String(visit(item.remedy)) });
  let copy: object | null = null;
  // Not by `Object.entries`, which would make three objects of every member of 50,000 findings.
  for (const key of Array.isArray(item) ? item.keys() : Object.keys(item)) {
    const member: unknown = Reflect.get(item, key);
    const result = visit(member);
    if (result === member) continue;
    copy ??= Array.isArray(item) ? [...item] : { ...item };
    Reflect.set(copy, key, result);
  }
  return copy ?? item;
}
