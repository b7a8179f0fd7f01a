// The way back from what a scanner says about a package to the lines that pin it.

import { packageKey } from "../findings/package-ref.ts";
import type { Pin } from "./pin.ts";

/** Groups pins by `packageKey`: every spelling of one name and version together, in the order given. */
export function pinsByKey(pins: readonly Pin[]): Map<string, Pin[]> {
  const groups = new Map<string, Pin[]>();
  for (const pin of pins) {
    const key = packageKey(pin.name, pin.version);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pin]);
    else group.push(pin);
  }
  return groups;
}
