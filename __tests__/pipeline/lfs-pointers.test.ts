// Pointers of Git LFS, as its specification describes them, in the place of content.

import { describe, expect, it } from "vitest";
import { findPointers } from "../../src/pipeline/lfs-pointers.ts";

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 12345\n`;

/** What becomes of these files, by path and content. */
function find(files: Readonly<Record<string, string>>) {
  const bytesOf = (path: string) => Buffer.from(files[path] ?? "");
  return findPointers(Object.keys(files), bytesOf);
}

describe("a pointer of Git LFS", () => {
  it("is a gap, and the content it points to is none", () => {
    expect(find({ "deploy.yaml": POINTER, "real.yaml": "apiVersion: v1\n" })).toEqual({
      gaps: [
        {
          path: "deploy.yaml",
          reason: "is a Git LFS pointer, its content was not fetched",
          remedy: "Check out with `lfs: true`, or run `git lfs pull`.",
        },
      ],
      notices: [],
    });
  });

  it.each([
    "Dockerfile",
    "a.py",
    "poetry.lock",
    "a.txt",
    "a.json",
    "a.ipynb",
    "a.svg",
    "chart.tgz",
    "chart.tar.gz",
    "a.tar",
    "a.zip",
    "png",
    ".png",
    "a.png.yaml",
    "a.png/b",
  ])("is a gap where a scanner would have read %s", (path) => {
    expect(find({ [path]: POINTER }).gaps).toMatchObject([{ path }]);
  });

  it.each(["a.png", "a.JPG", "dir/a.mp4", "a.woff2", "a.pdf", "a.docx", "a.safetensors", "a.npy", "a.iso", "a.db", "a.tar.bin"])(
    "is a notice where no scanner would have read %s",
    (path) => {
      expect(find({ [path]: POINTER })).toEqual({
        gaps: [],
        notices: [{ message: `1 file is a Git LFS pointer to content that no scanner reads as text (${path})` }],
      });
    },
  );

  it("is counted in one notice that names the first three", () => {
    const files = Object.fromEntries(["a.png", "b.png", "c.png", "d.png"].map((path) => [path, POINTER]));

    expect(find(files).notices).toEqual([
      { message: "4 files are Git LFS pointers to content that no scanner reads as text (a.png, b.png, c.png, …)" },
    ]);
  });

  it.each([
    ["line breaks of Windows", POINTER.replaceAll("\n", "\r\n")],
    ["an extension", POINTER.replace("oid", `ext-0-case sha256:${"0".repeat(64)}\noid`)],
    ["1024 bytes", POINTER.padEnd(1024)],
  ])("is one with %s", (_, content) => {
    expect(find({ a: content }).gaps).toHaveLength(1);
  });

  it.each([
    ["a text about one", `See:\n${POINTER}`],
    ["one of no object", "version https://git-lfs.github.com/spec/v1\nsize 1\n"],
    ["one of another version", POINTER.replace("spec/v1", "spec/v10")],
    ["a file that is larger than any", POINTER.padEnd(1025)],
    ["an empty file", ""],
  ])("is not %s", (_, content) => {
    expect(find({ a: content, "a.png": content })).toEqual({ gaps: [], notices: [] });
  });

  it("is not looked for in larger files", () => {
    const asked: number[] = [];
    const read = (_: string, limit: number) => {
      asked.push(limit);
      return undefined;
    };

    expect(findPointers(["large"], read)).toEqual({ gaps: [], notices: [] });
    expect(asked).toEqual([1024]);
  });
});
