// Reads one requirements file (https://pip.pypa.io/en/stable/reference/requirements-file-format/). It follows no include and expands no environment variable.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { RequirementParts } from "../findings/pinning.ts";
import { encodingGaps } from "./encoding-gaps.ts";
import { directNotice, EMPTY_READING, type FileReading, type Include } from "./file-reading.ts";
import { lockTool } from "./lock-tool.ts";
import { type LogicalLine, logicalLines } from "./logical-lines.ts";
import type { Pin } from "./pin.ts";
import { parseRequirement } from "./requirement.ts";
import { parseOptions, splitOptions } from "./requirement-options.ts";
import { viaGraph } from "./via-comments.ts";
import { withPinning } from "./with-pinning.ts";

/** pip expands these, and no others. */
const VARIABLE = /\$\{[A-Z0-9_]+\}/;
const UNKNOWN_VALUE = "the value of its environment variable is not known here";

/** Reads a requirements file, decoded and without byte order mark. What pip would refuse is a gap; what no advisory can match is a notice. Never throws. */
export function readRequirements(path: string, text: string): FileReading {
  if (text.includes("\0")) return { ...EMPTY_READING, gaps: [{ path, reason: "is not UTF-8 text", remedy: "Save it as UTF-8." }] };
  const draft: Draft = { pins: [], gaps: encodingGaps(path, text), notices: [], unpinned: [], includes: [] };
  for (const line of logicalLines(text)) readLine(path, line, draft);
  const graph = viaGraph(text, draft.pins);
  // Only a compiled file has such comments, whether or not a header says what compiled it.
  const tool = lockTool(text) ?? (graph === null ? null : "pip-compile");
  return { ...EMPTY_READING, ...draft, pins: withPinning(draft.pins, graph, tool) };
}

interface Draft {
  readonly pins: Pin[];
  readonly gaps: Gap[];
  readonly notices: Notice[];
  readonly unpinned: string[];
  readonly includes: Include[];
}

function readLine(path: string, { text, startLine, endLine }: LogicalLine, draft: Draft): void {
  const written = splitOptions(text);
  const options = parseOptions(written.options);
  const requirement = written.requirement === "" ? null : parseRequirement(written.requirement);
  const problem = options.problem ?? (requirement?.kind === "invalid" ? requirement.why : null);
  const hasVariable = VARIABLE.test(text);
  if (problem !== null) draft.gaps.push(unparsed(path, startLine, hasVariable ? UNKNOWN_VALUE : problem));
  if (requirement?.kind === "pinned") {
    const { name, version } = requirement;
    const parts: RequirementParts = { extras: requirement.extras, marker: requirement.marker, hashed: options.isHashed };
    draft.pins.push({ name, version, format: "requirements", path, startLine, endLine, ...(isBare(parts) ? {} : { requirement: parts }) });
  }
  if (requirement?.kind === "unpinned") draft.unpinned.push(requirement.name);
  if (requirement?.kind === "direct" || options.isEditable) draft.notices.push(directNotice(path, startLine));
  else if (hasVariable && problem === null) draft.notices.push({ path, line: startLine, message: UNKNOWN_VALUE });
  for (const include of options.includes) draft.includes.push({ ...include, line: startLine });
}

/** Whether the line is name and version alone. */
function isBare({ extras, marker, hashed }: RequirementParts): boolean {
  return extras.length === 0 && marker === null && !hashed;
}

function unparsed(path: string, line: number, why: string): Gap {
  return {
    path,
    line,
    reason: `cannot be parsed as a requirement: ${why}`,
    remedy: "Write the line as pip's requirements file format has it, or remove it.",
  };
}
