// The job summary. It is written once before the upload, so that it is there whatever happens then, and again with what became of it.

import { summary } from "@actions/core";
import { messageOf } from "../errors.ts";
import { alertsUrl } from "../github/addresses.ts";
import type { WrittenResults } from "../pipeline/write-results.ts";
import { type MarkdownOptions, renderMarkdown } from "../report/markdown.ts";
import type { ScanReport } from "../report/scan-report.ts";
import type { UploadNote } from "../report/upload-note.ts";
import { escapeMarkdown } from "../text/markdown.ts";
import type { Clean } from "../text/redact.ts";
import type { ActionsLog } from "./actions-log.ts";
import type { Upload } from "./upload-results.ts";

export interface SummaryOptions {
  /** Address of the repository; null where it is not known. */
  readonly url: string | null;
  /** What every text passes before it leaves. */
  readonly clean: Clean;
  readonly log: ActionsLog;
}

/** What became of the results, and how it is told. */
export interface Delivery {
  readonly written: WrittenResults;
  readonly upload: Upload;
  readonly note: UploadNote;
}

/** Writes the summary of a report and returns it. Never rejects. */
export async function writeSummary(report: ScanReport, options: SummaryOptions, after?: Delivery): Promise<string> {
  const { url } = options;
  const files: MarkdownOptions = url === null || report.revision === null ? {} : { blobUrl: `${url}/blob/${report.revision}` };
  const text = renderMarkdown(report, after === undefined ? files : { ...files, ...uploadOptions(after, url) });
  await write(text, options);
  return text;
}

/** Writes why there is no verdict, and after it what was told before, if anything. Never rejects. */
export async function writeFailure(message: string, told: string, options: Omit<SummaryOptions, "url">): Promise<void> {
  await write(`## sarif-gate: error\n\n${escapeMarkdown(options.clean(message))}\n${told === "" ? "" : `\n${told}`}`, options);
}

/** A summary that cannot be written must not take the SARIF and the upload with it. */
async function write(text: string, { clean, log }: Omit<SummaryOptions, "url">): Promise<void> {
  try {
    await summary.emptyBuffer().addRaw(clean(text)).write({ overwrite: true });
  } catch (cause) {
    log.warn(`The job summary cannot be written: ${messageOf(cause)}`);
  }
}

function uploadOptions({ written, upload, note }: Delivery, url: string | null): MarkdownOptions {
  const alerts = url === null || upload.ref === null || upload.outcome.sarifId === null ? null : alertsUrl(url, upload.ref);
  return {
    upload: note,
    notUploaded: written.notUploaded,
    ...(alerts === null ? {} : { alertsUrl: alerts }),
  };
}
