import { describe, expect, it } from "vitest";
import type { ScannerId } from "../../src/findings/scanner-id.ts";
import {
  entryFix,
  formatScanners,
  gapRemarks,
  gatingEntries,
  gatingFindings,
  noticeRemarks,
  packageNote,
  refusedComment,
} from "../../src/report/gating.ts";
import { codeFinding, completedRun, duplicate, findingId, open, suppressed } from "../support/findings.ts";
import { advisoryIn, scanReport, shopReport } from "../support/scan-report.ts";

const django = { path: "requirements.txt", line: 3, name: "django", version: "2.2.0" };
const flaw = (number: number, ...fixed: string[]) => ({ id: `CVE-2024-${number}`, title: "A flaw", fixed });

describe("gatingEntries", () => {
  it("makes one entry of all advisories of a package in one place", () => {
    const findings = [flaw(1, "2.2.4"), flaw(2, "2.2.28")].map((advisory) => open(advisoryIn(django, advisory)));
    expect(gatingEntries(scanReport({ findings })).map((entry) => entry.findings.length)).toEqual([2]);
  });

  it("takes spellings of one version as one package", () => {
    const findings = [open(advisoryIn(django, flaw(1))), open(advisoryIn({ ...django, name: "Django", version: "2.2" }, flaw(2)))];
    expect(gatingEntries(scanReport({ findings }))).toHaveLength(1);
  });

  it.each([
    ["another line", { line: 4 }],
    ["another manifest", { path: "dev.txt" }],
    ["another version", { version: "3.0" }],
    ["another name", { name: "flask" }],
  ])("keeps packages with %s apart", (_, other) => {
    const findings = [open(advisoryIn(django, flaw(1))), open(advisoryIn({ ...django, ...other }, flaw(2)))];
    expect(gatingEntries(scanReport({ findings }))).toHaveLength(2);
  });

  it("puts the entry with the most severe finding first", () => {
    const findings = [open(codeFinding()), open(advisoryIn(django, flaw(1), { severity: "critical" }))];
    expect(gatingEntries(scanReport({ findings })).map(({ first }) => first.severity)).toEqual(["critical", "high"]);
  });

  it("leaves out what does not gate", () => {
    expect(gatingEntries(scanReport({ findings: [open(codeFinding({ severity: "low" }))] }))).toEqual([]);
  });

  it("lists a finding that violates two rules once", () => {
    const findings = [open(codeFinding())];
    const { gate } = scanReport({ findings });
    const report = scanReport({ findings, gate: { ...gate, reasons: [...gate.reasons, ...gate.reasons] } });
    expect(gatingFindings(report)).toHaveLength(1);
  });
});

describe("entryFix", () => {
  it("closes all advisories of the entry", () => {
    const findings = [flaw(1, "2.2.4"), flaw(2, "2.2.28")].map((advisory) => open(advisoryIn(django, advisory)));
    expect(gatingEntries(scanReport({ findings })).map(entryFix)).toEqual([{ version: "2.2.28", closes: 2 }]);
  });

  it("is unknown for code", () => {
    expect(gatingEntries(scanReport({ findings: [open(codeFinding())] })).map(entryFix)).toEqual([null]);
  });
});

describe("packageNote", () => {
  const locked = { path: "poetry.lock", line: 3, name: "jinja2", version: "2.10" };
  const brought = advisoryIn(locked, flaw(1, "2.11"), { introducedBy: ["flask"] });

  it("says what brings the package in, with a fix and without", () => {
    expect(packageNote(brought, { version: "2.11", closes: 1 })).toMatch(/^It comes with flask/);
    expect(packageNote(brought, null)).toBe("It comes with flask.");
  });

  it("is empty where nothing is known of it", () => {
    expect(packageNote(advisoryIn(django, flaw(1)), null)).toBe("");
  });
});

describe("gapRemarks", () => {
  it("joins gaps with one reason and remedy, and keeps others apart", () => {
    const gaps = [
      { path: "a.py", line: 3, reason: "broken" },
      { path: "b.py", reason: "broken" },
      { path: "c.py", reason: "broken", remedy: "mend" },
    ];
    expect(gapRemarks(gaps)).toEqual([
      { message: "broken", remedy: "", places: ["a.py:3", "b.py"] },
      { message: "broken", remedy: "mend", places: ["c.py"] },
    ]);
  });
});

describe("formatScanners", () => {
  const names = (...scanners: ScannerId[][]) => {
    const findings = scanners.map((list, index) => open(advisoryIn(django, flaw(index)), list));
    return gatingEntries(scanReport({ findings })).map(formatScanners);
  };

  it("names all who report an entry, the one whose words are used first", () => {
    expect(names(["safety", "trivy"], ["trivy"])).toEqual([" (trivy, safety)"]);
  });

  it("names nobody where there is only one", () => {
    expect(names(["trivy"], ["trivy"])).toEqual([""]);
  });
});

describe("refusedComment", () => {
  const commented = codeFinding({ commentLine: 3 });

  it.each([
    ["an open finding with a comment", open(commented), "The comment in line 3 asks to pass over it, and is not honoured."],
    ["an open finding without one", open(codeFinding()), ""],
    ["a suppressed finding", suppressed(commented), ""],
    ["a duplicate", duplicate(commented, "x"), ""],
  ])("says of %s: %j", (_, finding, words) => {
    expect(refusedComment(finding)).toBe(words);
  });
});

describe("noticeRemarks", () => {
  it("lists the notices of the tree before those of runs", () => {
    expect(noticeRemarks(shopReport()).map(({ places }) => places.length)).toEqual([4, 1, 1]);
  });

  it("names the run where a notice has no path", () => {
    const runs = [completedRun("trivy", { notices: [{ message: "The cached database was used." }] })];
    expect(noticeRemarks(scanReport({ runs }))).toEqual([{ message: "The cached database was used.", remedy: "", places: ["trivy"] }]);
  });
});

describe("a report of many findings", () => {
  it("is grouped in time that grows with its size", () => {
    const findings = Array.from({ length: 50_000 }, (_, index) => open(advisoryIn(django, flaw(index, "3.0"), { id: findingId(index) })));
    const started = performance.now();
    expect(gatingEntries(scanReport({ findings }))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
