// Secrets in every place that somebody scans, and every byte that leaves us afterwards. The findings themselves must be told; what they are about must not.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { freshDatabases } from "../support/fresh-databases.ts";
import { type ActionResult, runAction } from "../support/run-action.ts";
import { makeProject, type Report, type ScanResult, scanDirectory } from "../support/run-cli.ts";

// Put together at run time, so that no scanner of this repository takes them for real.
const letters = (length: number, start = 0) => "aB3dE5gH7jK9mN1pQ4rS6tU8vW2x".repeat(10).slice(start, start + length);
const KEY_LINES = Array.from({ length: 8 }, (_, index) => letters(64, index));
const aws = (end: string) => `AKIA${"QZ7Y5WXV6TU4SR3"}${end}`;

/** By the place it stands in. Those named after a word are of no shape: only knowing what stands where keeps them in. */
const CANARIES = {
  string: "hunter2stringword",
  comparison: "hunter2comparisonword",
  argument: "hunter2argumentword",
  default: "hunter2defaultword",
  "first of two on a line": "hunter2firstword",
  "second of two on a line": "hunter2secondword",
  "a word of a command": "hunter2commandword",
  "the text of a suppressed line": "hunter2suppressedword",
  "the reason of a suppression": "hunter2reasonword",
  "a file that cannot be parsed": "hunter2brokenword",
  "the first line of a private key": KEY_LINES[0] ?? "",
  "the last line of a private key": KEY_LINES[7] ?? "",
  "a GitHub token": `ghp_${letters(36)}`,
  "a GitHub token beside another secret": `ghp_${letters(36, 3)}`,
  "an AWS key id": aws("A"),
  "an AWS secret key": letters(40, 5),
  "ENV of a Dockerfile": letters(40, 7),
  "ENV of a Dockerfile, as a word": "hunter2dockerword",
  "the address of an index": "hunter2indexword",
  "the address of a requirement": "hunter2requirementword",
  "the address of an included file": "hunter2includeword",
  "the query of an address": "hunter2queryword",
  "the option of a requirement": "hunter2optionword",
  "a line that is no requirement": "hunter2garbageword",
  "the name of a file": `ghp_${letters(36, 9)}`,
  "a Kubernetes variable": "hunter2variableword",
  "a Kubernetes argument": "hunter2podword",
  "a ConfigMap": "hunter2mapword",
  "an AWS key id in a ConfigMap": aws("B"),
  "the source in poetry.lock": "hunter2poetryword",
  "the source in uv.lock": "hunter2uvword",
  "the source in Pipfile.lock": "hunter2pipfileword",
  "a CloudFormation property": "hunter2stackword",
};

/** A literal that is no secret, at a place whose text is shown. */
const HARMLESS = "harmless-name";

const CODE = `import subprocess
password = "${CANARIES.string}"
def login(user, passwd="${CANARIES.default}"):
    connect(password="${CANARIES.argument}")
secret = "${CANARIES["first of two on a line"]}"; token = "${CANARIES["second of two on a line"]}"
if password == "${CANARIES.comparison}":
    subprocess.call("mysql -p${CANARIES["a word of a command"]}", shell=True)
api_token = "${CANARIES["the text of a suppressed line"]}"  # nosec B105 ${CANARIES["the reason of a suppression"]}
`;

const LOCK = `[[package]]
name = "django"
version = "2.2.0"
description = ""
optional = false
python-versions = "*"
files = []

[package.source]
type = "legacy"
url = "https://bob:${CANARIES["the source in poetry.lock"]}@packages.example/simple"
reference = "x"

[metadata]
lock-version = "2.0"
python-versions = "*"
content-hash = "x"
`;

const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: ${HARMLESS}
      image: x
      args: ["--password=${CANARIES["a Kubernetes argument"]}"]
      env: [{name: PASSWORD, value: ${CANARIES["a Kubernetes variable"]}}]
      securityContext: {privileged: true}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: m}
data:
  password: ${CANARIES["a ConfigMap"]}
  AWS_ACCESS_KEY_ID: ${CANARIES["an AWS key id in a ConfigMap"]}
`;

const STACK = `AWSTemplateFormatVersion: "2010-09-09"
Resources:
  D:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: ${CANARIES["a CloudFormation property"]}
      StorageEncrypted: false
