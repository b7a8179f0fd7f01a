// What a run says of itself: why it failed, what it did not look at, what is worth knowing and what was cut from its results.

import type { Location, Notification } from "sarif";
import type { Notice } from "../findings/coverage.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { JudgedGap } from "../policy/judged-gap.ts";
import type { Truncation } from "./log.ts";
import { artifactLocation, messageText } from "./results.ts";
import { isAccepted } from "./upload-runs.ts";

interface RunRemarks {
  readonly run: ScannerRun;
  readonly gaps: readonly JudgedGap[];
  readonly notices: readonly Notice[];
  readonly truncation: Truncation | undefined;
}

/** Builds what is said of a run: a failure and every gap that is not accepted are errors, a truncation is a warning, the rest are notes. Order is kept. */
export function buildNotifications({ run, gaps, notices, truncation }: RunRemarks): Notification[] {
  return [
    ...outcomeOf(run),
    ...gaps.map(gapNotification),
    ...(truncation === undefined ? [] : [notification("warning", truncationMessage(truncation))]),
    ...notices.map(({ path, line, message }) => notification("note", message, { path, line })),
  ];
}

function gapNotification(gap: JudgedGap): Notification {
  const { path, line, reason, remedy = "" } = gap;
  const place = { path, line };
  return isAccepted(gap)
    ? notification("note", sentences("Not looked at, which the policy accepts", reason), place)
    : notification("error", sentences(reason, remedy), place);
}

/** Says what is missing from a run's results, in one sentence for people. */
function truncationMessage({ kept, total, because }: Truncation): string {
  return `${kept} of ${total} findings are listed, the most severe ones: ${because}.`;
}

function outcomeOf(run: ScannerRun): Notification[] {
  if (run.status === "failed") return [notification("error", sentences(run.error.message, run.error.remedy))];
  return run.status === "skipped" ? [notification("note", `There was nothing to look at: ${run.reason}`)] : [];
}

function notification(
  level: "error" | "warning" | "note",
  message: string,
  place: { path?: string | undefined; line?: number | undefined } = {},
): Notification {
  return {
    level,
    message: { text: messageText(message) },
    ...(place.path === undefined ? {} : { locations: [locationOf(place.path, place.line)] }),
  };
}

function locationOf(path: string, line: number | undefined): Location {
  const whole = artifactLocation(path);
  return line === undefined ? whole : { physicalLocation: { ...whole.physicalLocation, region: { startLine: Math.max(1, line) } } };
}

function sentences(...texts: readonly string[]): string {
  return texts
    .filter((text) => text !== "")
    .map((text) => (/[.!?]$/.test(text) ? text : `${text}.`))
    .join(" ");
}
