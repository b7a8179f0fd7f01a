import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { openImage } from "../../src/pipeline/image-archive.ts";

const BLOB = `blobs/sha256/${"a".repeat(64)}`;

function scratch(): string {
  return mkdtempSync(join(tmpdir(), "sarif-gate-image-"));
}

async function tar(members: Readonly<Record<string, string>>, name = "image.tar"): Promise<string> {
  const archive = pack();
  for (const [member, text] of Object.entries(members)) archive.entry({ name: member }, text);
  archive.finalize();
  const bytes = await buffer(archive);
  const path = join(scratch(), name);
  writeFileSync(path, name.endsWith("gz") ? gzipSync(bytes) : bytes);
  return path;
}

function archive(path: string) {
  return { kind: "archive", path, name: "image" } as const;
}

describe("openImage", () => {
  it("leaves a reference and a missing image as they are", async () => {
    const reference = { kind: "reference", reference: "shop:1" } as const;
    expect(await openImage(reference, scratch())).toBe(reference);
    expect(await openImage(null, scratch())).toBeNull();
  });

  it("gives a docker-save tar to Trivy as it is", async () => {
    const image = archive(await tar({ "blobs/x": "1", "index.json": "{}", "manifest.json": "[]" }));
    expect(await openImage(image, scratch())).toEqual(image);
  });

  it("gives an OCI layout directory to Trivy as it is", async () => {
    const layout = scratch();
    writeFileSync(join(layout, "index.json"), "{}");
    expect(await openImage(archive(layout), scratch())).toEqual(archive(layout));
  });

  it.each(["image.tar", "image.tar.gz"])("unpacks an OCI %s into the private directory", async (name) => {
    const directory = scratch();
    const opened = await openImage(archive(await tar({ "oci-layout": "{}", "./index.json": "{ }", [BLOB]: "layer" }, name)), directory);
    expect(opened).toEqual(archive(join(directory, "image-layout")));
    expect(readFileSync(join(directory, "image-layout", BLOB), "utf8")).toBe("layer");
    expect(readFileSync(join(directory, "image-layout", "index.json"), "utf8")).toBe("{ }");
  });

  it("unpacks nothing that is not part of a layout", async () => {
    const directory = scratch();
    await openImage(
      archive(await tar({ "index.json": "{}", "../escaped": "x", "/tmp/escaped": "x", "blobs/sha256/../../../x": "x" })),
      directory,
    );
    expect(() => readFileSync(join(directory, "..", "escaped"))).toThrow();
    expect(() => readFileSync(join(directory, "image-layout", "x"))).toThrow();
  });

  it.each([
    ["a tar that is no image", async () => tar({ "readme.txt": "hello" }), /holds neither manifest\.json nor index\.json/u],
    ["a missing file", async () => join(scratch(), "none.tar"), /ENOENT/u],
    ["a directory without index.json", async () => scratch(), /index\.json/u],
  ])("names the archive and the remedy for %s", async (_, make, message) => {
    const path = await make();
    mkdirSync(join(path, ".."), { recursive: true });
    const failure = await openImage(archive(path), scratch()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "scanner-not-started",
      message: expect.stringContaining(path),
      remedy: expect.stringContaining("docker save"),
    });
    expect(failure).toMatchObject({ message: expect.stringMatching(message) });
  });
});
