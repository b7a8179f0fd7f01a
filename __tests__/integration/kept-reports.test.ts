// Kept reports and kept secrets with the real Safety and Trivy: whatever was kept, a scan says what a scan without it says, and starts what it must.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BaseRequest } from "../../src/config/base-request.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { canarySecret } from "../../src/scanners/canary.ts";
import { TOOL_CACHE } from "../support/installed-tools.ts";
import { ROOT, SAFETY_DATABASE, TRIVY_DATABASE } from "../support/run-cli.ts";
import { type CachedScan, saidBy, saidOfCache, scanWithCache } from "../support/scan-with-cache.ts";
import { git, writeTree } from "../support/temporary-tree.ts";

const TOOLS = join(TOOL_CACHE, "sarif-gate");
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-kept-reports-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Scanned {
  readonly report: ScanReport;
  /** Processes that were started, in words: `trivy vuln,misconfig of 12 files`. */
  readonly started: readonly string[];
}

interface Scanning {
  readonly useCache?: boolean;
  readonly request?: BaseRequest;
  readonly trivyDatabase?: string;
}

const tree = join(scratch, "tree");
const cache = join(scratch, "cache");

async function scanTree({ useCache = true, trivyDatabase = TRIVY_DATABASE, ...scanning }: Scanning = {}): Promise<Scanned> {
  const started: string[] = [];
  const around: CachedScan["around"] = (run) => (process) => {
    started.push(nameOf(process.argv));
    return run(process);
  };
  const config: CachedScan["config"] = {
    path: tree,
    scanners: ["safety", "trivy"],
    safetyDatabase: SAFETY_DATABASE,
    trivyDatabase,
    useCache,
  };
  return { report: await scanWithCache({ ...scanning, config, cache, scratch, around }), started: started.sort() };
}

/** A process of Trivy's by what it looks for and at how many files of the tree, any other by what is started. */
function nameOf(argv: readonly string[]): string {
  const [file = ""] = argv;
  if (!argv.includes("--scanners")) return argv.includes("check") ? "safety" : basename(file);
  const view = join(argv.at(-1) ?? "", "tree");
  const shown = existsSync(view) ? readdirSync(view, { recursive: true, withFileTypes: true }) : [];
  return `trivy ${argv[argv.indexOf("--scanners") + 1]} of ${shown.filter((entry) => entry.isFile()).length}`;
}

const put = (path: string, content: string) => writeTree(tree, { [path]: content });
const read = (path: string) => readFileSync(join(tree, path), "utf8");
const count = (wanted: RegExp) =>
  git(tree, "ls-files")
    .split("\n")
    .filter((path) => wanted.test(path)).length;

let first: Scanned;

beforeAll(async () => {
  mkdirSync(cache);
  for (const kind of ["python", "trivy"]) symlinkSync(join(TOOLS, kind), join(cache, kind));
  cpSync(join(ROOT, "examples", "vulnerable-shop"), tree, { recursive: true });
  put("tests/token.py", `TOKEN = "${canarySecret()}"\n`);
  put("Dockerfile", "FROM alpine:latest\nRUN sudo id # trivy:ignore:DS-0010\n");
  git(tree, "init", "--quiet");
  git(tree, "add", "--all");
  git(tree, "commit", "--quiet", "--message=first");
  first = await scanTree();
});

describe("reports and secrets that were kept", () => {
  const packages = () => `trivy vuln,misconfig of ${count(/^(?!.*\.py$)/u)}`;

  it("are of a scan that started everything once and found something of each kind", () => {
    expect(first.started.filter((name) => /^(?:safety|trivy)/u.test(name))).toEqual([
      "safety",
      `trivy secret of ${count(/./u)}`,
      packages(),
    ]);
    expect(new Set(first.report.findings.map(({ kind }) => kind))).toEqual(new Set(["dependency", "misconfiguration", "secret"]));
  });

  it("are all that a second scan of the same tree needs: no process is started, and the same is said", async () => {
    const second = await scanTree();
    expect(second.started).toEqual([]);
    expect(saidBy(second.report)).toEqual(saidBy(first.report));
    const coverages = second.report.runs.flatMap((run) => (run.status === "completed" ? [run.coverage] : []));
    expect(coverages.map(({ cached }) => cached)).toEqual(coverages.map(({ covered }) => covered));
  });

  it("are not believed where they were cut or a bit was flipped: that is told, the same is said, and they are replaced", async () => {
    const results = join(cache, "results");
    const [cut = "", flipped = "", ...others] = readdirSync(results).filter((name) => name.startsWith("report-"));
    expect(others).toEqual([]);
    const [toCut, toFlip] = [readFileSync(join(results, cut)), readFileSync(join(results, flipped))];
    writeFileSync(join(results, cut), toCut.subarray(0, toCut.length / 2));
    const middle = Math.floor(toFlip.length / 2);
    toFlip.writeUInt8(toFlip.readUInt8(middle) ^ 1, middle);
    writeFileSync(join(results, flipped), toFlip);
    const damaged = await scanTree();
    expect(damaged.started).toEqual(["safety", packages()]);
    expect(saidBy(damaged.report)).toEqual(saidBy((await scanTree({ useCache: false })).report));
    const notice = expect.stringMatching(/^The kept reports in .* are not used: it is damaged, of another version or of another scan$/u);
    expect(saidOfCache(damaged.report)).toEqual([notice, notice]);
    const next = await scanTree();
    expect(next.started).toEqual([]);
    expect(saidBy(next.report)).toEqual(saidBy(first.report));
    expect(saidOfCache(next.report)).toEqual([]);
  });

  it("leave of a scan in which one source changed one process, which looks at that file", async () => {
    put("tests/token.py", `# moved\n${read("tests/token.py")}`);
    const changed = await scanTree();
    expect(changed.started).toEqual(["trivy secret of 1"]);
    expect(saidBy(changed.report)).toEqual(saidBy((await scanTree({ useCache: false })).report));
    expect(saidBy(changed.report)).not.toEqual(saidBy(first.report));
  });

  it("are of no use to what a changed manifest decides", async () => {
    put("requirements.txt", `${read("requirements.txt")}jinja2==2.4.1\n`);
    const changed = await scanTree();
    expect(changed.started).toEqual(["safety", "trivy secret of 1", packages()]);
    expect(saidBy(changed.report)).toEqual(saidBy((await scanTree({ useCache: false })).report));
  });

  it("are not used of files that a change touched", async () => {
    git(tree, "add", "--all");
    git(tree, "commit", "--quiet", "--message=second");
    const commit = git(tree, "rev-parse", "HEAD~1");
    const measure = { by: "commit", commit } as const;
    const request: BaseRequest = { kind: "compare", measure, policy: "head", whenMissing: "error", name: "the commit before" };
    const compared = await scanTree({ request });
    expect(compared.started).toEqual(expect.arrayContaining(["safety", "trivy secret of 2", packages()]));
    expect(saidBy(compared.report)).toEqual(saidBy((await scanTree({ request, useCache: false })).report));
  });

  it("are not used with another database, but for secrets, which have none", async () => {
    const trivyDatabase = join(scratch, "database");
    cpSync(TRIVY_DATABASE, trivyDatabase, { recursive: true });
    const elsewhere = await scanTree({ trivyDatabase });
    expect(elsewhere.started).toEqual([]);
    writeFileSync(join(trivyDatabase, "db", "trivy.db"), "\0", { flag: "a" });
    const renewed = await scanTree({ trivyDatabase });
    expect(renewed.started).toEqual([packages()]);
    expect(renewed.report.findings).toEqual(elsewhere.report.findings);
  });
});
