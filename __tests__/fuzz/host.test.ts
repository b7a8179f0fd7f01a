// What git prints, and what is read back from caches and archives on disk.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { InstallError, ScannerError } from "../../src/errors.ts";
import { decodeIndex, decodeNames } from "../../src/host/git-listing.ts";
import { decodeContents, decodeParents, decodeRenames, decodeSizes, decodeTree, isObjectId } from "../../src/host/git-object-listing.ts";
import { openImage } from "../../src/pipeline/image-archive.ts";
import { extractMember } from "../../src/tools/archive-member.ts";
import { safetyDatabase } from "../../src/tools/safety-database.ts";
import { recordTree, verifyTree } from "../../src/tools/tree-manifest.ts";
import { trivyDatabase } from "../../src/tools/trivy-database.ts";
import { tarGz, zip } from "../support/archives.ts";
import { fuzz, fuzzAsync } from "../support/fuzz.ts";
import { mutatedBytes, mutatedJson } from "../support/mutations.ts";
import { temporaryDirectory, toolHost } from "../support/tool-host.ts";
import { boltFile, metadata } from "../support/trivy-databases.ts";

const ID = "0123456789".repeat(4);

/** What `decode` gives, or null where it refuses the output as git's. */
function unlessRefused<Result>(decode: (output: Buffer) => Result, output: Buffer): Result | null {
  try {
    return decode(output);
  } catch (thrown) {
    if (thrown instanceof Error && /^unexpected (?:output of git|record of ls-files)/.test(thrown.message)) return null;
    throw thrown;
  }
}

describe.each<[string, (output: Buffer) => unknown, string]>([
  ["ls-files", decodeNames, "a\0b c\0\xff\0"],
  ["ls-files --stage", decodeIndex, `H 100644 ${ID} 0\ta\x00S 120000 ${ID} 0\tb\0`],
  ["ls-tree", decodeTree, `100644 blob ${ID}\ta\x00160000 commit ${ID}\tb\x00`],
  ["diff-tree", decodeRenames, "R100\0a\0b\0R050\0c\0d\0"],
  ["cat-file --batch-check", decodeSizes, `${ID} blob 12\n${ID} missing\n`],
  ["cat-file --batch", decodeContents, `${ID} blob 5\nab\ncd\n${ID} blob 0\n\n`],
  ["a commit", decodeParents, `tree ${ID}\nparent ${ID}\nparent ${ID}\nauthor x\n\nparent y`],
])("the output of %s", (_, decode, output) => {
  it("with changed bytes is read, or refused as what git does not print", () => {
    expect(unlessRefused(decode, Buffer.from(output, "latin1"))).not.toBeNull();
    fuzz(
      fc.property(
        fc.oneof(
          mutatedBytes(Buffer.from(output, "latin1")),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          unlessRefused(decode, bytes);
        },
      ),
    );
  });
});

describe("what git says of objects", () => {
  it("has only whole ids of trees, sizes that are numbers and contents as long as they are said to be", () => {
    const record = fc.tuple(
      fc.constantFrom(ID, "x", "", ID.repeat(2)),
      fc.constantFrom("blob", "missing", "tree", ""),
      fc.constantFrom("0", "3", "1e9", "", " 3"),
    );
    const mode = fc.constantFrom("100644", "040000", "160000", "100600", "");
    fuzz(
      fc.property(record, mode, ([id, type, size], ofTree) => {
        const tree = unlessRefused(decodeTree, Buffer.from(`${ofTree} ${type} ${id}\tname\0`));
        for (const entry of tree?.values() ?? []) expect(isObjectId(entry.id)).toBe(true);
        const contents = unlessRefused(decodeContents, Buffer.from(`${id} ${type} ${size}\nabc\n`));
        for (const content of contents?.values() ?? []) expect(content.length).toBe(Number(size));
        const sizes = unlessRefused(decodeSizes, Buffer.from(`${id} ${type} ${size}\n`));
        for (const bytes of sizes?.values() ?? []) expect(bytes === null || Number.isSafeInteger(bytes)).toBe(true);
      }),
    );
  });
});

