import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Gap } from "../../src/findings/coverage.ts";
import { openFileCache } from "../../src/pipeline/file-cache.ts";
import type { KeptResults } from "../../src/pipeline/kept-results.ts";
import type { IdentifiedOutput } from "../../src/pipeline/run-result.ts";
import { firstSights, sightsOf } from "../../src/pipeline/sights.ts";
import type { Scanner } from "../../src/scanners/scanner.ts";
import { scannerOf, target } from "../scanners/fixture.ts";
import { codeFinding, coverage, misconfigurationFinding } from "../support/findings.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const directory = temporaryDirectories();
const FILES = { "app.py": "import os\n", "shop/cart.py": "x = 1\n", "shop/__init__.py": "" };
const IDENTITY = { version: "1.9.4", digest: "d".repeat(64) };
const PATHS = Object.keys(FILES);

let root = "";
let kept: KeptResults;

beforeEach(() => {
  root = writeTree(join(directory(), "tree"), FILES);
  const results = join(directory(), "results");
  kept = {
    directory: Promise.resolve(results),
    keeps: true,
    usable: Promise.resolve({ ofFile: () => true, ofWhole: () => false }),
    sightsOf,
    program: "p".repeat(64),
    day: "2026-11-21",
    trim: () => {},
  };
});

interface Opening {
  readonly files?: readonly string[];
  readonly scanner?: Scanner;
  readonly identity?: typeof IDENTITY;
  readonly overrides?: Partial<KeptResults>;
  readonly at?: string;
}

function open({ files = PATHS, scanner = scannerOf("bandit"), identity = IDENTITY, overrides = {}, at = root }: Opening = {}) {
  return openFileCache({ scanner, part: scanner.parts[0], identity, target: target({ root: at }), files, kept: { ...kept, ...overrides } });
}

/** One finding and one comment in each file. */
function outputOf(files: readonly string[], overrides: Partial<IdentifiedOutput> = {}): IdentifiedOutput {
  return {
    findings: files.map((path) => codeFinding({ location: { path, startLine: 1, endLine: 1 } })),
    coverage: coverage({ expected: files.length, covered: files.length }),
    notices: [],
    pinsTakenUp: [],
    comments: files.map((path) => ({ scanner: "bandit", path, line: 1, text: "x#nosec" })),
    ...overrides,
  };
}

/** A run that scanned these files, in which `during` happened. */
async function scanned(files: readonly string[] = PATHS, output = outputOf(files), during = () => {}) {
  const cache = await open({ files });
  during();
  cache.keep(files, output);
  return await cache.close();
}

async function known(opening: Opening = {}): Promise<string[]> {
  return [...(await open(opening)).known.keys()];
}

