// The three scanners as a person starts them, one after the other: the yardstick for results and for time. Uses the scanners that sarif-gate installed.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";

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

export interface ByHand {
  readonly stated: readonly Stated[];
  /** Wall time of each scanner, milliseconds. */
  readonly durationMs: Readonly<Record<"bandit" | "safety" | "trivy", number>>;
  /** Time each scanner spent on the processors, milliseconds. */
  readonly cpuMs: Readonly<Record<"bandit" | "safety" | "trivy", number>>;
}

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sarif-gate");

function installed(folder: string, prefix: string, executable: string): string {
  const name = readdirSync(join(CACHE, folder)).find(
    (entry) => entry.startsWith(prefix) && existsSync(join(CACHE, folder, entry, executable)),
  );
  if (name === undefined) throw new Error(`${prefix} is not installed in ${CACHE}: run \`node dist/cli.js demo\` first`);
  return join(CACHE, folder, name, executable);
}

/** Manifests that Safety reads when a person names them. */
const SAFETY_READS =
  /(?:^|\/)(?:[\w.-]*requirements[\w.-]*\.txt|(?:requirements|reqs)\/(?:[\w.-]+\/)*[\w.-]+\.txt|Pipfile\.lock|poetry\.lock)$/u;

interface Place {
  readonly root: string;
  readonly work: string;
}

/** Runs Bandit, Safety and Trivy on `root`, which must be the top of its git work tree, in sequence. */
export function runByHand(root: string, databases: Databases): ByHand {
  const place = { root, work: makeWorkDirectory() };
  const manifests = gitFiles(root)
    .filter((file) => SAFETY_READS.test(file))
    .flatMap((file) => ["-r", join(root, file)]);
  const bandit = timed(banditCommand(place), place.work);
  const safety = manifests.length === 0 ? { wallMs: 0, cpuMs: 0 } : timed(safetyCommand(place, manifests, databases.safety), place.work);
  const trivy = timed(trivyCommand(place, databases.trivy), place.work);
  return {
    stated: [
      ...banditStates(reportOf(place, "bandit"), root),
      ...(manifests.length === 0 ? [] : safetyStates(reportOf(place, "safety"))),
      ...trivyStates(reportOf(place, "trivy")),
    ],
    durationMs: { bandit: bandit.wallMs, safety: safety.wallMs, trivy: trivy.wallMs },
    cpuMs: { bandit: bandit.cpuMs, safety: safety.cpuMs, trivy: trivy.cpuMs },
  };
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
  const python = installed("python", "bandit-", "environment/bin/python");
  const output = ["-f", "json", "-o", reportOf(place, "bandit")];
  return [python, "-I", "-m", "bandit", "-q", "-r", ...output, "--ini", join(work, "bandit.ini"), "-x", join(root, ".git/"), root];
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

/** Runs a command through Python, which alone can tell the time its children spent on the processors. */
const METER =
  "import resource,subprocess,sys;s=subprocess.run(sys.argv[1:]).returncode;u=resource.getrusage(resource.RUSAGE_CHILDREN);print('METER',s,u.ru_utime+u.ru_stime)";

interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function timed(argv: readonly string[], work: string): Timing {
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: join(work, "home"),
    TMPDIR: work,
    LANG: "C.UTF-8",
    SAFETY_COLOR: "0",
    SAFETY_REQUEST_TIMEOUT: "2",
    SAFETY_SYSTEM_CONFIG_PATH: join(work, "trust"),
  };
  const started = performance.now();
  const { error, stdout, stderr } = spawnSync("/usr/bin/python3", ["-I", "-c", METER, ...argv], {
    cwd: join(work, "home"),
    env,
    maxBuffer: 1 << 28,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  const wallMs = performance.now() - started;
  const [, status = "", cpuSeconds = ""] = /METER (-?\d+) ([\d.]+)/u.exec(stdout) ?? [];
  if (!["0", "1", "64"].includes(status)) throw new Error(`${argv[0]} ended with ${status}: ${stderr.slice(-500)}`);
  return { wallMs, cpuMs: Number(cpuSeconds) * 1000 };
}

interface BanditJson {
  results: { filename: string; line_number: number; test_id: string }[];
}

function banditStates(path: string, root: string): Stated[] {
  const { results } = JSON.parse(readFileSync(path, "utf8")) as BanditJson;
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
