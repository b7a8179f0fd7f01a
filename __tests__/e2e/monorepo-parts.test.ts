// Parts of a monorepo, each scanned with a `path` and a `category` of its own, against one scan of the whole. Built dist, real scanners.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ReportJson } from "../../src/report/report-schema.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { judgePullRequest, openPullRequest } from "../support/pull-requests.ts";
import { runAction } from "../support/run-action.ts";
import { runCli, scanDirectory } from "../support/run-cli.ts";
import { commit, emptyRepository, type Files } from "../support/stories.ts";

const BILLING = "services/billing";
const STOREFRONT = "services/storefront";
const REST_POLICY = ".github/sarif-gate-rest.yml";
const RISKY =
  "import pickle\nimport subprocess\n\n\ndef load(text, name):\n    subprocess.call(name, shell=True)\n    return pickle.loads(text)\n";
const NEVER = "    reason: accepted\n    expires: never\n";

/** Two parts with the same mistakes, the same vulnerable package and a secret each, and a rest that has them once more. */
const MONOREPO: Files = {
  "tool.py": RISKY,
  "requirements.txt": "django==2.2.0\n",
  "services/README.md": "What we run.\n",
  [REST_POLICY]: 'version: 1\nexclude: ["services/*/**"]\n',
  [`${BILLING}/app.py`]: RISKY,
  [`${BILLING}/requirements.txt`]: "django==2.2.0\n",
  [`${BILLING}/Dockerfile`]: "FROM python:3.12\nRUN apt-get install curl\n",
  [`${STOREFRONT}/app.py`]: `${RISKY}\n\n${RISKY}`,
  [`${STOREFRONT}/requirements.txt`]: "six==1.16.0\ndjango==2.2.0\n",
  [`${STOREFRONT}/notes.txt`]: `key: AKIA${"Q3EGTUVWXYZ2ABCD"}\n`,
};

interface Alert {
  readonly ruleId: string;
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Scanned {
  readonly report: ReportJson;
  readonly upload: {
    readonly runs: readonly { readonly automationDetails: { readonly id: string }; readonly results: readonly Alert[] }[];
  };
}

function monorepo(more: Files = {}): string {
  const root = emptyRepository();
  commit(root, { ...MONOREPO, ...more });
  return root;
}

async function scanned(root: string, path: string, ...options: readonly string[]): Promise<Scanned> {
  const { out } = await scanDirectory(join(root, path), options);
  const read = (name: string): unknown => JSON.parse(readFileSync(join(out, name), "utf8"));
  return { report: read("report.json") as ReportJson, upload: read("upload.sarif") as Scanned["upload"] };
}

/** Scans as the job of a part does. */
async function scanPart(root: string, path: string, ...options: readonly string[]): Promise<Scanned> {
  return await scanned(root, path, "--category", `sarif-gate/${path}`, ...options);
}

/** Scans as the job of the rest does. */
async function scanRest(root: string): Promise<Scanned> {
  return await scanned(root, ".", "--policy", join(root, REST_POLICY));
}

function categoriesOf({ upload }: Scanned): string[] {
  return upload.runs.map(({ automationDetails }) => automationDetails.id);
}

function resultsOf({ upload }: Scanned): Alert[] {
  return upload.runs.flatMap(({ results }) => results);
}

function uploadedPaths(part: Scanned): (string | undefined)[] {
  return [...new Set(resultsOf(part).map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri))].toSorted();
}

/** What GitHub tells alerts by: rule, place and fingerprints. */
function alertsOf(scans: readonly Scanned[]): string[] {
  return scans
    .flatMap(resultsOf)
    .map(({ ruleId, locations, partialFingerprints }) => JSON.stringify([ruleId, locations, partialFingerprints]))
    .toSorted();
}

function findingsOf(scans: readonly Scanned[]): string[] {
  return scans
    .flatMap(({ report }) => report.findings)
    .map((finding) => JSON.stringify(finding))
    .toSorted();
}

/** What a scan found and what it covered, without what differs from run to run. */
function outcomeOf(scan: Scanned): unknown {
  const { verdict, counts, runs } = scan.report;
  const covered = runs.map(({ category, status, coverage }) => [
    category,
    status,
    coverage?.expected,
    coverage?.covered,
    coverage?.missing,
  ]);
  return { verdict, counts, covered, findings: findingsOf([scan]), alerts: alertsOf([scan]) };
}

