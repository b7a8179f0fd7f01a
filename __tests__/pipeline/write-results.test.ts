import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeResults } from "../../src/pipeline/write-results.ts";
import { codeFinding, completedRun, failedRun, open } from "../support/findings.ts";
import { scanReport } from "../support/scan-report.ts";

function paths(directory = mkdtempSync(join(tmpdir(), "sarif-gate-results-"))) {
  return {
    sarif: join(directory, "out", "all.sarif"),
    upload: join(directory, "out", "upload.sarif"),
    report: join(directory, "out", "report.json"),
  };
}

const text = () => undefined;
const redactNothing = (written: string) => written;
const CLEAN = scanReport({ runs: [completedRun("bandit")], findings: [], gaps: [] });

describe("writeResults", () => {
  it("writes three JSON files and makes their directory", async () => {
    const where = paths();
    const written = await writeResults({ report: CLEAN, text }, where, redactNothing);
    expect(written).toEqual({ ...where, notUploaded: [] });
    for (const path of Object.values(where)) expect(() => JSON.parse(readFileSync(path, "utf8"))).not.toThrow();
  });

  it("writes no upload when no run may be uploaded, says why, and removes an older one", async () => {
    const where = paths();
    await writeResults({ report: CLEAN, text }, where, redactNothing);
    const written = await writeResults(
      { report: scanReport({ runs: [failedRun("bandit")], findings: [], gaps: [] }), text },
      where,
      redactNothing,
    );
    expect(written).toMatchObject({ upload: null, notUploaded: [expect.stringMatching(/^bandit: it failed/u)] });
    expect(existsSync(where.upload)).toBe(false);
  });

  it("lets every text of all three files pass the last redaction", async () => {
    const where = paths();
    const report = scanReport({ runs: [completedRun("bandit")], findings: [open(codeFinding({ message: "a hunter2 here" }))], gaps: [] });
    await writeResults({ report, text }, where, (written) => written.replaceAll("hunter2", "[REDACTED]"));
    for (const path of Object.values(where)) {
      expect(readFileSync(path, "utf8")).toContain("a [REDACTED] here");
      expect(readFileSync(path, "utf8")).not.toContain("hunter2");
    }
  });

  it.each(["sarif", "report", "upload"] as const)("does not write through a link in the place of %s", async (name) => {
    const where = paths();
    await writeResults({ report: CLEAN, text }, where, redactNothing);
    const victim = join(mkdtempSync(join(tmpdir(), "sarif-gate-victim-")), "victim");
    writeFileSync(victim, "precious");
    const linked = { ...where, [name]: `${where[name]}.link` };
    symlinkSync(victim, linked[name]);
    await expect(writeResults({ report: CLEAN, text }, linked, redactNothing)).rejects.toMatchObject({
      code: "output-unwritable",
      message: expect.stringContaining(linked[name]),
    });
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  it("names the file that cannot be written", async () => {
    const where = paths();
    await writeResults({ report: CLEAN, text }, where, redactNothing);
    const below = join(where.sarif, "below-a-file", "report.json");
    await expect(writeResults({ report: CLEAN, text }, { ...where, report: below }, redactNothing)).rejects.toMatchObject({
      code: "output-unwritable",
      message: expect.stringContaining(below),
    });
  });
});
