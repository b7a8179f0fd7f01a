// Our reading of comments that hide misconfigurations against Trivy's own: the real Trivy looks twice at one tree, once as it stands, once as we show it.

import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecodedFinding } from "../../src/findings/finding.ts";
import { canarySecret } from "../../src/scanners/canary.ts";
import type { Command, ScannerOutput, ScanTarget } from "../../src/scanners/scanner.ts";
import { tarGz } from "../support/archives.ts";
import { describeTree, runTrivy } from "../support/run-trivy.ts";
import { writeTree } from "../support/temporary-tree.ts";

const FIXTURE = join(import.meta.dirname, "..", "fixtures", "ignore-comments");
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-comments-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const IDS = [
  "*",
  "DS-0001",
  "AVD-DS-0004",
  "ds010",
  "use-copy-over-add",
  "docker-*",
  "AWS-008*",
  "aws-s3-enable-logging",
  "enable-*-key",
  "s3*",
  "",
  "-",
];
const word = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("trivy:ignore:", "tfsec:ignore:", "#trivy:ignore:", "//trivy:ws:a:ignore:", "trivy:", "x", "Trivy:ignore:"),
      fc.constantFrom(...IDS),
    )
    .map((parts) => parts.join("")),
  fc.constantFrom(
    "trivy:ignore:*:exp:2001-01-01",
    "trivy:ignore:*:exp:nonsense",
    "trivy:ignore:*[a=b]",
    "\ttrivy:ignore:*",
    "\u00a0trivy:ignore:*",
    "why",
    "",
  ),
);
const comment = fc.array(word, { maxLength: 3 }).map((words) => `# ${words.join(" ")}`);

/** Lines with a comment above, behind or neither. */
function commented(lines: readonly string[], separator = "\n") {
  const line = (text: string) => {
    const indent = /^ */u.exec(text)?.[0] ?? "";
    return fc
      .tuple(fc.array(fc.oneof(comment, comment, fc.constant("")), { maxLength: 2 }), fc.option(comment))
      .map(([above, behind]) =>
        [...above.map((one) => indent + one), behind === null || text.startsWith("FROM") ? text : `${text} ${behind}`].join(separator),
      );
  };
  return fc.tuple(...lines.map(line)).map((texts) => texts.join(separator) + separator);
}

