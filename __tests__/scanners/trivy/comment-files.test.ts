import { describe, expect, it } from "vitest";
import { chartFiles, commentFiles } from "../../../src/scanners/trivy/comment-files.ts";
import { target } from "../fixture.ts";

const files = [
  "Dockerfile",
  "a.json",
  "a.yaml",
  "app.py",
  "deploy/Chart.yaml",
  "deploy/files/x.txt",
  "deploy/sub.tgz",
  "deployed.txt",
  "maybe.yml",
];
const scanned = target({
  files,
  infrastructure: [
    { path: "Dockerfile", type: "dockerfile" },
    { path: "a.json", type: "cloudformation" },
    { path: "a.yaml", type: "kubernetes" },
    { path: "deploy/Chart.yaml", type: "helm" },
  ],
  possibleInfrastructure: ["deploy/sub.tgz", "maybe.yml"],
});

describe("the files of which Trivy reads comments", () => {
  it("are all infrastructure that has comments, and everything in a chart", () => {
    expect(commentFiles(scanned)).toEqual(["Dockerfile", "a.yaml", "deploy/Chart.yaml", "deploy/files/x.txt", "maybe.yml"]);
  });

  it("are all files where the chart is the root", () => {
    expect(commentFiles(target({ files: ["Chart.yaml", "a.py"], possibleInfrastructure: ["Chart.yaml"] }))).toEqual(["Chart.yaml", "a.py"]);
  });

  it("are none without infrastructure", () => {
    expect(commentFiles(target({ files }))).toEqual([]);
  });
});

describe("the files of charts", () => {
  it("are everything in their folders, and archives that are small enough", () => {
    expect(chartFiles(scanned)).toEqual(["deploy/Chart.yaml", "deploy/files/x.txt", "deploy/sub.tgz"]);
    const apart = target({ files: ["a.tgz", "b.py"], possibleInfrastructure: ["a.tgz"] });
    expect(chartFiles(apart)).toEqual(["a.tgz"]);
    expect(chartFiles({ ...apart, size: () => 2 ** 30 })).toEqual([]);
  });

  it("are none without a chart, whatever else there is to check", () => {
    expect(chartFiles(target({ files: ["Dockerfile"], infrastructure: [{ path: "Dockerfile", type: "dockerfile" }] }))).toEqual([]);
  });
});
