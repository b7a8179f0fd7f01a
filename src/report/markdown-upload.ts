// The section of the job summary about the upload: what became of it, what to do, what GitHub said, and what was left out. Nothing in it is the verdict.

import { link } from "../text/markdown.ts";
import { type Limit, more, prose, renderWithin } from "./markdown-parts.ts";
import type { UploadNote } from "./upload-note.ts";

export interface UploadSectionOptions {
  /** Null or absent when nobody tried to upload. */
  readonly upload?: UploadNote | null | undefined;
  /** What GitHub does not get, one clause each. Untrusted. */
  readonly notUploaded?: readonly string[] | undefined;
  /** Https address of the repository's alerts, linked to when GitHub has the upload. */
  readonly alertsUrl?: string | undefined;
}

const DETAILS: Limit = { rows: 20, bytes: 20 * 1024 };
const NOT_UPLOADED: Limit = { rows: 20, bytes: 20 * 1024 };

/** Characters of the message and of the remedy, which may hold lines of a workflow to add. */
const MESSAGE_LENGTH = 1_000;

/** The word before the message; where the upload is done, the message says so itself. */
const LEVEL_WORDS: Readonly<Record<UploadNote["level"], string>> = {
  done: "",
  notice: "skipped: ",
  warning: "**warning**: ",
  failure: "**failed**: ",
};

/** Renders the section; empty when there is nothing to say. */
export function renderUploadSection({ upload = null, notUploaded = [], alertsUrl }: UploadSectionOptions): string {
  const paragraphs = [...(upload === null ? [] : noteParagraphs(upload)), ...leftOutParagraphs(notUploaded)];
  if (paragraphs.length === 0) return "";
  const hasAlerts = upload?.level === "done" || upload?.level === "warning";
  const alerts = alertsUrl !== undefined && hasAlerts ? [link("See the alerts", alertsUrl)] : [];
  return ["### Code scanning", ...paragraphs, ...alerts].join("\n\n");
}

function noteParagraphs({ level, message, remedy, details }: UploadNote): string[] {
  const advice = remedy === "" ? "" : ` → ${prose(remedy, MESSAGE_LENGTH)}`;
  const said = `${LEVEL_WORDS[level]}${prose(message, MESSAGE_LENGTH)}${advice}`;
  return [said, ...listParagraphs("GitHub says:", details, { limit: DETAILS, noun: "line" })];
}

function leftOutParagraphs(notUploaded: readonly string[]): string[] {
  return listParagraphs("Not in the upload:", notUploaded, { limit: NOT_UPLOADED, noun: "line" });
}

function listParagraphs(
  title: string,
  items: readonly string[],
  { limit, noun }: { readonly limit: Limit; readonly noun: string },
): string[] {
  if (items.length === 0) return [];
  const rows = renderWithin(limit, items, (item) => `- ${prose(item)}`);
  return [[title, "", ...rows, ...more(items.length - rows.length, noun, "")].join("\n")];
}