describe("the parts of a monorepo and the rest", () => {
  let whole: Scanned;
  let billing: Scanned;
  let storefront: Scanned;
  let rest: Scanned;

  beforeAll(async () => {
    const root = monorepo();
    whole = await scanned(root, ".");
    billing = await scanPart(root, BILLING);
    storefront = await scanPart(root, STOREFRONT);
    rest = await scanRest(root);
  });

  it("find together what one scan of the whole finds, each finding once, with the same id, message and fix", () => {
    expect(new Set(whole.report.findings.map(({ kind }) => kind))).toEqual(new Set(["code", "secret", "dependency", "misconfiguration"]));
    expect(findingsOf([billing, storefront, rest])).toEqual(findingsOf([whole]));
  });

  it("upload together the alerts of one scan of the whole, with the same fingerprints", () => {
    expect(alertsOf([whole]).length).toBeGreaterThan(10);
    expect(alertsOf([billing, storefront, rest])).toEqual(alertsOf([whole]));
  });

  it("upload only what lies in them", () => {
    expect(uploadedPaths(billing)).toEqual(["Dockerfile", "app.py", "requirements.txt"].map((name) => `${BILLING}/${name}`));
    expect(uploadedPaths(storefront)).toEqual(["app.py", "notes.txt", "requirements.txt"].map((name) => `${STOREFRONT}/${name}`));
    expect(uploadedPaths(rest)).toEqual(["requirements.txt", "tool.py"]);
  });

  it("have no category in common, so that no upload replaces that of another", () => {
    expect(categoriesOf(billing)).toEqual(["bandit", "safety", "trivy"].map((scanner) => `sarif-gate/${BILLING}/${scanner}/`));
    const all = [billing, storefront, rest].flatMap(categoriesOf);
    expect([all.length, new Set(all).size]).toEqual([9, 9]);
  });

  it("have a verdict of their own", async () => {
    const root = monorepo();
    commit(root, { [`${BILLING}/app.py`]: "VALUE = 1\n", [`${BILLING}/requirements.txt`]: null, [`${BILLING}/Dockerfile`]: null });
    expect([(await scanPart(root, BILLING)).report.verdict, storefront.report.verdict]).toEqual(["pass", "fail"]);
  });
});

describe("the policy of the root", () => {
  const suppressing = (paths: string) => `version: 1\nsuppressions:\n  - rule: B602\n    paths: ["${paths}"]\n${NEVER}`;

  it("suppresses in one part what it names there, and nothing in another, where the entry is not called stale", async () => {
    const root = monorepo({ ".github/sarif-gate.yml": suppressing(`${BILLING}/**`) });
    const stateOf = ({ report }: Scanned) => report.findings.find(({ rule }) => rule === "B602")?.suppression?.reason ?? null;
    const [billing, storefront] = [await scanPart(root, BILLING), await scanPart(root, STOREFRONT)];
    expect([stateOf(billing), stateOf(storefront)]).toEqual(["accepted", null]);
    expect([billing.report.policy.stale, storefront.report.policy.stale]).toEqual([[], []]);
  });

  it("has an entry called stale by a scan of the whole alone", async () => {
    const root = monorepo({ ".github/sarif-gate.yml": suppressing("gone/**") });
    expect((await scanPart(root, BILLING)).report.policy.stale).toEqual([]);
    expect((await scanned(root, ".")).report.policy.stale).toHaveLength(1);
  });

  it("excludes from one part what it names there, and nothing from another", async () => {
    const root = monorepo({ ".github/sarif-gate.yml": `version: 1\nexclude: ["${BILLING}/app.py"]\n` });
    const code = ({ report }: Scanned) => report.findings.filter(({ kind }) => kind === "code").length;
    const before = monorepo();
    expect(code(await scanPart(root, BILLING, "--scanners", "bandit"))).toBe(0);
    const [storefront, unaltered] = [
      await scanPart(root, STOREFRONT, "--scanners", "bandit"),
      await scanPart(before, STOREFRONT, "--scanners", "bandit"),
    ];
    expect(findingsOf([storefront])).toEqual(findingsOf([unaltered]));
  });

  it("counts its limits in each part alone", async () => {
    const comment = "import pickle  # nosec\n";
    const root = monorepo({
      ".github/sarif-gate.yml": "version: 1\ngate: {fail-on: never}\nlimits: {nosec: 1}\n",
      [`${BILLING}/app.py`]: comment,
      [`${STOREFRONT}/app.py`]: comment,
    });
    const verdict = async (path: string) => (await scanPart(root, path, "--scanners", "bandit")).report.verdict;
    expect([await verdict(BILLING), await verdict(STOREFRONT), await verdict(".")]).toEqual(["pass", "pass", "fail"]);
  });

  it("forbids parts when it requires the whole", async () => {
    const root = monorepo({ ".github/sarif-gate.yml": 'version: 1\nrequire: {path: "."}\n' });
    const { status, stderr } = await runCli(["scan", join(root, BILLING), "--offline"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("requires that `path` covers ., and it is services/billing")]);
  });
});