`;

/** What can be looked at whole. */
const WHOLE = {
  "app.py": CODE,
  "tokens.py": `A = "${CANARIES["a GitHub token"]}"\nB = "${CANARIES["a GitHub token beside another secret"]}"; C = "${CANARIES["an AWS key id"]}"\n`,
  [`${CANARIES["the name of a file"]}.py`]: 'eval("1+1")\n',
  "key.pem": ["-----BEGIN RSA PRIVATE KEY-----", ...KEY_LINES, "-----END RSA PRIVATE KEY-----", ""].join("\n"),
  "aws.ini": `[default]\naws_secret_access_key = ${CANARIES["an AWS secret key"]}\n`,
  Dockerfile: `FROM x:latest\nENV AWS_SECRET_ACCESS_KEY=${CANARIES["ENV of a Dockerfile"]}\nENV DB_PASSWORD=${CANARIES["ENV of a Dockerfile, as a word"]}\n`,
  "requirements.txt": `--index-url https://bob:${CANARIES["the address of an index"]}@packages.example/simple
django==2.2.0
flask @ https://bob:${CANARIES["the address of a requirement"]}@files.example/flask.whl
https://files.example/a.whl?token=${CANARIES["the query of an address"]}
`,
  "pod.yaml": MANIFEST,
  "stack.yaml": STACK,
  "a/poetry.lock": LOCK,
  "b/uv.lock": `version = 1\nrequires-python = ">=3.10"\n\n[[package]]\nname = "django"\nversion = "2.2.0"\nsource = { registry = "https://bob:${CANARIES["the source in uv.lock"]}@packages.example/simple" }\n`,
  "c/Pipfile.lock": JSON.stringify({
    _meta: { sources: [{ name: "p", url: `https://bob:${CANARIES["the source in Pipfile.lock"]}@packages.example/simple` }] },
    default: {
      django: { version: "==2.2.0", index: "p" },
      x: { git: `https://bob:${CANARIES["the source in Pipfile.lock"]}@x.example/x.git` },
    },
  }),
};

/** What is a gap, and told as one. */
const BROKEN = {
  "broken.py": `password = "${CANARIES["a file that cannot be parsed"]}" (\n`,
  "broken/requirements.txt": `-r https://bob:${CANARIES["the address of an included file"]}@files.example/r.txt
jinja2==2.0 --password=${CANARIES["the option of a requirement"]}
!!! ${CANARIES["a line that is no requirement"]}
`,
};

type Channels = Readonly<Record<string, string>>;

function filesOf(directory: string): Channels {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(names.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), "utf8")]));
}

/** Which canary is in which channel, whatever wraps, escapes or encodes a line at its end. */
function leaks(channels: Channels, canaries: Channels = CANARIES): string[] {
  return Object.entries(channels).flatMap(([channel, text]) =>
    Object.entries(canaries).flatMap(([place, secret]) =>
      [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret)
          .toString("base64")
          .replace(/.{0,3}=*$/u, ""),
      ].some((form) => text.includes(form))
        ? [`${channel}: ${place}`]
        : [],
    ),
  );
}

const FINDINGS = [
  "B105 app.py:2",
  "B107 app.py:3",
  "B106 app.py:4",
  "B105 app.py:5",
  "B105 app.py:6",
  "B602 app.py:7",
  "github-pat tokens.py:1",
  "github-pat tokens.py:2",
  "aws-access-key-id tokens.py:2",
  "B307 [REDACTED].py:1",
  "private-key key.pem:2",
  "aws-secret-access-key aws.ini:2",
  "aws-secret-access-key Dockerfile:2",
  "DS-0031 Dockerfile:3",
  "KSV-0109 pod.yaml:10",
  "aws-access-key-id pod.yaml:17",
  "CVE-2019-14234 a/poetry.lock:3",
];

function found({ findings }: Report): string[] {
  return findings.map(({ rule, path, startLine }) => `${rule} ${path}:${startLine}`);
}

describe("secrets in a tree that the command line scans", { timeout: 120_000 }, () => {
  let whole: ScanResult;
  let broken: ScanResult;
  let printed: ScanResult;
  beforeAll(async () => {
    whole = await scanDirectory(makeProject(WHOLE), ["--fail-on", "low"]);
    broken = await scanDirectory(makeProject({ ...WHOLE, ...BROKEN }), ["--fail-on", "low"]);
    printed = await scanDirectory(makeProject(WHOLE), ["--format", "json"]);
  });
  const channelsOf = ({ stdout, stderr, out }: ScanResult) => ({ stdout, stderr, ...filesOf(out) });

  it("are found and told with rule and place, and harmless text beside them is shown", () => {
    expect(found(whole.report)).toEqual(expect.arrayContaining(FINDINGS));
    expect([whole.status, broken.status]).toEqual([1, 3]);
    for (const text of [whole.stdout, ...Object.values(filesOf(whole.out))]) expect(text).toContain(HARMLESS);
    expect(broken.stdout).toMatch(/requirements\.txt:2 [\s\S]*broken\.py/u);
  });

  it("are in no byte of the terminal, SARIF and report.json", () => {
    expect(Object.keys(filesOf(whole.out)).sort()).toEqual(["report.json", "sarif-gate.sarif", "upload.sarif"]);
    expect(leaks(channelsOf(whole))).toEqual([]);
    expect(leaks(channelsOf(printed))).toEqual([]);
  });

  it("are in no byte of what says why files could not be looked at", () => {
    expect(leaks(channelsOf(broken))).toEqual([]);
  });

  it("would be noticed in every channel", () => {
    const channels = channelsOf(whole);
    expect(leaks(channels, { control: "key.pem" })).toEqual(
      Object.keys(channels)
        .filter((name) => name !== "stderr")
        .map((name) => `${name}: control`),
    );
  });
});

