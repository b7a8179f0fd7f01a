// No pull request weakens the policy it is judged by: real commits, the built dist/main.js as the runner starts it, real scanners.

import { readFileSync } from "node:fs";
import type { Log } from "sarif";
import { beforeAll, describe, expect, it } from "vitest";
import { startFakeGitHub, uploadedLog } from "../support/fake-github.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { type Judged, judgePullRequest, openPullRequest } from "../support/pull-requests.ts";
import type { Files } from "../support/stories.ts";

const POLICY = ".github/sarif-gate.yml";
/** B404 of low severity, B602 of high severity. */
const LOW = "import subprocess\n";
const HIGH = "import subprocess\n\nsubprocess.call(input(), shell=True)\n";
const SILENCED = "import subprocess  # nosec\n";

interface Weakening {
  readonly how: string;
  /** The policy on the base branch. */
  readonly strict: string;
  /** What the pull request makes of it; null deletes it. */
  readonly loose: string | null;
  /** What both branches had before. */
  readonly old?: Files;
  /** What gates under the strict policy and not under the loose one. */
  readonly code: Files;
  readonly reason: RegExp;
  /** The key and both values as reports show them. */
  readonly ignored: { readonly key: string; readonly base: unknown; readonly head: unknown };
}

const WEAKENINGS: readonly Weakening[] = [
  {
    how: "a loosened threshold",
    strict: "version: 1\ngate:\n  fail-on: medium\n",
    loose: "version: 1\ngate:\n  fail-on: critical\n",
    code: { "new.py": HIGH },
    reason: /1 new finding/u,
    ignored: { key: "gate.fail-on", base: "medium", head: "critical" },
  },
  {
    how: "an added suppression",
    strict: "version: 1\n",
    loose: "version: 1\nsuppressions:\n  - rule: B602\n    reason: we know\n    expires: never\n",
    code: { "new.py": HIGH },
    reason: /1 new finding/u,
    ignored: { key: "suppressions", base: null, head: expect.stringContaining("B602") },
  },
  {
    how: "a deleted policy",
    strict: "version: 1\ngate:\n  fail-on: low\n",
    loose: null,
    code: { "new.py": LOW },
    reason: /1 new finding/u,
    ignored: { key: "policy file", base: expect.stringContaining(POLICY), head: null },
  },
  {
    how: "a loosened exclude",
    strict: 'version: 1\nexclude: ["docs/**"]\n',
    loose: 'version: 1\nexclude: ["docs/**", "vendor/**"]\n',
    code: { "vendor/new.py": HIGH },
    reason: /1 new finding/u,
    ignored: { key: "exclude", base: null, head: "vendor/**" },
  },
  {
    how: "a raised limit",
    strict: "version: 1\nlimits:\n  nosec: 1\n",
    loose: "version: 1\nlimits:\n  nosec: 5\n",
    old: { "old.py": SILENCED },
    code: { "new.py": SILENCED },
    reason: /2 comments suppress .* the policy tolerates 1/u,
    ignored: { key: "limits.nosec", base: "1", head: "5" },
  },
];

/** Null deletes the policy. */
const withPolicy = (files: Files, policy: string | null): Files => ({ ...files, [POLICY]: policy });

/** Everything but what differs between two runs: paths, times and the words about the policy. */
function essence({ status, outputs, report }: Judged) {
  const counts = ["verdict", "findings", "new-findings", "critical", "high", "medium", "low", "unknown", "suppressed"];
  return { status, outputs: counts.map((name) => outputs.get(name)), codes: report?.reasons.map(({ code }) => code) };
}