const stack = readFileSync(join(FIXTURE, "cloudformation", "stack.yaml"), "utf8")
  .replace(/ *#.*/gu, "")
  .split("\n")
  .filter((line) => line !== "");
const dockerfile = ["FROM alpine:latest", "EXPOSE 22", "RUN sudo id", "ADD a /b", "RUN cd /x", "USER root"];

/** Not UTF-8. */
const SECRET = Buffer.from(`FROM scratch\n# \xff trivy:ignore:*\nENV TOKEN=${canarySecret()}\n`, "latin1");

/** The committed cases, the same with CRLF, and generated ones. */
async function makeTree(): Promise<string> {
  const root = join(scratch, "tree");
  cpSync(FIXTURE, join(root, "lf"), { recursive: true });
  cpSync(FIXTURE, join(root, "crlf"), { recursive: true });
  for (const path of readdirSync(join(root, "crlf"), { recursive: true, encoding: "utf8" })) {
    if (/\.[a-z]+$|Dockerfile$/u.test(path))
      writeFileSync(join(root, "crlf", path), readFileSync(join(root, "crlf", path), "utf8").replaceAll("\n", "\r\n"));
  }
  const generated = [
    ...fc.sample(commented(dockerfile), { seed: 5, numRuns: 60 }).map((text, index) => [`g/d${index}/Dockerfile`, text]),
    ...fc.sample(commented(stack), { seed: 5, numRuns: 40 }).map((text, index) => [`g/c${index}.yaml`, text]),
  ];
  return writeTree(root, {
    ...Object.fromEntries(generated),
    "lf/chart/charts/packed.tgz": await packedChart(),
    "secret/Dockerfile": SECRET,
  });
}

/** The chart of the committed cases as an archive, which Trivy renders with the chart it lies in, and with a file whose name looks like a comment. */
function packedChart(): Promise<Buffer> {
  const files = ["Chart.yaml", "values.yaml", "templates/pod.yaml"];
  const members = files.map((path) => ({ name: `rendered/${path}`, content: readFileSync(join(FIXTURE, "chart", path)) }));
  return tarGz([...members, { name: "rendered/trivy:ignore:*", content: "x" }]);
}

/** Runs Trivy as the product does, `change` applied to its commands. */
function scan(scanned: ScanTarget, name: string, change: (command: Command) => Command = (command) => command): Promise<ScannerOutput> {
  return runTrivy(scanned, { directory: join(scratch, name), change });
}

const withoutEdits = (command: Command): Command => {
  if (command.view === undefined) throw new Error("no view");
  const { name, files } = command.view;
  return { ...command, view: { name, files } };
};
const nameOf = ({ location, rule, message }: DecodedFinding) => `${location.path}:${location.startLine} ${rule.id} ${message}`;
const isRendered = ({ location }: DecodedFinding) => /\/chart\/(?:templates\/|Chart\.yaml$)/u.test(location.path);
const names = (findings: readonly DecodedFinding[]) => findings.map(nameOf).sort();

let honoured: ScannerOutput;
let shown: ScannerOutput;

beforeAll(async () => {
  const scanned = describeTree(await makeTree());
  honoured = await scan(scanned, "honoured", withoutEdits);
  shown = await scan(scanned, "shown");
});

describe("comments that hide misconfigurations from Trivy", () => {
  it("hide from us nothing, and mark what Trivy leaves out, and no more but what an expired comment would hide", () => {
    const ours = shown.findings.filter((finding) => !isRendered(finding));
    const expiring = new Set(shown.comments.flatMap(({ path, line, until }) => (until === undefined ? [] : [`${path}:${line}`])));
    const unmarked = ours.filter(({ commentLine }) => commentLine === undefined);
    const uncertain = ours.filter(({ commentLine, location }) => expiring.has(`${location.path}:${commentLine}`));
    const left = names(honoured.findings.filter((finding) => !isRendered(finding)));
    expect(left).toEqual(expect.arrayContaining(names(unmarked)));
    expect(names([...unmarked, ...uncertain])).toEqual(expect.arrayContaining(left));
    expect(ours.length - unmarked.length - uncertain.length).toBeGreaterThan(100);
  });

  it("of a rendered template mark nothing, though Trivy honours them", () => {
    const [all, left] = [shown, honoured].map(({ findings }) => findings.filter(isRendered));
    expect(all?.every(({ commentLine }) => commentLine === undefined)).toBe(true);
    expect((all?.length ?? 0) - (left?.length ?? 0)).toBe(6);
  });

  it("stand in the way of no other finding in their file, which need not be UTF-8", () => {
    const secrets = shown.findings.filter(({ kind, location }) => kind === "secret" && location.path === "secret/Dockerfile");
    expect(secrets.map(({ location }) => location.startLine)).toEqual([3]);
  });
});

describe("a comment that a template builds while it is rendered", () => {
  const MARK = '{{ "# triv" }}y:ignore:*';
  const POD = ["apiVersion: v1", "kind: Pod", "metadata:", "  name: {{ .Release.Name }}", "spec:", "  containers:", "  - name: a"];
  const REST = ["    image: nginx:latest", "    securityContext:", "      privileged: true", ""];
  const pod = (mark: string) => [...POD.slice(0, -1), ...(mark === "" ? [] : [`  ${mark}`]), ...POD.slice(-1), ...REST].join("\n");
  const helper = `{{ define "mark" }}${MARK}{{ end }}\n`;

  it("leaves a gap wherever it stands and whatever it hides, and nothing else does", async () => {
    const charts = {
      honest: { "templates/a.yaml": `${pod("")}---\n# two documents\n${pod("")}`, "templates/map.yaml": pod("").replace("Pod", "Foo") },
      direct: { "templates/a.yaml": pod(MARK) },
      second: { "templates/a.yaml": `${pod("")}---\n${pod(MARK)}` },
      joined: { "templates/a.yaml": `${pod("")}--- # no end for Helm\n${pod(MARK)}` },
      values: { "values.yaml": "a: '# triv'\n", "templates/a.yaml": pod("{{ .Values.a }}y:ignore:KSV-0017") },
      helper: { "templates/_mark.tpl": helper, "templates/a.yaml": pod('{{ include "mark" . }}') },
      tpl: { "values.yaml": `a: '{{ "# triv" }}y:ignore:*'\n`, "templates/a.yaml": pod("{{ tpl .Values.a . }}") },
      verbatim: { "templates/a.yaml": pod("# trivy:ignore:*") },
    };
    const files = Object.entries(charts).flatMap(([name, texts]) =>
      Object.entries({ "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`, ...texts }).map(([path, text]) => [
        `${name}/${path}`,
        text,
      ]),
    );
    const { coverage } = await scan(describeTree(await writeTree(join(scratch, "built"), Object.fromEntries(files))), "built");
    const attacks = ["direct", "helper", "joined", "second", "tpl", "values"];
    expect(coverage.missing.map(({ path }) => path)).toEqual(attacks.map((name) => `${name}/templates/a.yaml`));
  });

  it("hides nothing in a template that is YAML before it is rendered, and says more once it is", async () => {
    const hidden = POD.concat("    image: nginx", '# {{ "\\n    securityContext: {privileged: true}" }}', "").join("\n");
    const files = {
      "a/Chart.yaml": "apiVersion: v2\nname: a\nversion: 0.1.0\n",
      "a/templates/a.yaml": hidden.replace("{{ .Release.Name }}", "x"),
    };
    const { findings, coverage } = await scan(describeTree(await writeTree(join(scratch, "yaml"), files)), "yaml");
    expect(coverage.missing).toEqual([]);
    expect(findings.map(({ rule }) => rule.id)).toContain("KSV-0017");
    expect(new Set(names(findings)).size).toBe(findings.length);
  });
});
