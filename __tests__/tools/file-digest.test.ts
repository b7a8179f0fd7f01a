import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { fileDigest, rememberedDigest, textDigest } from "../../src/tools/file-digest.ts";
import { temporaryDirectory } from "../support/tool-host.ts";

vi.mock("node:worker_threads", { spy: true });

/** sha256 of "abc" (FIPS 180-4, example B.1). */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

function fileWith(text: string): string {
  const path = join(temporaryDirectory(), "file");
  writeFileSync(path, text);
  return path;
}

const MANY_BYTES = 41 * 1024 * 1024;

/** A file of so many zeros; most systems keep none of them on the disk. */
function emptySpace(): string {
  const path = fileWith("");
  truncateSync(path, MANY_BYTES);
  return path;
}

describe("fileDigest", () => {
  it("is the sha256 of the file", async () => {
    expect(await fileDigest(fileWith("abc"))).toBe(ABC);
    expect(textDigest("abc")).toBe(ABC);
  });

  it("takes several files as one", async () => {
    expect(await fileDigest(fileWith("a"), fileWith("bc"))).toBe(ABC);
  });

  it("is the same for so many bytes that a thread of its own hashes them", async () => {
    const expected = createHash("sha256").update("a").update(Buffer.alloc(MANY_BYTES)).update("bc").digest("hex");
    expect(await fileDigest(fileWith("a"), emptySpace(), fileWith("bc"))).toBe(expected);
    expect(Worker).toHaveBeenCalledOnce();
    await fileDigest(fileWith("abc"));
    expect(Worker).toHaveBeenCalledOnce();
  });

  it("is none where one of them cannot be read, be they few bytes or many", async () => {
    const directory = temporaryDirectory();
    await expect(fileDigest(fileWith("a"), directory)).rejects.toMatchObject({ code: "EISDIR" });
    await expect(fileDigest(emptySpace(), directory)).rejects.toMatchObject({ code: "EISDIR" });
    await expect(fileDigest(join(directory, "missing"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("rememberedDigest", () => {
  it("does not read an unchanged file twice, even when its directory was renamed", async () => {
    const memory = join(temporaryDirectory(), "digests");
    const parent = temporaryDirectory();
    mkdirSync(join(parent, "old"));
    writeFileSync(join(parent, "old", "file"), "abc");
    expect(await rememberedDigest(memory, join(parent, "old", "file"))).toBe(ABC);
    const planted = "0".repeat(64);
    for (const name of readdirSync(memory)) writeFileSync(join(memory, name), planted);
    renameSync(join(parent, "old"), join(parent, "new"));
    expect(await rememberedDigest(memory, join(parent, "new", "file"))).toBe(planted);
  });

  it("reads a changed file again", async () => {
    const memory = temporaryDirectory();
    const path = fileWith("xyz");
    expect(await rememberedDigest(memory, path)).not.toBe(ABC);
    writeFileSync(path, "abc");
    expect(await rememberedDigest(memory, path)).toBe(ABC);
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe that stands in the place of what is remembered", async () => {
    const memory = temporaryDirectory();
    const path = fileWith("abc");
    await rememberedDigest(memory, path);
    const [record = ""] = readdirSync(memory);
    rmSync(join(memory, record));
    execFileSync("mkfifo", [join(memory, record)]);
    expect(await rememberedDigest(memory, path)).toBe(ABC);
  });

  it("does without a memory that cannot be written", async () => {
    const memory = join(fileWith("a file, not a directory"), "digests");
    expect(await rememberedDigest(memory, fileWith("abc"))).toBe(ABC);
  });
});