describe("what a part names outside of it", () => {
  it("is looked up there too: pins of a shared requirements file are findings of each part that includes it", async () => {
    const root = monorepo({
      "shared.txt": "django==2.2.0\n",
      [`${BILLING}/requirements.txt`]: "-r ../../shared.txt\n",
      [`${STOREFRONT}/requirements.txt`]: "-r ../../shared.txt\n",
    });
    const ids = ({ report }: Scanned) => report.findings.filter(({ path }) => path === "shared.txt").map(({ id }) => id);
    const [billing, storefront] = [ids(await scanPart(root, BILLING)), ids(await scanPart(root, STOREFRONT))];
    expect(billing.length).toBeGreaterThan(0);
    expect(billing).toEqual(storefront);
  });

  it("is not seen by the part that has it, where it is called like no requirements file", async () => {
    const root = monorepo({
      "libs/common/pins.lst": "django==2.2.0\n",
      [`${BILLING}/requirements.txt`]: "-r ../../libs/common/pins.lst\n",
    });
    const count = ({ report }: Scanned) => report.findings.filter(({ path }) => path === "libs/common/pins.lst").length;
    expect(count(await scanPart(root, "libs/common"))).toBe(0);
    expect(count(await scanPart(root, BILLING))).toBeGreaterThan(0);
  });
});

describe("the policy of the rest, which a pull request edits", () => {
  const newFindings = async (before: Files, policy: string) => {
    const change = openPullRequest(before, {
      "tool.py": `${RISKY}\n\n${RISKY}`,
      [`${BILLING}/app.py`]: `${RISKY}\n\n${RISKY}`,
      [REST_POLICY]: policy,
    });
    const { report } = await judgePullRequest(change, { path: ".", policy: REST_POLICY });
    return [...new Set(report?.findings.filter(({ state }) => state === "new").map(({ path }) => path))].toSorted();
  };

  it("goes on scanning what it scanned before, and still leaves the parts out", async () => {
    expect(await newFindings(MONOREPO, 'version: 1\nexclude: ["services/*/**", "*.py"]\n')).toEqual(["tool.py"]);
  });

  it("leaves nothing out where the base has no such policy yet", async () => {
    const { [REST_POLICY]: _, ...before } = MONOREPO;
    expect(await newFindings(before, 'version: 1\nexclude: ["services/*/**"]\n')).toEqual([`${BILLING}/app.py`, "tool.py"]);
  });
});

describe("a file that a pull request moves from one part to another", () => {
  const moved = () => openPullRequest(MONOREPO, { [`${BILLING}/app.py`]: null, [`${STOREFRONT}/moved.py`]: RISKY });

  it("has new findings in the part that gets it, and none in a scan of the whole", async () => {
    const change = moved();
    const news = async (path: string) => (await judgePullRequest(change, { path })).outputs.get("new-findings");
    expect([await news(BILLING), await news(STOREFRONT), await news(".")]).toEqual(["0", "4", "0"]);
  });
});

describe("two parts on one machine", () => {
  it("find at the same time, with one cache that knows nothing of them and then everything, what each finds alone without it", async () => {
    const root = monorepo();
    const unseen = `${RISKY}# ${root}\n`;
    commit(root, { [`${BILLING}/app.py`]: unseen, [`${STOREFRONT}/app.py`]: unseen });
    const alone = [await scanPart(root, BILLING, "--no-cache"), await scanPart(root, STOREFRONT, "--no-cache")].map(outcomeOf);
    for (const _ of ["unknown", "known"]) {
      const together = await Promise.all([scanPart(root, BILLING), scanPart(root, STOREFRONT)]);
      expect(together.map(outcomeOf)).toEqual(alone);
    }
  });

  it("write, as steps of one job, files of their own when each names its SARIF", async () => {
    const root = monorepo();
    const temp = mkdtempSync(join(tmpdir(), "sarif-gate-job-"));
    const step = async (path: string) => {
      const inputs = { path, category: `sarif-gate/${path}`, "sarif-file": join(temp, `${path.replace("/", "-")}.sarif`), upload: "never" };
      return (await runAction(root, { ...inputs, ...freshDatabases() }, { env: { RUNNER_TEMP: temp } })).outputs;
    };
    const [billing, storefront] = [await step(BILLING), await step(STOREFRONT)];
    for (const name of ["sarif-file", "upload-file", "report-file"]) {
      expect(readFileSync(billing.get(name) ?? "", "utf8")).toContain(`${BILLING}/app.py`);
      expect(readFileSync(billing.get(name) ?? "", "utf8")).not.toContain(STOREFRONT);
      expect(readFileSync(storefront.get(name) ?? "", "utf8")).not.toContain(BILLING);
    }
  });
});
