import { describe, expect, it } from "vitest";
import type { DecodedFinding, Location } from "../../src/findings/finding.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { identify, readLines } from "../../src/pipeline/identify.ts";
import { NO_LINES, sourceLines } from "../../src/text/source-lines.ts";
import { codeFinding, dependencyFinding, secretFinding } from "../support/findings.ts";
import { textsOf } from "../support/source-lines.ts";

const SOURCE = ["import os", "os.system(command)", "", "  os.system( command )"];

const lines = linesOf(SOURCE);

function linesOf(text: readonly string[]) {
  return () => sourceLines(text.join("\n"), "line-feed");
}

function at(startLine: number, overrides: Partial<Location> = {}): DecodedFinding {
  return codeFinding({ location: { path: "a.py", startLine, endLine: startLine, ...overrides } });
}

function ids(findings: readonly DecodedFinding[], text = lines): string[] {
  return identify(findings, text).map(({ id }) => id);
}

describe("identify", () => {
  it("keeps the id when the line moves or is indented", () => {
    expect(ids([at(2)])).toEqual(ids([at(4)]));
  });

  it("gives another id when the line's text changes", () => {
    expect(ids([at(1)])).not.toEqual(ids([at(2)]));
  });

  it("gives a second copy of the same mistake an id of its own, and the first keeps its id", () => {
    const [first, second] = ids([at(4), at(2)]);
    expect(first).toBe(ids([at(2)])[0]);
    expect(second).not.toBe(first);
  });

  it("lets the old one keep its id when a copy is put above it", () => {
    const copies = [at(2), at(4)];
    const [old] = ids([at(4)]);
    const found = identify(copies, lines, ({ location }) => location.startLine === 2);
    expect(found.find(({ location }) => location.startLine === 4)?.id).toBe(old);
    expect(found.find(({ location }) => location.startLine === 2)?.id).not.toBe(old);
  });

  it("gives code that has become worse another id, though its line is the same", () => {
    const worse = codeFinding({ location: { path: "a.py", startLine: 2, endLine: 2 }, severity: "critical" });
    expect(ids([worse])).not.toEqual(ids([at(2)]));
    expect(ids([dependencyFinding({ severity: "low" })])).toEqual(ids([dependencyFinding()]));
  });

  it("gives code another id when another line of its statement changes, and keeps it when the statement is only laid out anew", () => {
    const call = codeFinding({ location: { path: "a.py", startLine: 2, endLine: 2 }, statement: [1, 3] });
    const of = (...text: string[]) => identify([call], linesOf(text))[0]?.id;
    expect(of("run(safe,", "  shell=True,", ")")).toBe(of("  run(safe,", "    shell=True,", "  )"));
    expect(of("run(safe,", "  shell=True,", ")")).not.toBe(of("run(input(),", "  shell=True,", ")"));
  });

  it("gives a secret another id when white space inside of its line changes", () => {
    const secret = secretFinding({ location: { path: "a.env", startLine: 1, endLine: 1 } });
    const of = (text: string) => identify([secret], linesOf([text]))[0]?.id;
    expect(of("key = abc")).toBe(of("  key = abc\r"));
    expect(of("key = abc")).not.toBe(of("key = a bc"));
  });

  it("gives another id in another file", () => {
    expect(ids([at(2, { path: "b.py" })])).not.toEqual(ids([at(2)]));
  });

  it("keeps the id of a dependency finding over an upgrade to a version that is still vulnerable", () => {
    const before = dependencyFinding();
    const after = dependencyFinding({
      package: pypiPackage("Django", "2.2.1"),
      location: { path: "requirements.txt", startLine: 9, endLine: 9 },
    });
    expect(ids([before])).toEqual(ids([after]));
  });

  it("tells two packages with the same advisory apart", () => {
    expect(new Set(ids([dependencyFinding(), dependencyFinding({ package: pypiPackage("flask", "1.0") })])).size).toBe(2);
  });

  it("does not depend on the order in which a scanner reports", () => {
    const findings = [at(2), at(4), at(1), dependencyFinding()];
    expect(ids([...findings].reverse())).toEqual(ids(findings));
  });

  it("still gives ids when a file cannot be read any more", () => {
    expect(ids([at(2)], () => NO_LINES)[0]).toMatch(/^[0-9a-f]{20}$/u);
  });
});

describe("readLines", () => {
  const text = "\uFEFFa\rb\nc\r\nd";

  it("counts Bandit's lines as Python does", () => {
    expect(textsOf(readLines("bandit", () => text)("a.py"))).toEqual(["a", "b", "c", "d"]);
  });

  it("counts Trivy's by line feeds alone, so that no one can put another line in the place of the one it means", () => {
    expect(textsOf(readLines("trivy", () => text)("a.env"))).toEqual(["a\rb", "c\r", "d"]);
  });

  it("has none of a file that cannot be read", () => {
    expect(readLines("trivy", () => undefined)("a")).toBe(NO_LINES);
  });
});
