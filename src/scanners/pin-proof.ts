// Pins a scanner did not take up. One scanner alone makes no gap of them: coverage of pins is decided over all scanners together.

import type { Notice } from "../findings/coverage.ts";
import type { Pin } from "../manifests/pin.ts";
import { pinsByKey } from "../manifests/pins-by-key.ts";

/** What a scanner proved of the pins it was given. */
export interface PinProof {
  readonly expected: number;
  /** The given pins that were looked up, as sorted `packageKey`s. */
  readonly takenUp: readonly string[];
  /** One for each line of a pin that was not. */
  readonly notices: readonly Notice[];
}

/** Compares the pins with the keys that a report proves were looked up. */
export function provePins(scanner: string, pins: readonly Pin[], proven: ReadonlySet<string>): PinProof {
  const groups = [...pinsByKey(pins)];
  const unproven = groups.filter(([key]) => !proven.has(key)).flatMap(([, group]) => group);
  return {
    expected: groups.length,
    takenUp: groups
      .map(([key]) => key)
      .filter((key) => proven.has(key))
      .sort(),
    notices: unproven.map(({ path, startLine, name, version }) => ({
      path,
      line: startLine,
      message: `${name}==${version} was not taken up by ${scanner}`,
    })),
  };
}
