// The one requirements file Safety is given. It is ours: Safety drops lines it does not understand without a word, and crashes on some manifests,
// so it never sees one of the repository.

import { normalizeProjectName } from "../../findings/package-ref.ts";
import type { Pin } from "../../manifests/pin.ts";
import { pinsByKey } from "../../manifests/pins-by-key.ts";
import { compareText } from "../../text/compare-text.ts";
import { CANARY_KEY, CANARY_REQUIREMENT } from "../canary.ts";

/** Its name; the report must say that this file was scanned. */
export const REQUIREMENTS_FILE = "sarif-gate-requirements.txt";

/** Renders one line for each package and version, the canary first. Several versions of one package in one file are each looked up. */
export function renderRequirements(pins: readonly Pin[]): string {
  const groups = [...pinsByKey(pins)].filter(([key]) => key !== CANARY_KEY).sort(([a], [b]) => compareText(a, b));
  const lines = groups.flatMap(([, [pin]]) => (pin === undefined ? [] : [`${normalizeProjectName(pin.name)}==${pin.version}`]));
  return [CANARY_REQUIREMENT, ...lines, ""].join("\n");
}
