import { execFileSync } from "node:child_process";
import { createReadStream, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import tar, { type Headers } from "tar-stream";
import { describe, expect, it } from "vitest";
import { archivable, pack, unpack } from "../../src/action/cache-archive.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();
const NEVER = new AbortController().signal;
const ENOUGH = { limitBytes: 10_000_000, signal: NEVER };

async function archiveOf(...entries: readonly (Headers & { text?: string })[]): Promise<Buffer> {
  const packed = tar.pack();
  for (const { text = "", ...header } of entries) packed.entry(header, text);
  packed.finalize();
  return gzipSync(await buffer(packed));
}

/** The same archive of one file whose time is `mtime`, as it stands there. */
async function datedArchive(mtime: Buffer): Promise<Buffer> {
  const header = gunzipSync(await archiveOf({ name: "a" }));
  mtime.copy(header, 136);
  const sum = header.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return gzipSync(header);
}

const FUTURE = new Date("2035-01-01T00:00:00Z");

describe("an archive of a cache", () => {
  it("gives back the files that were put in", async () => {
    const files = { "a.json": "1", "db/b.bin": Buffer.from([0, 255, 10]), "empty.ndjson": "" };
    const from = writeTree(makeDirectory(), files);
    const to = makeDirectory();
    const archive = join(makeDirectory(), "archive");
    await pack(from, await archivable(from), archive, NEVER);
    await unpack(createReadStream(archive), { directory: to, ...ENOUGH });
    expect(await archivable(to)).toEqual(["a.json", "db/b.bin", "empty.ndjson"]);
    for (const [name, content] of Object.entries(files)) expect(readFileSync(join(to, name))).toEqual(Buffer.from(content));
  });

  it("gives files the second in which they were changed last", async () => {
    const from = writeTree(makeDirectory(), { "db/old": "1" });
    utimesSync(join(from, "db/old"), FUTURE, new Date("2026-01-02T03:04:05.678Z"));
    const [to, archive] = [makeDirectory(), join(makeDirectory(), "archive")];
    await pack(from, ["db/old"], archive, NEVER);
    await unpack(createReadStream(archive), { directory: to, ...ENOUGH });
    expect(statSync(join(to, "db/old")).mtime).toEqual(new Date("2026-01-02T03:04:05Z"));
  });

  it("gives no file a time that is to come", async () => {
    const to = makeDirectory();
    await unpack(Readable.from(await archiveOf({ name: "a", mtime: FUTURE })), { directory: to, ...ENOUGH });
    expect(statSync(join(to, "a")).mtimeMs).toBeLessThan(FUTURE.getTime());
  });

  it("is not written with a time that is to come", async () => {
    const from = writeTree(makeDirectory(), { a: "1" });
    utimesSync(join(from, "a"), FUTURE, FUTURE);
    const archive = join(makeDirectory(), "archive");
    await pack(from, ["a"], archive, NEVER);
    const seconds = Number.parseInt(gunzipSync(readFileSync(archive)).toString("latin1", 136, 147), 8);
    expect(seconds * 1000).toBeLessThan(FUTURE.getTime());
  });

  it("is refused with a time that is none", async () => {
    const unpackDated = async (mtime: Buffer) =>
      unpack(Readable.from(await datedArchive(mtime)), { directory: makeDirectory(), ...ENOUGH });
    await unpackDated(Buffer.from("15000000000 "));
    await expect(unpackDated(Buffer.from("never       "))).rejects.toThrow();
    await expect(unpackDated(Buffer.concat([Buffer.of(0x80), Buffer.alloc(11, 0xff)]))).rejects.toThrow();
  });

  it("takes over no mode: nothing of it can be executed", async () => {
    const to = makeDirectory();
    await unpack(Readable.from(await archiveOf({ name: "run", mode: 0o4777, text: "#!/bin/sh\n" })), { directory: to, ...ENOUGH });
    expect(statSync(join(to, "run")).mode & 0o7177).toBe(0);
  });

  it("holds no link, nothing hidden and nothing nested deeper than caches nest", async () => {
    const from = writeTree(makeDirectory(), { "kept.json": "1", ".hidden": "2", ".partial-1/x": "3", "a/b/c/d/e": "4", "with space": "5" });
    symlinkSync("/etc/passwd", join(from, "link"));
    expect(await archivable(from)).toEqual(["kept.json"]);
  });

  it("is not made of a directory that is not there", async () => {
    expect(await archivable(join(makeDirectory(), "absent"))).toEqual([]);
  });

  it("is not written when a file is gone meanwhile", async () => {
    await expect(pack(makeDirectory(), ["gone"], join(makeDirectory(), "archive"), NEVER)).rejects.toThrow("ENOENT");
  });

  it("is not written where its place is taken, nor when it is to end", async () => {
    const from = writeTree(makeDirectory(), { a: "1", b: "2".repeat(1_000_000) });
    const taken = join(writeTree(makeDirectory(), { archive: "" }), "archive");
    await expect(pack(from, ["a", "b"], taken, NEVER)).rejects.toThrow("EEXIST");
    await expect(pack(from, ["a", "b"], join(makeDirectory(), "archive"), AbortSignal.abort())).rejects.toThrow();
  });

  it.each<[string, Headers]>([
    ["an absolute name", { name: "/tmp/owned" }],
    ["a name that leads up", { name: "../owned" }],
    ["a name that leads up further down", { name: "a/../../owned" }],
    ["a hidden name", { name: ".bashrc" }],
    ["a name of another system", { name: "C:\\owned" }],
    ["an empty segment", { name: "a//b" }],
    ["a symbolic link", { name: "link", type: "symlink", linkname: "/etc/passwd" }],
    ["a hard link", { name: "link", type: "link", linkname: "/etc/passwd" }],
    ["a device", { name: "null", type: "character-device", devmajor: 1, devminor: 3 }],
    ["a pipe", { name: "pipe", type: "fifo" }],
    ["a directory", { name: "directory", type: "directory" }],
  ])("is refused with %s, before anything after it is unpacked", async (_, header) => {
    const directory = makeDirectory();
    const archive = await archiveOf(header, { name: "after.json", text: "1" });
    await expect(unpack(Readable.from(archive), { directory, ...ENOUGH })).rejects.toThrow("no cache of ours holds");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is refused where a second file has the name of the first", async () => {
    const archive = await archiveOf({ name: "a", text: "1" }, { name: "a", text: "2" });
    await expect(unpack(Readable.from(archive), { directory: makeDirectory(), ...ENOUGH })).rejects.toThrow("EEXIST");
  });

  it("is refused when it unpacks to more than it may", async () => {
    const archive = await archiveOf({ name: "a", text: "0".repeat(100_000) });
    const unpacking = unpack(Readable.from(archive), { directory: makeDirectory(), limitBytes: 50_000, signal: NEVER });
    await expect(unpacking).rejects.toThrow("larger than 50000 bytes");
  });

  it("is refused at every length to which it is cut", async () => {
    const whole = await archiveOf({ name: "a", text: "0".repeat(3000) }, { name: "b", text: "1".repeat(3000) });
    for (let length = 0; length < whole.length; length += 7) {
      const unpacking = unpack(Readable.from(length === 0 ? [] : whole.subarray(0, length)), { directory: makeDirectory(), ...ENOUGH });
      await expect(unpacking).rejects.toThrow();
    }
  });

  it("is not read further once that is to end", async () => {
    const stop = new AbortController();
    const endless = new Readable({ read() {} });
    const unpacking = unpack(endless, { directory: makeDirectory(), limitBytes: 10, signal: stop.signal });
    stop.abort();
    await expect(unpacking).rejects.toThrow();
    expect(endless.destroyed).toBe(true);
  });

  it("is a tar that others can read", async () => {
    const from = writeTree(makeDirectory(), { "a.json": "1" });
    const archive = join(makeDirectory(), "archive.tar.gz");
    await pack(from, ["a.json"], archive, NEVER);
    const directory = makeDirectory();
    execFileSync("tar", ["-xzf", archive, "-C", directory]);
    expect(readFileSync(join(directory, "a.json"), "utf8")).toBe("1");
  });
});
