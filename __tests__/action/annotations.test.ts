import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionsLog } from "../../src/action/actions-log.ts";
import { annotateGating } from "../../src/action/annotations.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { capturedOutput } from "../support/captured-output.ts";
import { codeFinding, findingId, open, secretFinding } from "../support/findings.ts";
import { fuzz } from "../support/fuzz.ts";
import { hostileReport } from "../support/hostile-report.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { advisoryIn, scanReport, shopReport } from "../support/scan-report.ts";

interface Annotation {
  readonly properties: ReadonlyMap<string, string>;
  readonly message: string;
}

const plain = actionsLog((text) => text);

/** How the runner reads a property (actions/runner, src/Runner.Common/ActionCommand.cs): `%25` last. */
function unescapeProperty(value: string): string {
  return value.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%25", "%");
}

/** Reads every line as an error command; fails the test for any other line. */
function annotations(report: ScanReport, workspace = report.root, log = plain): Annotation[] {
  const lines = capturedOutput(() => annotateGating(report, { workspace, log, shown: new Set() })).split(/\r\n|\r|\n/);
  return lines.slice(0, -1).map((line) => {
    const [, properties = "", message = ""] = /^::error ([^:]*)::(.*)$/su.exec(line) ?? expect.fail(`no error command: ${line}`);
    const entries = properties.split(",").map((pair): [string, string] => {
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals), unescapeProperty(pair.slice(equals + 1))];
    });
    return { properties: new Map(entries), message };
  });
}

function gating(count: number): ScanReport {
  return scanReport({
    findings: Array.from({ length: count }, (_, index) =>
      open(codeFinding({ id: findingId(index), severity: index === count - 1 ? "critical" : "high" })),
    ),
  });
}

describe("annotateGating", () => {
  it.each([
    [0, 0],
    [3, 3],
    [8, 8],
    [15, 8],
  ])("writes of %i gating findings %i annotations", (count, expected) => {
    expect(annotations(gating(count))).toHaveLength(expected);
  });

  it("leaves out what GitHub shows as alerts, and nothing else", () => {
    const write = (shown: readonly string[]) =>
      capturedOutput(() => annotateGating(gating(3), { workspace: "/w", log: plain, shown: new Set(shown) }));
    expect(write(["bandit"])).toBe("");
    expect(write(["trivy"])).not.toBe("");
  });

  it("writes the most severe first", () => {
    const severities = annotations(gating(15)).map(({ message }) => message.slice(0, message.indexOf(":")));
    expect(severities.slice(0, 2)).toEqual(["critical", "high"]);
  });

  it("leaves out what does not gate", () => {
    expect(annotations(scanReport({ findings: [open(codeFinding({ severity: "low" }))] }))).toEqual([]);
  });

  it("says severity, rule and text at the file and its lines", () => {
    const finding = codeFinding({ location: { path: "shop/export.py", startLine: 41, endLine: 43 } });
    const [annotation] = annotations(scanReport({ findings: [open(finding)] }));
    expect(annotation?.message).toBe("high: B602: A subprocess is started with a shell.");
    expect(Object.fromEntries(annotation?.properties ?? [])).toEqual({
      title: "high: B602",
      file: "shop/export.py",
      line: "41",
      endLine: "43",
    });
  });

  it("writes one annotation for all flaws of a package, with what mends them", () => {
    const messages = annotations(shopReport()).map(({ message }) => message);
    expect(messages.filter((message) => message.includes("django"))).toEqual([
      "critical: django 2.2.0: 2 advisories (trivy, safety), CVE-2019-14234, CVE-2022-28346. Fixed in 2.2.28: django==2.2.28",
    ]);
  });

  it("says of a finding in a line with a comment that the comment is not honoured", () => {
    const [commented, plain] = annotations(
      scanReport({ findings: [open(codeFinding({ commentLine: 3 })), open(codeFinding({ id: findingId(9) }))] }),
    ).map(({ message }) => message);
    expect([commented, plain].sort()).toEqual([
      "high: B602: A subprocess is started with a shell.",
      "high: B602: A subprocess is started with a shell. The comment in line 3 asks to pass over it, and is not honoured.",
    ]);
  });

  it("says that no fix is known instead of naming none", () => {
    const place = { path: "requirements.txt", line: 9, name: "py", version: "1.11.0" };
    const finding = advisoryIn(place, { id: "CVE-2022-42969", title: "Slow expression", fixed: [] });
    expect(annotations(scanReport({ findings: [open(finding)] }))[0]?.message).toMatch(/No fixed version is known\.$/);
  });

  it("names a file relative to the workspace when the scanned tree lies below it", () => {
    const report = scanReport({ root: "/work/repo/checkout", findings: [open(codeFinding())] });
    expect(annotations(report, "/work/repo")[0]?.properties.get("file")).toBe("checkout/src/app.py");
  });

  it.each([
    ["a file outside the workspace", scanReport({ root: "/elsewhere", findings: [open(codeFinding())] }), "src/app.py:3: high: B602"],
    [
      "an image",
      scanReport({
        findings: [open(secretFinding({ run: "trivy-image", location: { path: "shop/web", startLine: 1, endLine: 1 } }))],
      }),
      "shop/web: critical: github-pat",
    ],
  ])("gives %s no file, and says the place in the message", (_, report, opening) => {
    const [annotation] = annotations(report, "/home/dev/shop");
    expect(annotation?.properties.has("file")).toBe(false);
    expect(annotation?.message).toContain(opening);
  });

  it.each(["a\nb.py", "a\rb.py", "100%.py", "%0A.py", "%250A.py", "a::b.py", "::error::x.py", "##[add-mask]x.py", "a,line=9.py", "a=b.py"])(
    "names the file %j so that the runner reads that name",
    (path) => {
      const finding = codeFinding({ location: { path, startLine: 3, endLine: 3 } });
      const [annotation] = annotations(scanReport({ findings: [open(finding)] }));
      expect([annotation?.properties.get("file"), annotation?.properties.get("line")]).toEqual([path, "3"]);
    },
  );

  it.each([...COMMAND_SEEDS, ...MARKUP_SEEDS])("writes no command but its own when everything is called %j", (seed) => {
    const output = capturedOutput(() =>
      annotateGating({ ...hostileReport(seed), root: "/w" }, { workspace: "/w", log: plain, shown: new Set() }),
    );
    const names = runnerCommands(output).map(({ name }) => name);
    expect([...new Set(names)]).toEqual(["error"]);
    expect(output.trimEnd().split(/\r\n|\r|\n/)).toHaveLength(names.length / 2);
  });

  it("writes no command but its own in 10,000 hostile reports", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        const output = capturedOutput(() =>
          annotateGating({ ...hostileReport(text), root: "/w" }, { workspace: "/w", log: plain, shown: new Set() }),
        );
        expect([...new Set(runnerCommands(output).map(({ name }) => name))]).toEqual(["error"]);
      }),
    );
  });

  it("passes every text through `clean`", () => {
    const findings = [open(codeFinding({ message: "hunter2", location: { path: "hunter2.py", startLine: 1, endLine: 1 } }))];
    const output = capturedOutput(() =>
      annotateGating(scanReport({ findings }), {
        workspace: "/home/dev/shop",
        shown: new Set(),
        log: actionsLog((text) => text.replaceAll("hunter2", "[REDACTED]")),
      }),
    );
    expect(output).not.toContain("hunter2");
    expect(output).toContain("[REDACTED].py");
  });
});
