import { describe, expect, it } from "vitest";
import { complaint, decode, edited, fixture, type Json } from "../fixture.ts";

const recorded = fixture("trivy", "infrastructure");
const findings = decode(recorded).findings;
const found = (path: string) => findings.filter(({ location }) => location.path === path);
const resultOf = (json: Json, target: string): Json => json.Results.find(({ Target }: Json) => Target === target);

describe("misconfigurations Trivy finds", () => {
  it("have a rule with what Trivy knows of the check, and a message about the file", () => {
    expect(found("Dockerfile")[0]).toMatchObject({
      kind: "misconfiguration",
      severity: "medium",
      rule: {
        id: "DS-0001",
        title: "':latest' tag used",
        help: "Add a tag to the image in the 'FROM' statement",
        helpUri: "https://avd.aquasec.com/misconfig/ds-0001",
      },
      message: "Specify a tag in the 'FROM' statement for image 'alpine'",
    });
  });

  it("stand at line 1 where Trivy gives no line", () => {
    expect(found("Dockerfile").find(({ rule }) => rule.id === "DS-0026")?.location).toEqual({
      path: "Dockerfile",
      startLine: 1,
      endLine: 1,
    });
    expect(found("cfn.yaml")[0]?.location).toEqual({ path: "cfn.yaml", startLine: 3, endLine: 6 });
  });

  it("go to the template of the type where Trivy loses the path", () => {
    expect(JSON.parse(recorded.reports[0]?.text ?? "").Results.map(({ Target }: Json) => Target)).toContain("");
    expect(found("arm.json").map(({ rule, message }) => [rule.id, message])).toEqual([
      ["AZU-0012", "A network rule is configured to allow access. (Trivy does not name the file)"],
    ]);
  });

  it("go to the chart where Trivy names a template of a nested chart by a path that does not exist", () => {
    const locations = found("good/Chart.yaml").map(({ location }) => [location.startLine, location.endLine]);
    expect(locations.length).toBeGreaterThan(0);
    expect(new Set(locations.map(String))).toEqual(new Set(["1,1"]));
    expect(found("good/Chart.yaml")[0]?.message).toContain("(rendered as good/charts/other-name/templates/pod.yaml)");
  });

  it("go to the archive of a chart, and say where in it", () => {
    expect(new Set(found("archive.tgz").map(({ location }) => location.endLine))).toEqual(new Set([1]));
    expect(found("archive.tgz")[0]?.message).toMatch(/ \(in templates\/pod\.yaml\)$/u);
  });

  it("are failed checks alone, and of any status Trivy may invent", () => {
    const withStatus = (Status: string) =>
      edited(recorded, (json) => Object.assign(resultOf(json, "tree/k8s/pod.yaml").Misconfigurations[0], { Status }));
    const count = (Status: string) => decode(withStatus(Status)).findings.length;
    expect([count("FAIL"), count("NEW"), count("PASS"), count("EXCEPTION")]).toEqual([
      findings.length,
      findings.length,
      findings.length - 1,
      findings.length - 1,
    ]);
    expect(decode(withStatus("EXCEPTION")).notices).toContainEqual({
      path: "k8s/pod.yaml",
      message: "1 of Trivy's findings are suppressed",
    });
  });

  it("hold no terminal escapes", () => {
    const coloured = edited(recorded, (json) =>
      Object.assign(resultOf(json, "tree/k8s/pod.yaml").Misconfigurations[0], { Message: "\u001b[38;5;64mFROM\u001b[0m x" }),
    );
    expect(decode(coloured).findings.map(({ message }) => message)).toContain("FROM x");
  });

  it("outside of what was given make the report unbelievable", () => {
    const elsewhere = edited(recorded, (json) => Object.assign(resultOf(json, "tree/Dockerfile"), { Target: "tree/nowhere/Dockerfile" }));
    expect(complaint(elsewhere)).toContain("Results[].Target");
  });
});

describe("coverage of infrastructure", () => {
  it("names what Trivy passed over without a word", () => {
    const { coverage } = decode(recorded);
    expect(coverage.missing.map(({ path, reason }) => [path, reason])).toEqual([
      ["bad/Chart.yaml", "Trivy could not render the chart"],
      ["broken.Dockerfile", "Trivy did not check it as dockerfile"],
    ]);
    expect(coverage).toMatchObject({ expected: 8, covered: 6 });
  });

  it("counts a chart of which nothing was rendered as missing, also where a nested chart was", () => {
    const unrendered = edited(recorded, (json) => {
      json.Results = json.Results.filter(({ Target }: Json) => Target !== "tree/good/templates/map.yaml");
    });
    expect(decode(unrendered).coverage.missing.map(({ path }) => path)).toContain("good/Chart.yaml");
  });

  it("knows a chart at the root of the tree", () => {
    const atRoot = {
      ...recorded.target,
      files: ["Chart.yaml", "templates/a.yaml"],
      infrastructure: [{ path: "Chart.yaml", type: "helm" as const }],
    };
    const withTarget = (Target: string) =>
      edited({ ...recorded, target: atRoot }, (json) => {
        json.Results = json.Results.filter((result: Json) => result.Target.startsWith("canary/"));
        json.Results.push({ Target, Class: "config", Type: "helm" });
      });
    expect(decode(withTarget("tree/templates/a.yaml")).coverage.missing).toEqual([]);
    expect(decode(withTarget("tree/sub/templates/a.yaml")).coverage.missing.map(({ path }) => path)).toEqual(["Chart.yaml"]);
  });

  it("takes no other kind of result for a check", () => {
    const secretsOnly = edited(recorded, (json) =>
      Object.assign(resultOf(json, "tree/k8s/pod.yaml"), { Class: "secret", Misconfigurations: [] }),
    );
    expect(decode(secretsOnly).coverage.missing.map(({ path }) => path)).toContain("k8s/pod.yaml");
  });

  it("lists comments that hide misconfigurations, which the report does not show", () => {
    expect(decode(recorded).notices).toEqual([{ path: "Dockerfile", message: "1 comment hides misconfigurations (`trivy:ignore`)" }]);
  });
});
