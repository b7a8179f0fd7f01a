import { describe, expect, it } from "vitest";
import type { RunId } from "../../src/findings/scanner-id.ts";
import { dependsOn } from "../../src/pipeline/depends-on.ts";
import { canonicalCommands } from "../../src/pipeline/report-key.ts";
import type { ScanTarget } from "../../src/scanners/scanner.ts";
import { fixture, installation, scannerOf, target } from "../scanners/fixture.ts";
import { testHost } from "../support/hosts.ts";

const [pin] = fixture("safety", "shop").target.pins;
const pins = pin === undefined ? [] : [pin, { ...pin, path: "deps/base.list" }];
const scanned = target({ files: ["Dockerfile", "app.py", "chart/Chart.yaml", "chart/hook.py", "requirements-dev.txt", "uv.lock"], pins });

function filesOf(id: RunId, target: ScanTarget): string[] {
  const scanner = scannerOf(id);
  const [part] = scanner.parts;
  const run = { scanner, part, target, installation: installation("/db"), identity: "i", program: "p" };
  return dependsOn(target, canonicalCommands(run, testHost()));
}

describe("what a run depends on", () => {
  it("is, for Safety, every file that has pins or is named like a manifest", () => {
    expect(filesOf("safety", scanned)).toEqual(["deps/base.list", "requirements-dev.txt", pin?.path, "uv.lock"].sort());
  });

  it("is, for Trivy, the tree without Python sources, and the files with pins outside of it", () => {
    const shown = ["Dockerfile", "chart/Chart.yaml", "requirements-dev.txt", "uv.lock"];
    expect(filesOf("trivy", scanned)).toEqual([...shown, "deps/base.list", pin?.path].sort());
  });

  it("is, for Trivy, everything in a chart", () => {
    const chart = target({ ...scanned, infrastructure: [{ path: "chart/Chart.yaml", type: "helm" }] });
    expect(filesOf("trivy", chart)).toContain("chart/hook.py");
    expect(filesOf("trivy", chart)).not.toContain("app.py");
  });

  it("names a file once", () => {
    const twice = target({ files: pin === undefined ? [] : [pin.path], pins: [...pins, ...pins] });
    expect(filesOf("trivy", twice)).toEqual(["deps/base.list", pin?.path].sort());
  });
});
