// Installing Bandit and looking at one file: by sarif-gate into an empty cache, and by a virtual environment and pip. Both get the wheels from this machine.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { type Bench, ROOT } from "../bench.ts";
import { scannerPython } from "../by-hand.ts";
import type { Report } from "../compare-statements.ts";
import { kept } from "../corpora/kept.ts";
import { inSequence, type Measurement, measure } from "../measure.ts";
import { costOf, rounds, speedUp, stealOf } from "../rounds.ts";
import { against, type Line, requireEqual, times } from "../table.ts";

const SAMPLE = "assert True\n";
const SAFE = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"];

/** What both sides install from and look at. */
interface Subject {
  readonly bench: Bench;
  readonly index: string;
  /** Requirements file of Bandit, with hashes. */
  readonly lock: string;
  readonly root: string;
  /** The interpreter that environments are made from. */
  readonly python: string;
}

/** Fetches the wheels with pip on the first run; after that nothing comes from the network. */
export async function installRows(bench: Bench): Promise<Line[]> {
  const ask = "import sys;print(sys._base_executable);print('%d.%d' % sys.version_info[:2])";
  const [python = "", minor] = execFileSync(scannerPython(), ["-I", "-c", ask], { encoding: "utf8" }).split("\n");
  const lock = join(ROOT, "src", "tools", "locks", `bandit-${minor}.txt`);
  const wheels = await kept("bandit-wheels", [minor, readFileSync(lock, "utf8")], (directory) => {
    execFileSync(python, ["-I", "-m", "pip", "download", ...SAFE, "--dest", directory, "-r", lock], { stdio: "inherit" });
  });
  const root = join(bench.work, "one-file");
  mkdirSync(root);
  writeFileSync(join(root, "sample.py"), SAMPLE);
  const server = await serve(wheels);
  const index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  const subject = { bench, index, lock, root, python };
  try {
    const done = await rounds<"pip" | "ours">(bench.pairs, async (round) => ({
      pip: await byPip(subject, round),
      ours: await byUs(subject, round),
    }));
    const ratio = speedUp(done, "pip", "ours");
    const note = `venv and pip ${costOf(done, "pip")}; ours ${costOf(done, "ours")}; ${stealOf(done)}`;
    return [
      {
        what: "installing Bandit and looking at one file",
        figure: times(ratio),
        ...against(ratio.median, null, bench.sizes.judged),
        results: "1 equal",
        note,
      },
    ];
  } finally {
    server.close();
  }
}

const EXPECTED = ["sample.py:1:B101"];

async function byPip({ bench, index, lock, root, python }: Subject, round: number): Promise<Measurement> {
  const environment = join(bench.work, `venv-${round}`);
  const report = join(bench.work, "pip-report.json");
  const installed = join(environment, "bin", "python");
  const steps = [
    [python, "-I", "-m", "venv", environment],
    [installed, "-I", "-m", "pip", "install", ...SAFE, "--no-cache-dir", "--index-url", index, "-r", lock],
    [installed, "-I", "-m", "bandit", "-q", "-r", "-f", "json", "-o", report, root],
  ];
  const measured: Measurement[] = [];
  for (const argv of steps) measured.push(await measure({ argv, env: { PATH: "/usr/bin:/bin", HOME: bench.work }, allowed: [0, 1] }));
  const { results } = JSON.parse(readFileSync(report, "utf8")) as { results: { filename: string; line_number: number; test_id: string }[] };
  requireEqual(
    "pip",
    results.map(({ filename, line_number, test_id }) => `${basename(filename)}:${line_number}:${test_id}`),
    EXPECTED,
  );
  return inSequence(measured);
}

/** `--python` because the interpreter of a new cache is looked for first. */
async function byUs({ bench, index, root, python }: Subject, round: number): Promise<Measurement> {
  const output = join(bench.work, "install-report.json");
  const options = ["--scanners", "bandit", "--python", python, "--python-index-url", index, "--format", "json", "--quiet"];
  const env = { ...process.env, XDG_CACHE_HOME: join(bench.work, `install-${round}`), PIP_NO_CACHE_DIR: "1" };
  const measured = await measure({ argv: [process.execPath, bench.program, "scan", root, ...options], env, output, allowed: [0, 1] });
  const { findings } = JSON.parse(readFileSync(output, "utf8")) as Report;
  requireEqual(
    "ours",
    findings.map(({ path, startLine, rule }) => `${path}:${startLine}:${rule}`),
    EXPECTED,
  );
  return measured;
}

/** A package index of the wheels in a directory (PEP 503). */
async function serve(wheels: string): Promise<Server> {
  const names = readdirSync(wheels);
  const server = createServer((request, response) => {
    const [, , project = "", file = ""] = (request.url ?? "").split("/");
    if (file === "")
      response.setHeader("content-type", "text/html").end(
        names
          .filter((name) => projectOf(name) === project)
          .map((name) => `<a href="${name}">${name}</a>`)
          .join("\n"),
      );
    else if (names.includes(file)) response.end(readFileSync(join(wheels, file)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function projectOf(wheel: string): string {
  return (wheel.split("-")[0] ?? "").toLowerCase().replaceAll("_", "-");
}