describe.each(WEAKENINGS)("a pull request with $how", ({ strict, loose, old = {}, code, reason, ignored }) => {
  const before = { "shop.py": "VALUE = 1\n", ...old };
  let judged: Judged;

  beforeAll(async () => {
    judged = await judgePullRequest(openPullRequest(withPolicy(before, strict), withPolicy(code, loose)));
  });

  it("fails, for the reason that the base policy gives", () => {
    expect([judged.status, judged.outputs.get("verdict")]).toEqual([1, "fail"]);
    expect(judged.report?.reasons.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
  });

  it("has in report.json what is ignored", () => {
    expect(judged.report?.policy.changes).toEqual([{ ...ignored, effect: "ignored" }]);
  });

  it.each(["log", "summary"] as const)("says in the %s what is ignored", (place) => {
    expect(judged[place]).toContain("1 ignored until merged");
    expect(judged[place].replaceAll("\\", "")).toMatch(new RegExp(`${ignored.key}.*ignored until it is merged`, "u"));
  });

  it("is judged as the same change without it is", async () => {
    const plain = await judgePullRequest(openPullRequest(withPolicy(before, strict), code));
    expect(plain.report?.policy.changes).toEqual([]);
    expect(essence(judged)).toEqual(essence(plain));
  });

  it("passes once the policy is merged", async () => {
    const { status, outputs, report } = await judgePullRequest(openPullRequest(loose === null ? before : withPolicy(before, loose), code));
    expect([status, outputs.get("verdict"), report?.policy.changes]).toEqual([0, "pass", []]);
  });
});

describe("a pull request that tightens the policy", () => {
  const before = { [POLICY]: "version: 1\ngate:\n  fail-on: high\n", "shop.py": "VALUE = 1\n" };

  it("is judged by it at once", async () => {
    const tightened = { [POLICY]: "version: 1\ngate:\n  fail-on: low\n", "new.py": LOW };
    const { outputs, report, summary } = await judgePullRequest(openPullRequest(before, tightened));
    expect(outputs.get("verdict")).toBe("fail");
    expect(report?.policy.changes).toEqual([{ key: "gate.fail-on", base: "high", head: "low", effect: "applies" }]);
    expect(summary).toContain("applies now");
  });

  it("would pass without", async () => {
    const { outputs } = await judgePullRequest(openPullRequest(before, { "new.py": LOW }));
    expect(outputs.get("verdict")).toBe("pass");
  });
});

describe("a pull request with old, new and suppressed findings and a changed workflow", () => {
  const suppression = 'suppressions:\n  - rule: B307\n    paths: ["src/**"]\n    reason: reviewed\n    expires: never\n';
  const before = {
    [POLICY]: `version: 1\n${suppression}`,
    ".github/workflows/scan.yml": "on: push\n",
    "old.py": HIGH,
    "requirements.txt": "django==2.2.0\n",
  };
  const change = {
    ".github/workflows/scan.yml": "on: workflow_dispatch\n",
    "new.py": HIGH,
    "silenced.py": "import os\n\neval(input())  # nosec\n",
    "src/reviewed.py": "eval(input())\n",
    "tests/test_shop.py": "assert True\n",
  };
  let judged: Judged;
  let uploaded: Log;

  beforeAll(async () => {
    const github = await startFakeGitHub({}, { untilClosed: true });
    const inputs = { scanners: "bandit, safety, trivy", upload: "auto", "wait-for-processing": "false", ...freshDatabases() };
    judged = await judgePullRequest(openPullRequest(before, change), inputs, { GITHUB_API_URL: github.apiUrl });
    const [request] = github.requests;
    uploaded = uploadedLog(request as NonNullable<typeof request>) as Log;
    await github.close();
  });

  it("has the workflow named before everything else in the summary", () => {
    expect(judged.summary).toMatch(
      /^## sarif-gate: fail\n\n\*\*This change edits <code>\.github\/workflows\/scan\.yml<\/code>: a workflow may decide how/u,
    );
  });

  it("has its new inline suppressions listed in log and summary", () => {
    for (const text of [judged.log, judged.summary])
      expect(text).toMatch(/New comments that ask for suppression \(1 of 1\)[\s\S]*silenced\.py:3/u);
  });

  it("has counts that add up in outputs and report", () => {
    const findings = judged.report?.findings ?? [];
    const count = (wanted: string) => findings.filter(({ state }) => state === wanted).length;
    const output = (name: string) => Number(judged.outputs.get(name));
    expect(["findings", "new-findings", "suppressed"].map(output)).toEqual([2, 2, 3]);
    expect(["critical", "high", "medium", "low", "unknown"].map(output).reduce((sum, value) => sum + value)).toBe(2);
    expect([count("new"), count("suppressed")]).toEqual([2, 3]);
    expect(count("unchanged")).toBeGreaterThan(2);
    expect(count("new") + count("suppressed") + count("unchanged")).toBe(findings.length);
  });

  it("keeps suppressed findings in the local SARIF, by what suppresses them, and sends none of them", () => {
    const local = JSON.parse(readFileSync(judged.outputs.get("sarif-file") ?? "", "utf8")) as Log;
    const suppressed = (log: Log) => resultsOf(log).filter(({ suppressions }) => (suppressions ?? []).length > 0);
    const places = suppressed(local).map(({ locations, suppressions }) => [
      locations?.[0]?.physicalLocation?.artifactLocation?.uri,
      suppressions?.[0]?.kind,
    ]);
    expect(places.sort()).toEqual([
      ["silenced.py", "inSource"],
      ["src/reviewed.py", "external"],
      ["tests/test_shop.py", "external"],
    ]);
    expect(suppressed(uploaded)).toEqual([]);
    // What two scanners report is there once, as in the report.
    expect(resultsOf(uploaded)).toHaveLength((judged.report?.findings.length ?? 0) - places.length);
  });
});

function resultsOf({ runs }: Log) {
  return runs.flatMap(({ results }) => results ?? []);
}
