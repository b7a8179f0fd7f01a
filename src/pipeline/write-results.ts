// Writes what a scan leaves behind: the full SARIF, the SARIF for GitHub, and report.json. Nothing else is ever written where the user can see it.

import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { GateError, messageOf } from "../errors.ts";
import type { RunId } from "../findings/scanner-id.ts";
import { renderJson } from "../report/json.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { buildLocalLog, buildUploadLog } from "../sarif/build-log.ts";
import { fingerprintFindings } from "../sarif/fingerprints.ts";
import { checkContract } from "../sarif/github-contract.ts";
import type { Tool } from "../sarif/log.ts";
import { renderLog } from "../sarif/render-log.ts";
import { SCANNERS } from "../scanners/registry.ts";
import type { Clean } from "../text/redact.ts";
import { withoutSecrets } from "../text/without-secrets.ts";
import { findOutputPlace } from "./output-place.ts";
import type { ScanResult } from "./scan.ts";

export interface ResultPaths {
  readonly sarif: string;
  readonly upload: string;
  readonly report: string;
}

export interface WrittenResults {
  readonly sarif: string;
  /** Null when no run may be uploaded; an older file of that name is removed then, so that nobody uploads it by mistake. */
  readonly upload: string | null;
  readonly report: string;
  /** `<category>/<run id>/` of every run in the upload. */
  readonly categories: readonly string[];
  /** One clause per run that is not in the upload, and one per run that was cut to GitHub's limits. Untrusted text may stand in it. */
  readonly notUploaded: readonly string[];
  /** What GitHub would not take, at most 20 sentences; with one, the upload file is a bug of ours and must not be sent. */
  readonly complaints: readonly string[];
}

export interface WriteOptions {
  readonly paths: ResultPaths;
  readonly clean: Clean;
  /** The report as `withoutSecrets` leaves it, where the caller has that already: to make it takes a look at every string. */
  readonly shown?: ScanReport;
  /** The https address of the scanned repository; null where it is not known. */
  readonly repositoryUri: string | null;
  /** The real directory of the job's checkouts; like in the scanned tree, no link in it is followed. */
  readonly workspace?: string;
}

const MOST_COMPLAINTS = 20;

/**
 * Writes the three files. Rejects with a GateError `output-unwritable` that names the file: before anything is written when one of them would be written
 * through a link, or to something that is no regular file.
 */
export async function writeResults(
  { report, text }: ScanResult,
  { paths, clean, repositoryUri, workspace = report.root, shown = withoutSecrets(report, clean) }: WriteOptions,
): Promise<WrittenResults> {
  const tools = Object.fromEntries(SCANNERS.map(({ run, name, informationUri }) => [run, { name, informationUri }])) as Record<RunId, Tool>;
  // Secrets go before anything is cut to the lengths that GitHub takes. Fingerprints are made of the files themselves.
  const source = { ...shown, repositoryUri, tools, fingerprint: fingerprintFindings(report.findings, text) };
  const upload = await buildUploadLog(source);
  const places = await findPlaces(paths, [report.root, workspace]);
  await writeText(places.sarif, renderLog(buildLocalLog(source), clean));
  await writeText(places.report, renderJson(shown, clean, upload.truncated));
  if (upload.log === null) await remove(places.upload);
  else await writeText(places.upload, renderLog(upload.log, clean));
  const omitted = upload.omitted.map(({ run, because }) => `${run}: ${because}`);
  const truncated = upload.truncated.map(
    ({ run, kept, total, because }) => `${run}: ${total - kept} of ${total} findings, because ${because}`,
  );
  return {
    ...paths,
    upload: upload.log === null ? null : paths.upload,
    categories: (upload.log?.runs ?? []).flatMap(({ automationDetails }) => automationDetails?.id ?? []),
    notUploaded: [...omitted, ...truncated],
    complaints: upload.log === null ? [] : checkContract(upload.log).slice(0, MOST_COMPLAINTS),
  };
}

async function findPlaces(paths: ResultPaths, trees: readonly string[]): Promise<ResultPaths> {
  const place = (path: string) => naming(path, () => findOutputPlace(path, trees));
  return { sarif: await place(paths.sarif), upload: await place(paths.upload), report: await place(paths.report) };
}

/** Step by step, because node's own recursive mkdir never ends below /proc. */
async function makeDirectory(directory: string): Promise<void> {
  const exists = await stat(directory).then(
    () => true,
    () => false,
  );
  if (exists || dirname(directory) === directory) return;
  await makeDirectory(dirname(directory));
  await mkdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EEXIST") throw cause;
  });
}

/** Should something else have taken the file's place meanwhile, it is neither followed nor waited for, nor emptied. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

async function writeText(path: string, pieces: Iterable<string>): Promise<void> {
  await naming(path, async () => {
    await makeDirectory(dirname(path));
    const file = await open(path, FLAGS, 0o644);
    try {
      if (!(await file.stat()).isFile()) throw new Error("it is not a regular file");
      await file.truncate();
      await writePieces(file, pieces);
    } finally {
      await file.close();
    }
  });
}

/** Writes pieces in their order, each while the next is made. Rejects with what the first failed write or the making of a piece throws; starts no other after it. */
export async function writePieces(file: Pick<FileHandle, "writeFile">, pieces: Iterable<string>): Promise<void> {
  let writing = Promise.resolve();
  for (const piece of pieces) {
    await writing;
    writing = file.writeFile(piece);
    // A rejection while the next piece is made must not end the process.
    writing.catch(() => undefined);
  }
  await writing;
}

async function remove(path: string): Promise<void> {
  await naming(path, () => rm(path, { force: true }));
}

async function naming<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw new GateError("output-unwritable", `${path} cannot be written: ${messageOf(cause)}`, {
      cause,
      remedy: "Name a place that can be written: a directory for `--out`, a file that is no link for `sarif-file`.",
    });
  }
}
