// Takes secrets out of a value of ours before it is shown: a text that was wrapped, cut or escaped would not be recognised any more.

import { GateError } from "../errors.ts";
import type { Clean } from "./redact.ts";

/**
 * Returns `value` with every string in it passed through `clean`. What holds nothing to clean is returned as it is and not copied, so that a report of
 * many findings costs no memory. For plain objects, arrays and errors of ours, which come back with code, message and remedy;
 * keys stay.
 */
export function withoutSecrets<Value>(value: Value, clean: Clean): Value {
  const known = new Map<unknown, unknown>();
  const visit = (item: unknown): unknown => {
    if (typeof item === "string") return clean(item);
    if (typeof item !== "object" || item === null) return item;
    if (!known.has(item)) known.set(item, cleaned(item, visit));
    return known.get(item);
  };
  // Only strings are exchanged, each for another, so the shape is that of `value`.
  return visit(value) as Value;
}

function cleaned(item: object, visit: (member: unknown) => unknown): unknown {
  if (item instanceof GateError) return new GateError(item.code, String(visit(item.message)), { remedy: String(visit(item.remedy)) });
  if (Array.isArray(item)) {
    const members = item.map(visit);
    return members.some((member, index) => member !== item[index]) ? members : item;
  }
  const changed = Object.entries(item).flatMap(([key, member]) => {
    const result = visit(member);
    return result === member ? [] : [[key, result] as const];
  });
  return changed.length === 0 ? item : { ...item, ...Object.fromEntries(changed) };
}