describe("a file", () => {
  it("is known when it is as it was, with all that was said of it", async () => {
    expect(await scanned()).toEqual([]);
    const cache = await open();
    const { findings, comments } = outputOf(PATHS);
    expect([...cache.known.keys()]).toEqual(PATHS);
    expect([...cache.known.values()].flatMap((result) => result.findings)).toEqual(findings);
    expect([...cache.known.values()].flatMap((result) => result.comments)).toEqual(comments);
  });

  it("of which nothing was said is known as well", async () => {
    await scanned(PATHS, outputOf(PATHS, { findings: [], comments: [] }));
    expect((await open()).known.get("app.py")).toEqual({ findings: [], comments: [] });
  });

  it("is not known when a byte of it is another, of whatever age", async () => {
    await scanned();
    writeFileSync(join(root, "app.py"), "import so\n");
    utimesSync(join(root, "app.py"), 1, 1);
    expect(await known()).not.toContain("app.py");
  });

  it("is known again when it becomes what it was", async () => {
    await scanned();
    writeFileSync(join(root, "app.py"), "changed\n");
    writeFileSync(join(root, "app.py"), FILES["app.py"]);
    expect(await known()).toContain("app.py");
  });

  it("is not known by another name", async () => {
    await scanned();
    renameSync(join(root, "app.py"), join(root, "main.py"));
    expect(await known({ files: ["main.py"] })).toEqual([]);
  });

  it("that could be taken for another by joining its path and its bytes is not", async () => {
    writeTree(root, { a: "bc", ab: "c" });
    await scanned(["a"]);
    expect(await known({ files: ["a", "ab"] })).toEqual(["a"]);
  });

  it("is not known in another package, be it that one was made above it or that one is no more", async () => {
    await scanned();
    writeTree(root, { "__init__.py": "" });
    expect(await known()).toEqual([]);
    rmSync(join(root, "__init__.py"));
    rmSync(join(root, "shop/__init__.py"));
    expect(await known({ files: ["app.py", "shop/cart.py"] })).toEqual(["app.py"]);
  });

  it("is not known in another package above the root", async () => {
    writeTree(root, { "__init__.py": "" });
    await scanned();
    expect(await known()).toEqual(PATHS);
    writeFileSync(join(root, "..", "__init__.py"), "");
    expect(await known()).toEqual([]);
  });

  it("is not known below another root", async () => {
    await scanned();
    expect(await known({ at: writeTree(directory(), FILES) })).toEqual([]);
  });

  it.each<[string, Opening]>([
    ["version of the scanner", { identity: { ...IDENTITY, version: "1.9.5" } }],
    ["interpreter", { identity: { ...IDENTITY, digest: "e".repeat(64) } }],
    ["version of this program", { overrides: { program: "q".repeat(64) } }],
  ])("is not known to another %s, which says so and takes the place of this one", async (_, opening) => {
    await scanned();
    const cache = await open(opening);
    expect([...cache.known.keys()]).toEqual([]);
    cache.keep(PATHS, outputOf(PATHS));
    expect(await cache.close()).toEqual([
      { message: expect.stringContaining("not used: they are of another scanner, interpreter or version.") },
    ]);
    const again = await open(opening);
    expect([...again.known.keys()]).toEqual(PATHS);
    expect(await again.close()).toEqual([]);
    expect(await known()).toEqual([]);
  });

  it("is not known to another run, which forgets nothing of this one", async () => {
    await scanned();
    const other: Opening = { scanner: { ...scannerOf("bandit"), run: "trivy" } };
    const cache = await open(other);
    cache.keep(PATHS, outputOf(PATHS));
    expect(await cache.close()).toEqual([]);
    expect([await known(other), await known()]).toEqual([PATHS, PATHS]);
  });

  it("is not known when what is kept of it may not be used", async () => {
    await scanned();
    expect(await known({ overrides: { usable: Promise.resolve({ ofFile: (path) => path === "app.py", ofWhole: () => false }) } })).toEqual([
      "app.py",
    ]);
  });

  it("larger than what is looked at is never known, and that is no error", async () => {
    execFileSync("truncate", ["--size=65M", join(root, "large.py")]);
    expect(await scanned(["app.py", "large.py"])).toEqual([]);
    expect(await known({ files: ["app.py", "large.py"] })).toEqual(["app.py"]);
  });

  it("that is gone, or a link, or a directory, is not known, and that is no error", async () => {
    await scanned();
    rmSync(join(root, "app.py"));
    expect(await known()).not.toContain("app.py");
    symlinkSync("shop/cart.py", join(root, "app.py"));
    expect(await known()).not.toContain("app.py");
    rmSync(join(root, "app.py"));
    mkdirSync(join(root, "app.py"));
    expect(await known()).not.toContain("app.py");
  });

  it.skipIf(process.getuid?.() === 0)("that cannot be read is not known, and that is no error", async () => {
    await scanned();
    chmodSync(join(root, "app.py"), 0);
    expect(await known()).not.toContain("app.py");
  });
});

