// A scan that did not look at everything is an error that names its cause; the same tree without the defect passes. Real scanners, built dist.

import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { killScanners } from "../support/kill-scanners.ts";
import { makeProject, runCli, SAFETY_DATABASE, scanDirectory, TRIVY_DATABASE } from "../support/run-cli.ts";

const CLEAN = { "app.py": "VALUE = 1\n", "requirements.txt": "six==1.16.0\n" };

async function expectPass(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  const { status, report } = await scanDirectory(makeProject(files));
  expect(report.reasons).toEqual([]);
  expect([status, report.verdict]).toEqual([0, "pass"]);
}

async function expectError(files: Readonly<Record<string, string | Buffer>>, cause: RegExp): Promise<void> {
  const { status, report, stdout } = await scanDirectory(makeProject(files));
  expect(report.reasons.map(({ message }) => message).join("\n")).toMatch(cause);
  expect([status, report.verdict]).toEqual([3, "error"]);
  expect(stdout).toMatch(cause);
}

describe("a clean tree", () => {
  it("passes", async () => {
    await expectPass(CLEAN);
  });
});

describe("a Python file", () => {
  it("with a syntax error is an error", async () => {
    await expectError({ ...CLEAN, "broken.py": "def (:\n" }, /broken\.py: Bandit cannot parse it with Python 3/u);
  });

  it("with a NUL byte is an error", async () => {
    await expectError({ ...CLEAN, "nul.py": "x = 1\0\n" }, /nul\.py/u);
  });

  it("that Bandit gives up on is an error", async () => {
    await expectError({ ...CLEAN, "deep.py": `x = ${Array.from({ length: 2000 }, () => "1").join(" + ")}\n` }, /deep\.py/u);
  });
});

describe("a requirements file", () => {
  it("with a garbage line is an error that names the line", async () => {
    await expectError({ ...CLEAN, "requirements.txt": "six==1.16.0\n!!! not a requirement\n" }, /requirements\.txt:2: /u);
  });

  it("that includes a missing file is an error", async () => {
    await expectError({ ...CLEAN, "requirements.txt": "-r missing.txt\n" }, /requirements\.txt:1: .*missing/u);
  });

  it("that includes an existing file passes", async () => {
    await expectPass({ ...CLEAN, "requirements.txt": "-r more.txt\n", "more.txt": "six==1.16.0\n" });
  });
});

/** A copy of the small Safety database whose files went through `edit`. */
function editedSafetyDatabase(edit: (database: Record<string, unknown>) => void): string {
  const directory = mkdtempSync(join(tmpdir(), "sarif-gate-safety-"));
  for (const name of readdirSync(SAFETY_DATABASE)) {
    const database = JSON.parse(readFileSync(join(SAFETY_DATABASE, name), "utf8")) as Record<string, unknown>;
    edit(database);
    writeFileSync(join(directory, name), JSON.stringify(database));
  }
  return directory;
}

describe("a vulnerability database", () => {
  const project = makeProject(CLEAN);

  it("of Safety's without packages is an error", async () => {
    const empty = editedSafetyDatabase((database) => {
      database["vulnerable_packages"] = {};
    });
    const { report } = await scanDirectory(project, ["--safety-db", empty]);
    expect(report.verdict).toBe("error");
    expect(report.reasons.map(({ message }) => message).join("\n")).toMatch(/safety.*(?:canary|empty)/iu);
  });

  it("of Safety's that is complete passes", async () => {
    const { report } = await scanDirectory(project, ["--safety-db", editedSafetyDatabase(() => {})]);
    expect(report.verdict).toBe("pass");
  });

  it("of Trivy's that knows nothing of the canary is an error", async () => {
    const other = mkdtempSync(join(tmpdir(), "sarif-gate-trivy-"));
    cpSync(TRIVY_DATABASE, other, { recursive: true });
    const file = join(other, "db", "trivy.db");
    // One letter of a key, in place: the file stays a sound database of the same size.
    writeFileSync(file, Buffer.from(readFileSync(file).toString("latin1").replaceAll("django", "djangn"), "latin1"));
    const { report } = await scanDirectory(project, ["--trivy-db", other]);
    expect(report.verdict).toBe("error");
    expect(report.reasons.map(({ message }) => message).join("\n")).toMatch(
      /Trivy did not report django==2\.2\.0, which is there to be found/u,
    );
  });

  it("that is older than allowed is an error for Trivy and Safety, and passes when any age is accepted", async () => {
    const stale = editedSafetyDatabase((database) => {
      (database["meta"] as Record<string, unknown>)["timestamp"] = 1_577_836_800;
    });
    const old = mkdtempSync(join(tmpdir(), "sarif-gate-trivy-"));
    cpSync(TRIVY_DATABASE, old, { recursive: true });
    const metadata = join(old, "db", "metadata.json");
    const dated = readFileSync(metadata, "utf8").replace(/("UpdatedAt":\s*")[^"]+/u, "$12020-01-01T00:00:00Z");
    writeFileSync(metadata, dated);
    const databases = ["--safety-db", stale, "--trivy-db", old];
    const refused = await scanDirectory(project, [...databases, "--max-database-age", "30"]);
    expect(refused.report.verdict).toBe("error");
    const messages = refused.report.reasons.map(({ message }) => message).join("\n");
    expect(messages).toMatch(/safety.*days old/iu);
    expect(messages).toMatch(/trivy.*days old/iu);
    expect((await scanDirectory(project, databases)).report.verdict).toBe("pass");
  });
});

