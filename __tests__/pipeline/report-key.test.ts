import { chmodSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunId } from "../../src/findings/scanner-id.ts";
import type { Pin } from "../../src/manifests/pin.ts";
import { canonicalCommands, isKeyed, type KeyedRun, reportKey } from "../../src/pipeline/report-key.ts";
import type { ScanTarget } from "../../src/scanners/scanner.ts";
import { caseNames, context, fixture, scannerOf, target } from "../scanners/fixture.ts";
import { testHost } from "../support/hosts.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();

const TREE = {
  Dockerfile: "FROM scratch\n",
  "app/a.cfg": "x = 1\n",
  "app/b.cfg": "y = 2\n",
  "chart/Chart.yaml": "name: shop\n",
  "main.py": "",
};

const { platform, surroundings } = testHost();
const HOST = { platform, surroundings };

/** Everything that decides about a key. */
interface Ingredients extends KeyedRun {
  readonly host: typeof HOST;
}

function pinOf(name: string, version: string): Pin {
  const { target: scanned } = fixture("safety", "shop");
  const [pin] = scanned.pins;
  if (pin === undefined) throw new Error("the recorded case has no pins");
  return { ...pin, name, version };
}

function ingredients(run: RunId, files: Readonly<Record<string, string | Buffer>> = TREE): Ingredients {
  const root = writeTree(makeDirectory(), files);
  const databaseDirectory = "/databases/of-this-machine";
  const database = { updatedAt: null, ageDays: null, digest: "d1", origin: "cached" };
  const scanner = scannerOf(run);
  return {
    scanner,
    part: scanner.parts[0],
    target: target({
      root,
      files: Object.keys(files).sort(),
      pins: [pinOf("flask", "1.0")],
      infrastructure: Object.keys(files).includes("chart/Chart.yaml") ? [{ path: "chart/Chart.yaml", type: "helm" }] : [],
    }),
    installation: { launch: ["/tools/scanner"], version: "1.2.3", python: "3.11", databaseDirectory, database },
    identity: "i1",
    program: "p1",
    host: HOST,
  };
}

async function keyOf({ host, ...run }: Ingredients): Promise<string | null> {
  return isKeyed(run) ? ((await reportKey(run, canonicalCommands(run, host), host))?.key ?? null) : null;
}

function withTarget(overrides: Partial<ScanTarget>): (all: Ingredients) => Ingredients {
  return (all) => ({ ...all, target: { ...all.target, ...overrides } });
}

function withInstallation(overrides: Partial<KeyedRun["installation"]>): (all: Ingredients) => Ingredients {
  return (all) => ({ ...all, installation: { ...all.installation, ...overrides } });
}

/** Writes into the tree. */
function withFile(path: string, content: string): (all: Ingredients) => Ingredients {
  return (all) => {
    writeFileSync(join(all.target.root, path), content);
    return all;
  };
}

const COMMON: Readonly<Record<string, (all: Ingredients) => Ingredients>> = {
  "our program": (all) => ({ ...all, program: "p2" }),
  "the scanner's identity": (all) => ({ ...all, identity: "i2" }),
  "the scanner's version": withInstallation({ version: "1.2.4" }),
  "how it is started": withInstallation({ launch: ["/other/scanner"] }),
  "the interpreter": withInstallation({ python: "3.12" }),
  "the database's contents": withInstallation({ database: { updatedAt: null, ageDays: null, digest: "d2", origin: "cached" } }),
  "the version of a pin": withTarget({ pins: [pinOf("flask", "1.1")] }),
  "one more pin": withTarget({ pins: [pinOf("flask", "1.0"), pinOf("jinja2", "2.0")] }),
  "the operating system": (all) => ({ ...all, host: { ...all.host, platform: { ...all.host.platform, os: "darwin" } } }),
  "the architecture": (all) => ({ ...all, host: { ...all.host, platform: { ...all.host.platform, arch: "arm64" } } }),
  "the search path": (all) => ({ ...all, host: { ...all.host, surroundings: { ...all.host.surroundings, childSearchPath: "/else" } } }),
  "the system's variables": (all) => ({
    ...all,
    host: { ...all.host, surroundings: { ...all.host.surroundings, system: { SYSTEMROOT: "C:\\W" } } },
  }),
};

const OF_THE_TREE: Readonly<Record<string, (all: Ingredients) => Ingredients>> = {
  "one byte of one file": withFile("app/a.cfg", "x = 3\n"),
  "the end of one file that is the beginning of the next": (all) => withFile("app/b.cfg", "= 2\n")(withFile("app/a.cfg", "x = 1\ny ")(all)),
  "a file that became empty": withFile("app/a.cfg", ""),
  "a file that became executable": (all) => {
    chmodSync(join(all.target.root, "app/a.cfg"), 0o755);
    return all;
  },
  "a file less": withTarget({ files: ["Dockerfile", "app/b.cfg", "chart/Chart.yaml"] }),
  "a file of another name": (all) => {
    unlinkSync(join(all.target.root, "app/b.cfg"));
    return withTarget({ files: ["Dockerfile", "app/a.cfg", "app/c.cfg", "chart/Chart.yaml"] })(withFile("app/c.cfg", "y = 2\n")(all));
  },
  "what counts as infrastructure": withTarget({ possibleInfrastructure: ["Dockerfile"], infrastructure: [] }),
  "which files have their comments made ineffective": withTarget({ possibleInfrastructure: ["Dockerfile"] }),
};

