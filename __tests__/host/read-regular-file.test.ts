import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBytes, readRegularFile, reusedSpace, type Space } from "../../src/host/read-regular-file.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "read-regular-file-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

function read(text: string, space?: Space): Buffer | undefined {
  const path = join(directory, "file");
  writeFileSync(path, text);
  return readRegularFile(path, (descriptor, { size }) => readBytes(descriptor, size, space));
}

describe("readRegularFile", () => {
  it("reads a file and passes over a directory", () => {
    mkdirSync(join(directory, "folder"));
    expect(read("text")?.toString()).toBe("text");
    expect(readRegularFile(join(directory, "folder"), () => Buffer.alloc(1))).toBeUndefined();
  });
});

describe("reusedSpace", () => {
  it("holds what was read last, without a rest of what was longer", () => {
    const space = reusedSpace();
    const first = read("a long text", space);
    expect(first?.toString()).toBe("a long text");
    expect(read("short", space)?.toString()).toBe("short");
    expect(read("another long text", space)?.toString()).toBe("another long text");
  });

  it("gives the same memory for as much or less, so that bytes must be done with before the next are read", () => {
    const space = reusedSpace();
    const first = read("first", space);
    expect(read("2nd", space)?.buffer).toBe(first?.buffer);
    expect(first?.toString()).toBe("2ndst");
  });

  it("gives memory of its own for what is very large, so that little is held on to", () => {
    const space = reusedSpace();
    const large = read("x".repeat(5_000_000), space);
    expect(large?.length).toBe(5_000_000);
    expect(read("small", space)?.buffer.byteLength).toBe(5);
    expect(large?.subarray(0, 5).toString()).toBe("xxxxx");
  });

  it("is not what is read into without it", () => {
    const first = read("first");
    expect(read("other")?.toString()).toBe("other");
    expect(first?.toString()).toBe("first");
  });
});
