import { describe, expect, it } from "vitest";
import type { DecodedFinding, Location } from "../../src/findings/finding.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { identify } from "../../src/pipeline/identify.ts";
import { codeFinding, dependencyFinding } from "../support/findings.ts";

const SOURCE = ["import os", "os.system(command)", "", "  os.system( command )"];

function line(_: string, number: number): string | undefined {
  return SOURCE[number - 1];
}

function at(startLine: number, overrides: Partial<Location> = {}): DecodedFinding {
  return codeFinding({ location: { path: "a.py", startLine, endLine: startLine, ...overrides } });
}

function ids(findings: readonly DecodedFinding[], text = line): string[] {
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
    const found = identify(copies, line, ({ location }) => location.startLine === 2);
    expect(found.find(({ location }) => location.startLine === 4)?.id).toBe(old);
    expect(found.find(({ location }) => location.startLine === 2)?.id).not.toBe(old);
  });

  it("gives code that has become worse another id, though its line is the same", () => {
    const worse = codeFinding({ location: { path: "a.py", startLine: 2, endLine: 2 }, severity: "critical" });
    expect(ids([worse])).not.toEqual(ids([at(2)]));
    expect(ids([dependencyFinding({ severity: "low" })])).toEqual(ids([dependencyFinding()]));
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
    expect(ids([at(2)], () => undefined)[0]).toMatch(/^[0-9a-f]{20}$/u);
  });
});