describe("what was found", () => {
  it.each<[string, () => void]>([
    ["changed", () => writeFileSync(join(root, "app.py"), "changed\n")],
    [
      "changed and was changed back",
      () => {
        writeFileSync(join(root, "app.py"), "changed\n");
        writeFileSync(join(root, "app.py"), FILES["app.py"]);
        utimesSync(join(root, "app.py"), 2_000_000_000, 2_000_000_000);
      },
    ],
    ["went away", () => rmSync(join(root, "app.py"))],
    [
      "became a link to its like",
      () => {
        renameSync(join(root, "app.py"), join(root, "real.py"));
        symlinkSync("real.py", join(root, "app.py"));
      },
    ],
  ])("in a file that %s during the scan is not kept", async (_, during) => {
    expect(await scanned(PATHS, outputOf(PATHS), during)).toEqual([]);
    rmSync(join(root, "app.py"), { force: true });
    writeTree(root, FILES);
    expect(await known()).toEqual(["shop/cart.py", "shop/__init__.py"]);
  });

  it("where a package came to be during the scan is not kept", async () => {
    await scanned(PATHS, outputOf(PATHS), () => writeFileSync(join(root, "__init__.py"), ""));
    rmSync(join(root, "__init__.py"));
    expect(await known()).toEqual([]);
  });

  it("in a file with a gap is not kept", async () => {
    const missing: Gap[] = [{ path: "app.py", line: 1, reason: "Bandit's check failed on this line" }];
    await scanned(PATHS, outputOf(PATHS, { coverage: coverage({ missing }) }));
    expect(await known()).toEqual(["shop/cart.py", "shop/__init__.py"]);
  });

  it.each([".", "other.py"])("is not kept at all when a gap names %s, which is none of the files", async (path) => {
    await scanned(PATHS, outputOf(PATHS, { coverage: coverage({ missing: [{ path, reason: "it is not known which" }] }) }));
    expect(await known()).toEqual([]);
  });

  it("is not kept at all when there is something to be said of the run", async () => {
    await scanned(PATHS, outputOf(PATHS, { notices: [{ message: "something" }] }));
    expect(await known()).toEqual([]);
  });

  it("in a file with anything else but code and secrets is not kept", async () => {
    const { findings } = outputOf(PATHS);
    await scanned(
      PATHS,
      outputOf(PATHS, { findings: [...findings, misconfigurationFinding({ location: { path: "app.py", startLine: 1, endLine: 1 } })] }),
    );
    expect(await known()).not.toContain("app.py");
  });

  it("is not kept at all when something was found in a file that was not scanned: it may be one of them by another name", async () => {
    await scanned(["app.py"], outputOf(["app.py", "./app.py"]));
    expect(await known()).toEqual([]);
    await scanned(["app.py"], outputOf(["app.py"]));
    expect(await known()).toEqual(["app.py"]);
  });

  it("is not kept where nothing may be kept, and nothing is written", async () => {
    const cache = await open({ overrides: { keeps: false } });
    cache.keep(PATHS, outputOf(PATHS));
    expect(await cache.close()).toEqual([]);
    expect(await known()).toEqual([]);
    expect(() => readdirSync(join(root, "..", "results"))).toThrow();
  });

  it("in other environments stays as it is where nothing may be kept, and that is told", async () => {
    await scanned();
    const cache = await open({ identity: { ...IDENTITY, version: "1.9.5" }, overrides: { keeps: false } });
    cache.keep(PATHS, outputOf(PATHS));
    expect(await cache.close()).toEqual([{ message: expect.stringContaining("another scanner, interpreter or version") }]);
    expect(await known()).toEqual(PATHS);
  });

  it("is told to be lost when it cannot be kept, and nothing else comes of it", async () => {
    const inTheWay = join(directory(), "file");
    writeFileSync(inTheWay, "");
    const cache = await open({ overrides: { directory: Promise.resolve(inTheWay) } });
    cache.keep(PATHS, outputOf(PATHS));
    expect(await cache.close()).toContainEqual({ message: expect.stringContaining("cannot be kept for the next one") });
  });
});

describe("runs that look at files together", () => {
  it("keep a file that stayed as it was when the first of them looked, and none that changed before the second", async () => {
    const overrides = { sightsOf: firstSights() };
    await open({ overrides });
    writeFileSync(join(root, "app.py"), "changed\n");
    const second = await open({ overrides });
    second.keep(PATHS, outputOf(PATHS));
    await second.close();
    const others = PATHS.filter((path) => path !== "app.py");
    expect(await known()).toEqual(others);
    writeFileSync(join(root, "app.py"), FILES["app.py"]);
    expect(await known()).toEqual(others);
  });
});
