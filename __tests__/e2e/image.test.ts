// A container image on disk is scanned in a run of its own. Real Trivy, built dist.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeDockerArchive, writeOciArchive } from "../support/image-archives.ts";
import { makeProject, scanDirectory } from "../support/run-cli.ts";

const project = makeProject({ "app.py": "VALUE = 1\n" });

describe.each([
  ["a docker save tar", writeDockerArchive],
  ["an OCI tar", writeOciArchive],
])("%s", (_, write) => {
  it("is a run of its own, whose findings stand at the image's name", async () => {
    const archive = join(mkdtempSync(join(tmpdir(), "sarif-gate-image-")), "shop.tar");
    await write(archive, "Django", "2.2.0");
    const { report } = await scanDirectory(project, ["--scanners", "trivy", "--image-archive", archive]);
    expect(report.runs.map(({ category, status }) => [category, status])).toEqual([
      ["sarif-gate/trivy/", "completed"],
      ["sarif-gate/trivy-image/", "completed"],
    ]);
    expect(report.findings.map(({ rule, path }) => [rule, path])).toEqual(expect.arrayContaining([["CVE-2019-14234", "shop"]]));
    expect(report.verdict).toBe("fail");
  });

  it("without a vulnerable package passes", async () => {
    const archive = join(mkdtempSync(join(tmpdir(), "sarif-gate-image-")), "shop.tar");
    await write(archive, "six", "1.16.0");
    const { report } = await scanDirectory(project, ["--scanners", "trivy", "--image-archive", archive]);
    expect([report.verdict, report.findings]).toEqual(["pass", []]);
  });
});

describe("an archive that is no image", () => {
  it("fails its run only, and names the archive", async () => {
    const archive = join(mkdtempSync(join(tmpdir(), "sarif-gate-image-")), "shop.tar");
    writeFileSync(archive, "not a tar");
    const { report, status } = await scanDirectory(project, ["--scanners", "trivy", "--image-archive", archive]);
    expect([status, report.verdict]).toEqual([3, "error"]);
    expect(report.runs.map(({ category, status: outcome }) => [category, outcome])).toEqual([
      ["sarif-gate/trivy/", "completed"],
      ["sarif-gate/trivy-image/", "failed"],
    ]);
    expect(report.reasons[0]?.message).toContain("shop.tar");
  });
});
