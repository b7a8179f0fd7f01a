import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeIndex, decodeNames } from "../../src/host/git-listing.ts";
import { fuzz } from "../support/fuzz.ts";

const OBJECT = "0123456789".repeat(4);

function record(name: string | Buffer, { tag = "H", mode = "100644", stage = 0 } = {}): Buffer {
  return Buffer.concat([Buffer.from(`${tag} ${mode} ${OBJECT} ${stage}\t`), Buffer.from(name), Buffer.of(0)]);
}

describe("decodeNames", () => {
  it("keeps every name as it is", () => {
    const names = ["plain", " blank ", "tab\there", "line\nbreak", '"quoted"', "-dash", "\uFEFFmark", "Ünïcödé"];

    expect(decodeNames(Buffer.from(names.map((name) => `${name}\0`).join("")))).toEqual({ names, undecodable: [] });
  });

  it("sets names apart that are not UTF-8", () => {
    const output = Buffer.concat([Buffer.from("a\0"), Buffer.of(0x62, 0xff, 0), Buffer.from("c\0")]);

    expect(decodeNames(output)).toEqual({ names: ["a", "c"], undecodable: ["b\uFFFD"] });
  });

  it("returns nothing for no output", () => {
    expect(decodeNames(Buffer.alloc(0))).toEqual({ names: [], undecodable: [] });
  });
});

describe("decodeIndex", () => {
  it("tells files, submodules and what a sparse checkout leaves out", () => {
    const output = [record("a"), record("b", { tag: "S" }), record("link", { mode: "120000" }), record("sub", { mode: "160000" })];

    expect(decodeIndex(Buffer.concat(output))).toEqual({ names: ["a", "b", "link"], sparse: ["b"], gitlinks: ["sub"], undecodable: [] });
  });

  it("lists a path with conflicts once", () => {
    const output = [1, 2, 3].map((stage) => record("both", { tag: "M", stage }));

    expect(decodeIndex(Buffer.concat(output)).names).toEqual(["both"]);
  });

  it("finds the name after the first tab, whatever is in it", () => {
    expect(decodeIndex(record("a\tb\nc")).names).toEqual(["a\tb\nc"]);
  });

  it("sets names apart that are not UTF-8", () => {
    const output = Buffer.concat([
      record(Buffer.of(0x61, 0xc3)),
      record(Buffer.of(0xc3), { tag: "S" }),
      record(Buffer.of(0xff), { mode: "160000" }),
    ]);

    expect(decodeIndex(output)).toEqual({ names: [], sparse: [], gitlinks: [], undecodable: ["a\uFFFD", "\uFFFD", "\uFFFD"] });
  });

  it.each(["a\0", "H 100644 x\ta\0", "\0"])("rejects a record of another shape (%j)", (output) => {
    expect(() => decodeIndex(Buffer.from(output))).toThrow("unexpected record");
  });

  it("accounts for every record exactly once", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((name) => Buffer.from(name.map((byte) => byte || 1)));
    fuzz(
      fc.property(fc.uniqueArray(bytes, { selector: (name) => name.toString("latin1") }), (names) => {
        const { names: decoded, undecodable } = decodeIndex(Buffer.concat(names.map((name) => record(name))));

        expect(decoded).toEqual(names.filter((name) => isUtf8(name)).map(String));
        expect(undecodable).toHaveLength(names.length - decoded.length);
      }),
    );
  });
});
