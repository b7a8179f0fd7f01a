// The directory a process of Trivy is pointed at: a view of the tree, our own list of its pins, and a canary, side by side, so that it looks at all of
// them. Below `tree/` nothing is at the top level, where Trivy passes over `dev`, `proc` and `sys`.

import { normalizeProjectName } from "../../findings/package-ref.ts";
import type { Pin } from "../../manifests/pin.ts";
import { pinsByKey } from "../../manifests/pins-by-key.ts";
import { compareText } from "../../text/compare-text.ts";
import { CANARY_REQUIREMENT, canarySecret } from "../canary.ts";
import type { Command } from "../scanner.ts";

/** The directory, relative to the command's own. */
export const SCANNED_DIRECTORY = "scan";

/** Its parts, as the first segment of a `Target` in the report. */
export type Section = "tree" | "pins" | "canary";

/** Our list of pins, as it stands in `Target`; Trivy reads pins from files of this name only. */
export const PINS_TARGET = "pins/requirements.txt";

export const CANARY_REQUIREMENTS_TARGET = "canary/requirements.txt";

/** A place where Trivy's own rules would pass over a secret: found here, our rules are in force. */
export const CANARY_SECRET_TARGET = "canary/tests/example.md";

/** Where the view of the tree stands, relative to the command's directory. */
export const TREE_VIEW = `${SCANNED_DIRECTORY}/tree`;

/** Returns the part of the scanned directory a target is in, and its path there; undefined for a target that names no file of it. */
export function splitTarget(target: string): { readonly section: Section; readonly path: string } | undefined {
  const [, section, path] = /^(tree|pins|canary)\/(.+)$/s.exec(target) ?? [];
  return path === undefined || !isSection(section) ? undefined : { section, path };
}

function isSection(section: string | undefined): section is Section {
  return section === "tree" || section === "pins" || section === "canary";
}

/** Returns the path of a target in the scanned tree; undefined for any other. */
export function treePath(target: string): string | undefined {
  const split = splitTarget(target);
  return split?.section === "tree" ? split.path : undefined;
}

/** The canary for a scan of dependencies. */
export function requirementInput(): Command["inputs"][number] {
  return { name: `${SCANNED_DIRECTORY}/${CANARY_REQUIREMENTS_TARGET}`, text: `${CANARY_REQUIREMENT}\n` };
}

/** The canary for a scan of secrets. */
export function secretInput(): Command["inputs"][number] {
  return { name: `${SCANNED_DIRECTORY}/${CANARY_SECRET_TARGET}`, text: `token = "${canarySecret()}"\n` };
}

/** The list of pins, or nothing where there are none. */
export function pinsInputs(pins: readonly Pin[]): Command["inputs"] {
  const lines = [...pinsByKey(pins)].sort(([a], [b]) => compareText(a, b)).flatMap(([, group]) => requirementLines(group));
  return lines.length === 0 ? [] : [{ name: `${SCANNED_DIRECTORY}/${PINS_TARGET}`, text: [...lines, ""].join("\n") }];
}

/**
 * Trivy looks a package up under the name it reads, in lower case and with `-` for `_`, while advisories are stored under the name the project likes:
 * `ruamel.yaml`, `typed-ast`. So a package is listed under its name as written, with hyphens and with dots.
 */
function requirementLines(group: readonly Pin[]): string[] {
  const version = group[0]?.version ?? "";
  const written = group.map(({ name }) => name.toLowerCase().replaceAll("_", "-"));
  const hyphens = written.map(normalizeProjectName);
  const dots = hyphens.map((name) => name.replaceAll("-", "."));
  return [...new Set([...written, ...hyphens, ...dots])].sort().map((name) => `${name}==${version}`);
}
