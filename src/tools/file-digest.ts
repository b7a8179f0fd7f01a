// sha256 of files. A digest is computed anew unless the caller names a place to remember it; then an unchanged file is read only once.

import { createHash, type Hash } from "node:crypto";
import { mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { READ_FLAGS, READ_TEXT } from "../host/read-regular-file.ts";
import { replaceFile } from "./cache-directory.ts";

const CHUNK_BYTES = 1024 * 1024;

/** A thread takes about as long to start, some 50 ms, as these take to read and hash: with fewer nothing is gained. Trivy's executable has four times as many. */
const OWN_THREAD_BYTES = 40 * 1024 * 1024;

/** Returns the hexadecimal sha256 of the files' bytes, one after the other. Rejects when one cannot be read. Many bytes hold up nothing else meanwhile. */
export async function fileDigest(...paths: readonly string[]): Promise<string> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  if (sizes.reduce((sum, size) => sum + size, 0) >= OWN_THREAD_BYTES) return await digestInThread(paths);
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (const path of paths) await addFile(hash, path, buffer);
  return hash.digest("hex");
}

/** The whole program of the thread. A text, because a file of its own would have to lie beside the bundle. */
const HASHING = `
const { createHash } = require("node:crypto");
const { closeSync, openSync, readSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const hash = createHash("sha256");
const buffer = Buffer.allocUnsafe(workerData.bytes);
for (const path of workerData.paths) {
  const file = openSync(path, workerData.flags);
  for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) hash.update(buffer.subarray(0, count));
  closeSync(file);
}
parentPort.postMessage(hash.digest("hex"));
`;

/** The thread is given nothing of our environment and of our options. */
function digestInThread(paths: readonly string[]): Promise<string> {
  const workerData = { paths, flags: READ_FLAGS, bytes: CHUNK_BYTES };
  return new Promise((resolve, reject) => {
    const ended = (status: number) => reject(new Error(`the thread that reads ${paths.join(", ")} ended with ${status} and said nothing`));
    new Worker(HASHING, { eval: true, env: {}, execArgv: [], workerData })
      .once("message", resolve)
      .once("error", reject)
      .once("exit", ended);
  });
}

/** One buffer for all reads: a stream would leave a new one behind for every chunk of a large executable. */
async function addFile(hash: Hash, path: string, buffer: Buffer): Promise<void> {
  const file = await open(path, READ_FLAGS);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Returns the hexadecimal sha256 of a text's UTF-8 bytes. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * As `fileDigest`, remembered below `memory` for as long as the files stay what they are, wherever their directory is moved: the same inodes with the
 * same sizes and change times. The system alone sets change times. For databases, whose digest is recorded; never for what is executed.
 */
export async function rememberedDigest(memory: string, ...paths: readonly string[]): Promise<string> {
  const states = await Promise.all(paths.map((path) => stat(path)));
  const identity = states.map(({ dev, ino, size, ctimeMs }) => `${dev} ${ino} ${size} ${ctimeMs}`).join("\n");
  const record = join(memory, textDigest(identity));
  const remembered = await readFile(record, READ_TEXT).catch(() => "");
  if (/^[0-9a-f]{64}$/.test(remembered)) return remembered;
  const sha256 = await fileDigest(...paths);
  // Not being able to remember costs time in the next run and nothing else.
  await remember(record, sha256).catch(() => undefined);
  return sha256;
}

async function remember(record: string, sha256: string): Promise<void> {
  await mkdir(dirname(record), { recursive: true, mode: 0o700 });
  await replaceFile(record, sha256);
}
