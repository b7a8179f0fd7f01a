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
    const unrendered = edited(
      recorded,
      (json) => {
        json.Results = json.Results.filter(({ Target }: Json) => Target !== "tree/good/templates/map.yaml");
      },
      1,
    );
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
});

describe("what Trivy says of a rendered template", () => {
  const TEMPLATE = "tree/good/charts/other-name/templates/pod.yaml";
  const isOurs = ({ Namespace }: Json) => Namespace === "user.sarif_gate";
  /** The report on charts with the checks of one template changed. */
  const withChecks = (change: (checks: Json[]) => Json[], template = TEMPLATE) =>
    edited(
      recorded,
      (json) => {
        const result = resultOf(json, template);
        result.Misconfigurations = change(result.Misconfigurations);
      },
      1,
    );
  const gaps = (changed: typeof recorded) =>
    decode(changed).coverage.missing.filter(({ reason }) => reason.includes("left out misconfigurations"));

  it("is proved by our check, which is no finding", () => {
    expect(gaps(recorded)).toEqual([]);
    expect(findings.some(({ rule }) => rule.id.startsWith("SARIF-GATE"))).toBe(false);
  });

  it("has a gap, of the chart or archive, for each single finding that is missing", () => {
    const left = (index: number) => (checks: Json[]) => checks.toSpliced(checks.findIndex((check) => !isOurs(check)) + index, 1);
    const { coverage } = decode(withChecks(left(3)));
    expect(coverage.missing.map(({ path }) => path)).toContain("good/Chart.yaml");
    expect(coverage).toMatchObject({ expected: 9, covered: 6 });
    expect(gaps(withChecks(left(3), "tree/archive.tgz:templates/pod.yaml")).map(({ path }) => path)).toEqual(["archive.tgz"]);
  });

  it("has a gap where our check itself is missing", () => {
    expect(gaps(withChecks((checks) => checks.filter((check) => !isOurs(check))))).toHaveLength(1);
  });

  it("has none for an accepted order of checks or a check without a line", () => {
    expect(gaps(withChecks((checks) => checks.toReversed()))).toEqual([]);
    const lineless = (check: Json) => (isOurs(check) ? { ...check, Message: check.Message.replace(/,\d+\]/gu, ",0]") } : check);
    expect(gaps(withChecks((checks) => checks.map(lineless)))).toEqual([]);
  });

  it("is not believed when our check says something else", () => {
    for (const Message of ["", "{}", "[[1]]", "nonsense"])
      expect(complaint(withChecks((checks) => checks.map((check) => (isOurs(check) ? { ...check, Message } : check))))).toContain(
        "our check",
      );
  });

  it("is left out where Trivy says the same of the file as it stands", () => {
    const both = edited(recorded, (json) => {
      const rendered = JSON.parse(recorded.reports[1]?.text ?? "").Results.find(({ Target }: Json) => Target === TEMPLATE);
      const checks = rendered.Misconfigurations.filter((check: Json) => !isOurs(check)).slice(1);
      json.Results.push({ ...rendered, Type: "kubernetes", Misconfigurations: checks });
    });
    expect(decode(both).findings).toHaveLength(findings.length);
  });

  it("must be there when there is a chart", () => {
    expect(complaint({ ...recorded, reports: recorded.reports.slice(0, 1) })).toMatch(/^report-unreadable/u);
  });
});

describe("comments that ask Trivy to pass over misconfigurations", () => {
  it("are listed with their line, in order, and are no notice", () => {
    expect(decode(recorded)).toMatchObject({
      comments: [{ scanner: "trivy", path: "Dockerfile", line: 2, text: "#trivy:ignore:DS-0002" }],
      notices: [],
    });
  });

  it("mark the finding they would hide, and no other", () => {
    const unhidden = edited(recorded, (json) => {
      resultOf(json, "tree/Dockerfile").Misconfigurations.push({ ID: "DS-0010", Status: "FAIL", CauseMetadata: { StartLine: 3 } });
    });
    const marked = decode(unhidden).findings.filter(({ commentLine }) => commentLine !== undefined);
    expect(marked.map(({ rule, commentLine }) => [rule.id, commentLine])).toEqual([["DS-0002", 2]]);
  });

  it("are one for a line with several", () => {
    const text = "FROM a\nRUN b # trivy:ignore:DS-0001  trivy:ignore:DS-0002\n# trivy:ignore:*";
    const { comments } = decode({ ...recorded, target: { ...recorded.target, text: () => text } });
    expect(comments.filter(({ path }) => path === "Dockerfile")).toEqual([
      { scanner: "trivy", path: "Dockerfile", line: 2, text: "RUNb#trivy:ignore:DS-0001trivy:ignore:DS-0002" },
      { scanner: "trivy", path: "Dockerfile", line: 3, text: "#trivy:ignore:*" },
    ]);
    const order = comments.map(({ path, line }) => `${path}\0${String(line).padStart(4)}`);
    expect(order).toEqual([...order].sort());
  });

  it("in a rendered template suppress nothing, which is a notice", () => {
    const isTemplate = (path: string) => path.includes("/templates/");
    const text = (path: string) => (isTemplate(path) ? "# trivy:ignore:*" : recorded.target.text(path));
    const { notices, findings } = decode({ ...recorded, target: { ...recorded.target, text } });
    expect(notices.length).toBeGreaterThan(0);
    for (const { path, message } of notices)
      expect([isTemplate(path ?? ""), message]).toEqual([true, expect.stringContaining("suppress nothing")]);
    expect(findings.filter(({ commentLine }) => commentLine !== undefined).map(({ location }) => location.path)).toEqual(["Dockerfile"]);
  });

  it("that Trivy took into account all the same are a notice", () => {
    const excepted = edited(recorded, (json) => {
      resultOf(json, "tree/Dockerfile").Misconfigurations.push({ ID: "DS-0002", Status: "EXCEPTION" });
    });
    expect(decode(excepted).notices).toEqual([{ path: "Dockerfile", message: "1 of Trivy's findings are suppressed" }]);
  });
});
