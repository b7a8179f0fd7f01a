// Sends a SARIF file to GitHub code scanning and says what became of it. The file itself is never touched.

import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { createGzip } from "node:zlib";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import type { Clock } from "../host/ports.ts";
import { GITHUB_LIMITS } from "../sarif/limits.ts";
import { awaitProcessing } from "./analysis-status.ts";
import type { CodeScanning } from "./code-scanning.ts";
import { explainRefusal, quote } from "./refusal.ts";
import type { UploadOutcome } from "./upload-outcome.ts";

export interface UploadRequest {
  /** Path of the SARIF that GitHub gets. */
  readonly file: string;
  readonly ref: string;
  readonly commit: string;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly startedAt: Date;
  /** See `RefusalContext`. */
  readonly readOnlyReason: string | null;
  /** Whether to wait for GitHub's answer. */
  readonly wait: boolean;
}

/** For sending, repeats and their pauses included. Milliseconds. */
const SENDING = 5 * 60_000;

const acceptedSchema = z.object({ id: z.string().regex(/^[\w-]{1,200}$/) });

/**
 * Uploads the file. Never rejects. A call that is repeated although GitHub took the first one does no harm: an upload overwrites the one with the same
 * commit, tool and category.
 */
export async function uploadSarif(request: UploadRequest, github: CodeScanning, clock: Clock): Promise<UploadOutcome> {
  const { file, ref, commit, root, startedAt } = request;
  const compressed = await compress(file).catch((cause: unknown) => messageOf(cause));
  if (typeof compressed === "string") return failure(`${file} cannot be read again: ${compressed}.`);
  if (compressed.length > GITHUB_LIMITS.compressedBytes)
    return failure(`${file} has ${compressed.length} bytes after gzip, more than GitHub takes.`);
  const body = {
    commit_sha: commit,
    ref,
    sarif: compressed.toString("base64"),
    checkout_uri: pathToFileURL(root).href,
    started_at: startedAt.toISOString().replace(/\.\d+Z$/, "Z"),
  };
  const answer = await github.upload(body, clock.monotonic() + SENDING);
  if (answer.kind === "silence" || answer.status !== 202) return explainRefusal(answer, request);
  const sarifId = acceptedSchema.safeParse(answer.body).data?.id;
  if (sarifId === undefined)
    return failure(`GitHub answered the upload with something unreadable (${quote(answer.status, answer.message)}).`);
  if (request.wait) return await awaitProcessing(sarifId, github, clock);
  return { status: "accepted", sarifId, message: "GitHub took the upload; its answer was not waited for.", remedy: "", details: [] };
}

async function compress(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await pipeline(createReadStream(file), createGzip(), async (parts: AsyncIterable<Buffer>) => {
    for await (const part of parts) chunks.push(part);
  });
  return Buffer.concat(chunks);
}

function failure(message: string): UploadOutcome {
  return { status: "failed", sarifId: null, message, remedy: "Run the job again; if it stays, please report it.", details: [] };
}
