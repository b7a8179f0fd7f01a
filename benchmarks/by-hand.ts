// The three scanners as a person starts them, one after the other: the yardstick for results and for time. Uses the scanners that sarif-gate installed.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { TOOLS } from "./bench.ts";
import { type Measurement, measure } from "./measure.ts";

export interface Databases {
  readonly safety: string;
  readonly trivy: string;
}

/** One problem as a scanner states it; two are the same when the keys are equal and, for packages, any id agrees. */
export interface Stated {
  readonly scanner: "bandit" | "safety" | "trivy";
  readonly key: string;
  readonly ids: readonly string[];
}

/** What each scanner cost; Safety has nothing to do without manifests. */
export type Legs = Readonly<Record<Stated["scanner"], Measurement>>;

export interface ByHand {
  readonly stated: readonly Stated[];
  readonly legs: Legs;
}

const NOTHING: Measurement = { wallMs: 0, cpuMs: 0, peakBytes: 0, status: 0 };

function installed(folder: string, prefix: string, executable: string): string {
  const name = existsSync(join(TOOLS, folder))
    ? readdirSync(join(TOOLS, folder)).find((entry) => entry.startsWith(prefix) && existsSync(join(TOOLS, folder, entry, executable)))
    : undefined;
  if (name === undefined) throw new Error(`${prefix}* is not installed in ${TOOLS}: run \`node dist/cli.js demo\` first`);
  return join(TOOLS, folder, name, executable);
}

/** The interpreter of the environment that Bandit is installed in. */
export function scannerPython(): string {
  return installed("python", "bandit-", "environment/bin/python");
}

/** Manifests that Safety reads when a person names them. */
const SAFETY_READS =
  /(?:^|\/)(?:[\w.-]*requirements[\w.-]*\.txt|(?:requirements|reqs)\/(?:[\w.-]+\/)*[\w.-]+\.txt|Pipfile\.lock|poetry\.lock)$/u;

interface Place {
  readonly root: string;
  readonly work: string;
}

/** Runs Bandit, Safety and Trivy on `root`, which must be the top of its git work tree, in sequence. */
export async function runByHand(root: string, databases: Databases): Promise<ByHand> {
  const place = { root, work: makeWorkDirectory() };
  try {
    const manifests = gitFiles(root)
      .filter((file) => SAFETY_READS.test(file))
      .flatMap((file) => ["-r", join(root, file)]);
    const bandit = await start(banditCommand(place), place.work);
    const safety = manifests.length === 0 ? NOTHING : await start(safetyCommand(place, manifests, databases.safety), place.work);
    const trivy = await start(trivyCommand(place, databases.trivy), place.work);
    const stated = [
      ...banditStates(readBandit(place), root),
      ...(manifests.length === 0 ? [] : safetyStates(reportOf(place, "safety"))),
      ...trivyStates(reportOf(place, "trivy")),
    ];
    return { stated, legs: { bandit, safety, trivy } };
  } finally {
    rmSync(place.work, { recursive: true });
  }
}

/** One plain Bandit over the whole tree that passes over no `# nosec`, so that it states what sarif-gate states. */
export async function runPlainBandit(root: string): Promise<{ measured: Measurement; report: BanditJson }> {
  const place = { root, work: makeWorkDirectory() };
  try {
    const measured = await start([...banditCommand(place), "--ignore-nosec"], place.work);
    return { measured, report: readBandit(place) };
  } finally {
    rmSync(place.work, { recursive: true });
  }
}

function readBandit(place: Place): BanditJson {
  return JSON.parse(readFileSync(reportOf(place, "bandit"), "utf8")) as BanditJson;
}

function reportOf({ work }: Place, scanner: Stated["scanner"]): string {
  return join(work, `${scanner}.json`);
}

/** Trusted settings: no configuration of the tree, and no host for Safety to talk to. */
function makeWorkDirectory(): string {
  const work = mkdtempSync(join(tmpdir(), "by-hand-"));
  mkdirSync(join(work, "home"));
  mkdirSync(join(work, "trust", ".safety"), { recursive: true });
  writeFileSync(join(work, "bandit.ini"), "[bandit]\n");
  writeFileSync(join(work, "policy.yml"), "security:\n  continue-on-vulnerability-error: False\n");
  const hosts = ["auth_server_url", "platform_api_base_url", "data_api_base_url", "safety_platform_url"];
  const settings = ["[settings]", ...hosts.map((name) => `${name} = http://127.0.0.1:9`), ""];
  writeFileSync(join(work, "trust", ".safety", "config.ini"), settings.join("\n"));
  return work;
}

function banditCommand(place: Place): string[] {
  const { root, work } = place;
  const output = ["-f", "json", "-o", reportOf(place, "bandit")];
  return [scannerPython(), "-I", "-m", "bandit", "-q", "-r", ...output, "--ini", join(work, "bandit.ini"), "-x", join(root, ".git/"), root];
}