describe("the manifest of an installed tree", () => {
  it("that was changed never says that a changed tree is whole, and never throws", async () => {
    const root = join(temporaryDirectory(), "tree");
    const place = join(temporaryDirectory(), "manifest.json");
    mkdirSync(root);
    writeFileSync(join(root, "a.py"), "x = 1\n");
    await recordTree(root, place);
    const original = JSON.parse((await import("node:fs")).readFileSync(place, "utf8"));
    expect(await verifyTree(root, place)).toBeNull();
    writeFileSync(join(root, "a.py"), "y = 2\n");
    writeFileSync(join(root, "evil.pth"), "import x\n");
    await fuzzAsync(
      fc.asyncProperty(mutatedJson(original), async (json) => {
        writeFileSync(place, JSON.stringify(json));
        expect(await verifyTree(root, place)).toEqual(expect.any(String));
      }),
      { oneIn: 10 },
    );
  });
});

describe("a database", () => {
  const host = toolHost();
  const directory = temporaryDirectory();

  async function unlessUnusable<Result>(reading: Promise<Result>): Promise<Result | null> {
    return await reading.catch((thrown: unknown) => {
      if (thrown instanceof InstallError && thrown.code === "database-unusable") return null;
      throw thrown;
    });
  }

  it("of Trivy with changed metadata is refused, or has dates that are dates", async () => {
    mkdirSync(join(directory, "db"));
    writeFileSync(join(directory, "db", "trivy.db"), boltFile());
    const kind = trivyDatabase({ trivy: async () => "/trivy", repositories: [], timeoutMs: 1, retryAfterMs: 0 }, host);
    await fuzzAsync(
      fc.asyncProperty(mutatedJson(JSON.parse(metadata())), async (json) => {
        writeFileSync(join(directory, "db", "metadata.json"), JSON.stringify(json) ?? "");
        const reading = await unlessUnusable(kind.read(directory));
        for (const date of [reading?.updatedAt, reading?.nextUpdate]) expect(date?.getTime()).not.toBeNaN();
      }),
      { oneIn: 10 },
    );
  });

  it("of Safety with changed files is refused, has a flaw, or has a date that is one", async () => {
    const kind = safetyDatabase({ url: "https://example.org", timeoutMs: 1 }, host);
    const original = {
      meta: { schema_version: "2.0.0", timestamp: 1_763_200_800, last_updated: "2025-11-15 10:00:00" },
      vulnerable_packages: { a: ["<1"], b: [{ specs: ["<2"] }] },
    };
    writeFileSync(join(directory, "insecure_full.json"), JSON.stringify(original));
    await fuzzAsync(
      fc.asyncProperty(mutatedJson(original), async (json) => {
        writeFileSync(join(directory, "insecure.json"), JSON.stringify(json) ?? "");
        const reading = await unlessUnusable(kind.read(directory));
        expect(reading?.updatedAt?.getTime()).not.toBeNaN();
      }),
      { oneIn: 10 },
    );
  });
});

describe("an archive", async () => {
  const directory = temporaryDirectory();
  const members = [
    { name: "LICENSE", content: "text" },
    { name: "trivy", content: "program" },
  ];
  const layout = pack();
  for (const [name, content] of Object.entries({ "oci-layout": "{}", "index.json": "{}", [`blobs/sha256/${"a".repeat(64)}`]: "layer" }))
    layout.entry({ name, mtime: new Date(0) }, content);
  layout.finalize();
  const image = await buffer(layout);
  let count = 0;

  it.each([
    ["a.tar.gz", await tarGz(members)],
    ["a.zip", zip(members)],
  ])("of a scanner with changed bytes, %s, gives the one member or an error, and nothing else", async (name, original) => {
    const archive = join(directory, name);
    let extracted = 0;
    await fuzzAsync(
      fc.asyncProperty(mutatedBytes(original), async (bytes) => {
        writeFileSync(archive, bytes);
        count += 1;
        const done = await extractMember({ archive, member: "trivy", destination: join(directory, `out-${count}`), limitBytes: 100 }).then(
          () => true,
          (thrown: unknown) => {
            expect(thrown).toBeInstanceOf(Error);
            return false;
          },
        );
        if (done) extracted += 1;
      }),
      { oneIn: 10 },
    );
    expect(extracted).toBeGreaterThan(10);
  });

  it("of an image with changed bytes is opened, or refused with the reason", async () => {
    const path = join(directory, "image.tar");
    const found = new Set<boolean>();
    await fuzzAsync(
      fc.asyncProperty(mutatedBytes(image), async (bytes) => {
        writeFileSync(path, bytes);
        count += 1;
        const opened = await openImage({ kind: "archive", path, name: "image" }, join(directory, `scratch-${count}`)).catch(
          (thrown: unknown) => {
            expect(thrown).toBeInstanceOf(ScannerError);
            return null;
          },
        );
        found.add(opened === null);
      }),
      { oneIn: 10 },
    );
    expect(found.size).toBe(2);
  });
});