describe("the key of kept reports", () => {
  for (const [run, ingredient] of [
    ...Object.keys(COMMON).flatMap((name) => [["safety", name] as const, ["trivy", name] as const]),
    ...Object.keys(OF_THE_TREE).map((name) => ["trivy", name] as const),
  ]) {
    it(`of ${run} is another one with another value of: ${ingredient}`, async () => {
      const all = ingredients(run);
      const before = await keyOf(all);
      const changed = { ...COMMON, ...OF_THE_TREE }[ingredient];
      const after = changed === undefined ? before : await keyOf(changed(all));
      expect(before).toMatch(/^[0-9a-f]{64}$/);
      expect(after).toMatch(/^[0-9a-f]{64}$/);
      expect(after).not.toBe(before);
    });
  }

  it.each(["safety", "trivy"] as const)(
    "of %s is the same for an equal tree elsewhere, at another time and with more cores",
    async (run) => {
      const later = { ...HOST, platform: { ...HOST.platform, cores: 64 } };
      expect(await keyOf({ ...ingredients(run), host: later })).toBe(await keyOf(ingredients(run)));
    },
  );

  it("of Safety is another one with the database elsewhere, and of Trivy, which does not name it, the same", async () => {
    const elsewhere = withInstallation({ databaseDirectory: "/databases/of-another" });
    expect(await keyOf(elsewhere(ingredients("safety")))).not.toBe(await keyOf(ingredients("safety")));
    expect(await keyOf(elsewhere(ingredients("trivy")))).toBe(await keyOf(ingredients("trivy")));
  });

  it("of Trivy is the same whatever stands in Python sources", async () => {
    expect(await keyOf(ingredients("trivy", { ...TREE, "main.py": "x = 1\n", "more.pyi": "" }))).toBe(await keyOf(ingredients("trivy")));
  });

  it("of Safety is the same whatever stands in files without pins", async () => {
    expect(await keyOf(ingredients("safety", { "app/a.cfg": "other" }))).toBe(await keyOf(ingredients("safety")));
  });

  it("is of bytes, not of what they mean as text", async () => {
    const [one, other] = [0xfe, 0xff].map((byte) => keyOf(ingredients("trivy", { "a.bin": Buffer.from([byte]) })));
    expect(await one).not.toBe(await other);
  });

  it("lets others go on while it reads a large tree", async () => {
    const all = ingredients("trivy", { "a.bin": Buffer.alloc(9 * 1024 * 1024), "b.txt": "b" });
    const order: string[] = [];
    const other = new Promise((resolve) => setImmediate(resolve)).then(() => order.push("other"));
    const key = keyOf(all).then(() => order.push("key"));
    await Promise.all([key, other]);
    expect(order).toEqual(["other", "key"]);
  });
});

describe("there is no key", () => {
  it("for an image, which may change under its name", async () => {
    const image = { kind: "reference", reference: "shop:latest" } as const;
    expect(await keyOf(withTarget({ image })({ ...ingredients("trivy"), scanner: scannerOf("trivy-image") }))).toBeNull();
  });

  it("for a scanner whose results are kept by file", async () => {
    expect(await keyOf({ ...ingredients("trivy"), scanner: scannerOf("bandit") })).toBeNull();
  });

  it("without a database, or for one without a digest", async () => {
    expect(await keyOf(withInstallation({ databaseDirectory: null })(ingredients("trivy")))).toBeNull();
    expect(await keyOf(withInstallation({ database: null })(ingredients("safety")))).toBeNull();
  });

  it("for a tree with a file that is gone, or in whose place something else stands", async () => {
    const gone = ingredients("trivy");
    unlinkSync(join(gone.target.root, "app/a.cfg"));
    expect(await keyOf(gone)).toBeNull();
    symlinkSync(join(gone.target.root, "app/b.cfg"), join(gone.target.root, "app/a.cfg"));
    expect(await keyOf(gone)).toBeNull();
    unlinkSync(join(gone.target.root, "app/a.cfg"));
    mkdirSync(join(gone.target.root, "app/a.cfg"));
    expect(await keyOf(gone)).toBeNull();
  });
});

describe("the commands of a run whose reports are kept", () => {
  it.each([...caseNames("safety").map((name) => ["safety", name] as const), ...caseNames("trivy").map((name) => ["trivy", name] as const)])(
    "of %s for %s read nothing of the tree but their view, and depend on no time but their limit",
    (run, name) => {
      const { scanner, target: scanned } = fixture(run, name);
      const commands = (timeoutMs: number, root: string) =>
        JSON.stringify(scanner.parts.map((part) => part.commands({ ...scanned, root }, { ...context(), timeoutMs }))).replaceAll(
          /"\d+s"/g,
          '"limit"',
        );
      expect(commands(5_000, "/elsewhere")).toBe(commands(90_000, "/here"));
    },
  );
});