function safetyCommand(place: Place, manifests: readonly string[], database: string): string[] {
  const python = installed("python", "safety-", "environment/bin/python");
  const output = ["--output", "json", "--save-json", reportOf(place, "safety")];
  const policy = ["--policy-file", join(place.work, "policy.yml"), "--check-unpinned-requirements", "-i", "SCB-NONE"];
  return [python, "-I", "-m", "safety", "--disable-optional-telemetry", "check", ...manifests, "--db", database, ...output, ...policy];
}

function trivyCommand(place: Place, cache: string): string[] {
  const output = ["--quiet", "--no-progress", "--format", "json", "--output", reportOf(place, "trivy")];
  const checks = ["--scanners", "vuln,secret,misconfig", "--include-dev-deps"];
  const kinds = ["--misconfig-scanners", "dockerfile,kubernetes,helm,cloudformation,azure-arm"];
  const offline = [
    "--skip-version-check",
    "--disable-telemetry",
    "--offline-scan",
    "--skip-db-update",
    "--skip-java-db-update",
    "--skip-check-update",
  ];
  return [installed("trivy", "", "trivy"), "fs", "--cache-dir", cache, ...output, ...checks, ...kinds, ...offline, place.root];
}

/** Files of a git work tree, tracked or new. */
export function gitFiles(root: string): string[] {
  const { stdout, status } = spawnSync("git", ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${root} is not a git work tree`);
  return stdout.split("\0").filter((file) => file !== "");
}

/** A scanner may have findings (1), or have found packages with advisories (64). */
const ALLOWED = [0, 1, 64];

async function start(argv: readonly string[], work: string): Promise<Measurement> {
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: join(work, "home"),
    TMPDIR: work,
    LANG: "C.UTF-8",
    SAFETY_COLOR: "0",
    SAFETY_REQUEST_TIMEOUT: "2",
    SAFETY_SYSTEM_CONFIG_PATH: join(work, "trust"),
  };
  return await measure({ argv, env, cwd: join(work, "home"), allowed: ALLOWED });
}

/** What is used of Bandit's report. */
export interface BanditJson {
  results: {
    filename: string;
    line_number: number;
    test_id: string;
    issue_severity: string;
    issue_confidence: string;
    issue_text: string;
  }[];
  errors: { filename: string }[];
}

function banditStates({ results }: BanditJson, root: string): Stated[] {
  return results.map(({ filename, line_number, test_id }) => ({
    scanner: "bandit",
    key: `${relative(root, filename)}:${line_number}:${test_id}`,
    ids: [],
  }));
}

interface SafetyJson {
  vulnerabilities: { package_name: string; analyzed_version: string | null; vulnerability_id: string; CVE: string | null }[];
}

/** A requirement without exact version has no version to state; sarif-gate gives a notice for it instead. */
function safetyStates(path: string): Stated[] {
  const { vulnerabilities } = JSON.parse(readFileSync(path, "utf8")) as SafetyJson;
  return vulnerabilities.flatMap(({ package_name, analyzed_version, vulnerability_id, CVE }) =>
    analyzed_version === null
      ? []
      : [
          {
            scanner: "safety" as const,
            key: packageKeyOf(package_name, analyzed_version),
            ids: [CVE ?? "", `PYUP-${vulnerability_id}`].filter((id) => id !== ""),
          },
        ],
  );
}

interface TrivyJson {
  Results?: {
    Target: string;
    Vulnerabilities?: { VulnerabilityID: string; VendorIDs?: string[]; PkgName: string; InstalledVersion: string }[];
    Secrets?: { RuleID: string; StartLine: number }[];
    Misconfigurations?: { ID: string; Status: string; CauseMetadata?: { StartLine?: number } }[];
  }[];
}

function trivyStates(path: string): Stated[] {
  const { Results = [] } = JSON.parse(readFileSync(path, "utf8")) as TrivyJson;
  return Results.flatMap(({ Target, Vulnerabilities = [], Secrets = [], Misconfigurations = [] }): Stated[] => [
    ...Vulnerabilities.map(({ VulnerabilityID, VendorIDs = [], PkgName, InstalledVersion }) => ({
      scanner: "trivy" as const,
      key: packageKeyOf(PkgName, InstalledVersion),
      ids: [VulnerabilityID, ...VendorIDs],
    })),
    ...Secrets.map(({ RuleID, StartLine }) => ({ scanner: "trivy" as const, key: `${Target}:${StartLine}:${RuleID}`, ids: [] })),
    ...Misconfigurations.filter(({ Status }) => Status === "FAIL").map(({ ID, CauseMetadata }) => ({
      scanner: "trivy" as const,
      key: `${Target}:${CauseMetadata?.StartLine ?? 1}:${ID}`,
      ids: [],
    })),
  ]);
}

export function packageKeyOf(name: string, version: string): string {
  return `${name.toLowerCase().replace(/[-_.]+/gu, "-")}==${version}`;
}
