import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extractMember } from "../../src/tools/archive-member.ts";
import { tarGz, zip } from "../support/archives.ts";
import { temporaryDirectory } from "../support/tool-host.ts";

const PROGRAM = "#!/bin/sh\necho trivy\n";

/** Extracts `trivy` from the archive and returns what there is afterwards. */
async function extract(archive: Buffer, name: "a.tar.gz" | "a.zip", limitBytes = 1000) {
  const root = temporaryDirectory();
  const inner = join(root, "inner");
  mkdirSync(inner);
  writeFileSync(join(root, name), archive);
  const destination = join(inner, "trivy");
  const request = { archive: join(root, name), member: "trivy", destination, limitBytes };
  const done = extractMember(request);
  return {
    done,
    destination,
    names: () => [...readdirSync(root), ...readdirSync(inner)].filter((found) => found !== name && found !== "inner"),
  };
}

describe("extractMember from a .tar.gz", () => {
  it("writes the one member, executable for its owner alone, and nothing else", async () => {
    const archive = await tarGz([
      { name: "LICENSE", content: "text" },
      { name: "trivy", content: PROGRAM, mode: 0o777 },
      { name: "README.md" },
    ]);
    const { done, destination, names } = await extract(archive, "a.tar.gz");
    await done;
    expect(readFileSync(destination, "utf8")).toBe(PROGRAM);
    expect(statSync(destination).mode & 0o777).toBe(0o500);
    expect(names()).toEqual(["trivy"]);
  });

  it("writes nothing for members that lead elsewhere", async () => {
    const archive = await tarGz([
      { name: "../trivy", content: "outside" },
      { name: "/trivy", content: "outside" },
      { name: "./trivy", content: "other name" },
      { name: "link", type: "symlink", linkname: "/etc/passwd" },
      { name: "pipe", type: "fifo" },
      { name: "trivy", content: PROGRAM },
    ]);
    const { done, destination, names } = await extract(archive, "a.tar.gz");
    await done;
    expect(readFileSync(destination, "utf8")).toBe(PROGRAM);
    expect(names()).toEqual(["trivy"]);
    expect(existsSync("/trivy")).toBe(false);
  });

  it.each(["symlink", "link", "character-device", "fifo", "directory"] as const)("refuses a %s of that name", async (type) => {
    const { done, names } = await extract(await tarGz([{ name: "trivy", type, linkname: "/bin/sh" }]), "a.tar.gz");
    await expect(done).rejects.toThrow(`it is a ${type}`);
    expect(names()).toEqual([]);
  });

  it("refuses a second file of that name and does not let it replace the first", async () => {
    const archive = await tarGz([
      { name: "trivy", content: PROGRAM },
      { name: "trivy", content: "evil" },
    ]);
    const { done, destination } = await extract(archive, "a.tar.gz");
    await expect(done).rejects.toThrow("it holds more than one file of that name");
    expect(readFileSync(destination, "utf8")).toBe(PROGRAM);
  });

  it("says that there is none", async () => {
    const { done } = await extract(await tarGz([{ name: "trivy.exe", content: "other" }]), "a.tar.gz");
    await expect(done).rejects.toThrow("it holds no file of that name");
  });

  it("stops at the limit", async () => {
    const archive = await tarGz([{ name: "trivy", content: "x".repeat(1001) }]);
    await expect((await extract(archive, "a.tar.gz", 1000)).done).rejects.toThrow("it is larger than 1000 bytes");
    await expect((await extract(archive, "a.tar.gz", 1001)).done).resolves.toBeUndefined();
  });

  it("fails for half an archive", async () => {
    const archive = await tarGz([{ name: "trivy", content: PROGRAM }]);
    await expect((await extract(archive.subarray(0, archive.length - 20), "a.tar.gz")).done).rejects.toThrow();
  });
});

describe("extractMember from a zip", () => {
  it("writes the one member, executable for its owner alone", async () => {
    const archive = zip([
      { name: "README.md", content: "text" },
      { name: "trivy", content: PROGRAM },
    ]);
    const { done, destination, names } = await extract(archive, "a.zip");
    await done;
    expect(readFileSync(destination, "utf8")).toBe(PROGRAM);
    expect(statSync(destination).mode & 0o777).toBe(0o500);
    expect(names()).toEqual(["trivy"]);
  });

  it("accepts a member whose type the archive does not tell", async () => {
    await expect((await extract(zip([{ name: "trivy", content: PROGRAM, mode: 0 }]), "a.zip")).done).resolves.toBeUndefined();
  });

  it("refuses a link", async () => {
    const { done, names } = await extract(zip([{ name: "trivy", content: "/bin/sh", mode: 0o120777 }]), "a.zip");
    await expect(done).rejects.toThrow("it is not a regular file");
    expect(names()).toEqual([]);
  });

  it("refuses an archive with names that lead elsewhere", async () => {
    const archive = zip([
      { name: "../trivy", content: "outside" },
      { name: "trivy", content: PROGRAM },
    ]);
    await expect((await extract(archive, "a.zip")).done).rejects.toThrow();
  });

  it("refuses a second file of that name", async () => {
    const archive = zip([
      { name: "trivy", content: PROGRAM },
      { name: "trivy", content: "evil" },
    ]);
    await expect((await extract(archive, "a.zip")).done).rejects.toThrow("it holds more than one file of that name");
  });

  it("says that there is none", async () => {
    await expect((await extract(zip([{ name: "other", content: "" }]), "a.zip")).done).rejects.toThrow("it holds no file of that name");
  });

  it("stops at the limit", async () => {
    await expect((await extract(zip([{ name: "trivy", content: "x".repeat(1001) }]), "a.zip")).done).rejects.toThrow(
      "it is larger than 1000 bytes",
    );
  });
});
