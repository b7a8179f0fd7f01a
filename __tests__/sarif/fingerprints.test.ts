import { describe, expect, it } from "vitest";
import { fingerprintFindings } from "../../src/sarif/fingerprints.ts";
import { lineHashes } from "../../src/sarif/line-hash.ts";
import { codeFinding, dependencyFinding, findingId, secretFinding } from "../support/findings.ts";

const TEXT = "import os\n\nos.system(command)\n";

describe("fingerprintFindings", () => {
  it("gives a finding in a file the hash of its line", () => {
    const finding = codeFinding();
    expect(fingerprintFindings([finding], () => TEXT)(finding)).toBe(lineHashes(TEXT).get(3));
  });

  it("reads every file once", () => {
    const read: string[] = [];
    fingerprintFindings(
      [codeFinding(), codeFinding({ location: { path: "src/app.py", startLine: 1, endLine: 1 } }), secretFinding()],
      (path) => {
        read.push(path);
        return TEXT;
      },
    );
    expect(read).toEqual(["src/app.py", "settings.py"]);
  });

  it("does not let the line or the version decide about a package", () => {
    const finding = dependencyFinding();
    const moved = dependencyFinding({ location: { path: "requirements.txt", startLine: 9, endLine: 9 } });
    expect(fingerprintFindings([moved], () => TEXT)(moved)).toBe(fingerprintFindings([finding], () => TEXT)(finding));
  });

  it("tells apart the findings of one line of a lock file", () => {
    const [first, second] = [dependencyFinding({ id: findingId(1) }), dependencyFinding({ id: findingId(2) })];
    const fingerprint = fingerprintFindings([first, second], () => TEXT);
    expect(fingerprint(first)).not.toBe(fingerprint(second));
  });

  it("takes an image's name for no file", () => {
    const finding = secretFinding({ run: "trivy-image", location: { path: "registry.example/shop", startLine: 1, endLine: 1 } });
    expect(fingerprintFindings([finding], () => TEXT)(finding)).toBe(`${finding.id}:1`);
  });

  it.each([
    ["in a file that cannot be read", () => undefined, 1],
    ["in a line that the file does not have", () => TEXT, 99],
  ] satisfies [string, () => string | undefined, number][])("falls back to the id %s", (_, text, startLine) => {
    const finding = codeFinding({ location: { path: "src/app.py", startLine, endLine: startLine } });
    expect(fingerprintFindings([finding], text)(finding)).toBe(`${finding.id}:1`);
  });
});