describe.runIf(process.platform === "linux")("a killed scanner", () => {
  it("is an error that names it, and the other scanners' results are still written", async () => {
    const project = makeProject({ ...CLEAN, "risky.py": "import pickle\npickle.loads(b'')\n" });
    let timer: NodeJS.Timeout | undefined;
    const { status, report } = await scanDirectory(project, [], {
      during: (child) => {
        timer = killScanners(child.pid, /from safety\.cli/u);
      },
    });
    clearInterval(timer);
    expect([status, report.verdict]).toEqual([3, "error"]);
    expect(report.reasons[0]?.message).toMatch(/safety.*SIGKILL/iu);
    expect(report.runs.map(({ scanner, status: outcome }) => [scanner, outcome])).toEqual([
      ["bandit", "completed"],
      ["safety", "failed"],
      ["trivy", "completed"],
    ]);
    expect(report.findings.some(({ rule }) => rule.startsWith("B"))).toBe(true);
  });
});

describe("text with the shape of a credential", () => {
  it("leaves in no channel, even where a scanner repeats it", async () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const project = makeProject({ ...CLEAN, [`${token}.py`]: "import os\nos.chmod('/tmp/x', 0o777)\n" });
    const { stdout, stderr, out } = await scanDirectory(project, ["--scanners", "bandit"]);
    const files = ["sarif-gate.sarif", "upload.sarif", "report.json"].map((name) => readFileSync(join(out, name), "utf8"));
    expect(files[0]).toContain("%5BREDACTED%5D.py");
    expect(files[2]).toContain("[REDACTED].py");
    expect([stdout, stderr, ...files].filter((text) => text.includes(token))).toEqual([]);
  });
});

describe("a file whose name an escape of JSON makes look like a credential", () => {
  it("leaves the JSON on stdout whole", async () => {
    const name = `a\npm_${"A".repeat(36)}.py`;
    const project = makeProject({ ...CLEAN, [name]: "import os\nos.chmod('/tmp/x', 0o777)\n" });
    const { stdout } = await scanDirectory(project, ["--scanners", "bandit", "--format", "json"]);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly path: string }[] };
    expect(new Set(findings.map(({ path }) => path))).toEqual(new Set([name]));
  });
});

describe("a reader that goes away", () => {
  it("ends the printing, not the verdict", async () => {
    const project = makeProject({ ...CLEAN, "broken.py": "def (:\n" });
    const { status, stderr } = await runCli(["scan", project, "--scanners", "bandit", "--offline"], {
      during: (child) => {
        child.stdout?.destroy();
      },
    });
    expect([status, stderr]).toEqual([3, expect.not.stringContaining("EPIPE")]);
  });
});

describe("bad input", () => {
  it.each([
    [["scan", "--fail-on", "hihg"], /`fail-on` is `hihg`\. Did you mean `high`\?/u],
    [["scan", "--no-such-option"], /unknown option '--no-such-option'/u],
    [["scan", "/does/not/exist"], /\/does\/not\/exist/u],
    [["scan", "--scope", "new"], /nothing to compare with: no `--base` is given/u],
    [["scna"], /scna/u],
    [[], /No command given/u],
  ])("%j is a configuration error", async (argv, message) => {
    const { status, stderr, stdout } = await runCli(argv);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, ""]);
  });
});