describe("secrets in a tree that the action scans", { timeout: 120_000 }, () => {
  let quiet: ActionResult;
  let debug: ActionResult;
  beforeAll(async () => {
    const inputs = { ...freshDatabases(), "fail-on": "low" };
    quiet = await runAction(makeProject(WHOLE), inputs);
    debug = await runAction(makeProject({ ...WHOLE, ...BROKEN }), inputs, { env: { RUNNER_DEBUG: "1", ACTIONS_STEP_DEBUG: "true" } });
  });
  const channelsOf = ({ log, temp }: ActionResult) => ({ log, ...filesOf(temp) });

  it("are found and annotated, and harmless text beside them is shown", () => {
    expect([quiet.outputs.get("verdict"), debug.outputs.get("verdict")]).toEqual(["fail", "error"]);
    expect(quiet.log).toMatch(/^::error title=[^,]*aws-secret-access-key,file=aws\.ini,/mu);
    expect(quiet.summary).toContain("key.pem");
    expect(quiet.log).toContain(HARMLESS);
  });

  it("are in no byte of log, annotations, summary, outputs, SARIF and report.json", () => {
    expect(Object.keys(filesOf(quiet.temp))).toEqual(
      expect.arrayContaining(["OUTPUT", "STEP_SUMMARY", "report.json", "sarif-gate.sarif", "upload.sarif"]),
    );
    expect(leaks(channelsOf(quiet))).toEqual([]);
  });

  it("are in no byte of them when the runner is asked for debug output and files could not be looked at", () => {
    expect(debug.log).toContain("broken.py");
    expect(leaks(channelsOf(debug))).toEqual([]);
  });
});

describe("a command of a Dockerfile that a check quotes", { timeout: 60_000 }, () => {
  const commands = ["apt-get install -y x", "yum install x", "dnf install x", "zypper install x", "apk add x", "cd /x"];
  const secret = "hunter2runword";
  const dockerfile = `FROM x:1\nUSER a\n${commands.map((command) => `RUN ${command} && echo ${secret}`).join("\n")}\n`;

  it("is found and told without its words", async () => {
    const { report, stdout, stderr, out } = await scanDirectory(makeProject({ Dockerfile: dockerfile }), [
      "--scanners",
      "trivy",
      "--fail-on",
      "low",
    ]);
    expect(found(report)).toEqual(expect.arrayContaining(["DS-0029 Dockerfile:3", "DS-0025 Dockerfile:7", "DS-0013 Dockerfile:8"]));
    expect(leaks({ stdout, stderr, ...filesOf(out) }, { [secret]: secret })).toEqual([]);
  });
});

describe("an address whose only credential is a token", { timeout: 60_000 }, () => {
  const token = "tokenonlyhunter2";

  it("is told without it", async () => {
    const pod = MANIFEST.replace(HARMLESS, `"https://${token}@files.example/${HARMLESS}"`);
    const { stdout, stderr, out } = await scanDirectory(makeProject({ "pod.yaml": pod }), ["--scanners", "trivy", "--fail-on", "low"]);
    expect(stdout).toContain(`files.example/${HARMLESS}`);
    expect(leaks({ stdout, stderr, ...filesOf(out) }, { [token]: token })).toEqual([]);
  });
});

describe("a secret in the place of a policy's word", { timeout: 60_000 }, () => {
  const token = `ghp_${letters(36, 11)}`;
  const project = () => makeProject({ "app.py": "VALUE = 1\n", ".github/sarif-gate.yml": `version: 1\ngate: {fail-on: ${token}}\n` });

  it("is not repeated by the action, which says where it stands", async () => {
    const { log, outputs, temp } = await runAction(project(), { scanners: "bandit" });
    expect(outputs.get("verdict")).toBe("error");
    expect(log).toMatch(/sarif-gate\.yml:2/u);
    expect(leaks({ log, ...filesOf(temp) }, { token })).toEqual([]);
  });
});
