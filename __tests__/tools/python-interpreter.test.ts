import { mkdirSync, realpathSync, symlinkSync, unlinkSync, utimesSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProcessExit } from "../../src/host/ports.ts";
import { choosePython } from "../../src/tools/python-interpreter.ts";
import { executableFile } from "../support/fake-python.ts";
import { exited, NOW, type ToolHostOptions, temporaryDirectory, toolHost } from "../support/tool-host.ts";

interface Facts {
  readonly version?: [number, number, number];
  readonly implementation?: string;
  readonly freeThreaded?: boolean;
  readonly base?: string;
  readonly hasPip?: boolean;
  readonly hasEnsurepip?: boolean;
}

/** What a Python of this version answers when asked. */
function answers(executable: string, changes: Facts = {}): ProcessExit {
  const usual = { implementation: "cpython", version: [3, 11, 7], base: executable, hasPip: true, hasEnsurepip: true, freeThreaded: false };
  const facts = { ...usual, executable, ...changes };
  return exited(0, { stdout: `${JSON.stringify(facts)}\n` });
}

const SHIM = exited(127, { stderr: "pyenv: python3.13: command not found\n\nThe command exists in these Python versions:\n  3.13.0" });

/** A host whose PATH holds these executables, by `directory/name`. */
function machine(executables: Readonly<Record<string, Facts | ProcessExit>>, options: ToolHostOptions = {}) {
  const root = temporaryDirectory();
  const byPath = new Map<string, ProcessExit>();
  const directories = new Set<string>();
  for (const [name, facts] of Object.entries(executables)) {
    const path = executableFile(join(root, name, ".."), name.split("/").at(-1) ?? "", name);
    byPath.set(path, "end" in facts ? facts : answers(path, facts));
    directories.add(join(path, ".."));
  }
  const host = toolHost({
    searchPath: [...directories].join(delimiter),
    run: ({ argv }) => byPath.get(argv[0] ?? "") ?? exited(1),
    ...options,
  });
  const asked = () => host.requests.map(({ argv }) => relative(root, argv[0] ?? ""));
  return { root, host, asked, choose: (python: string | null = null, path = "/scanned") => choosePython({ python, path }, host) };
}

describe("choosePython on PATH", () => {
  it("takes the newest, wherever it is", async () => {
    const { root, choose } = machine({
      "a/python3": { version: [3, 11, 2] },
      "b/python3.13": { version: [3, 13, 0] },
      "b/python3.12": { version: [3, 12, 1] },
    });
    expect(await choose()).toEqual({
      executable: join(root, "b/python3.13"),
      base: join(root, "b/python3.13"),
      version: "3.13.0",
      minor: "3.13",
      hasPip: true,
      hasEnsurepip: true,
    });
  });

  it("compares versions as numbers and takes 3.10 before 3.9", async () => {
    const { choose } = machine({ "a/python3": { version: [3, 9, 18] }, "b/python3.10": { version: [3, 10, 0] } });
    expect((await choose()).version).toBe("3.10.0");
  });

  it("takes the first on PATH of two with the same minor version", async () => {
    const { choose } = machine({ "a/python3": { version: [3, 12, 1] }, "b/python3.12": { version: [3, 12, 9] } });
    expect((await choose()).version).toBe("3.12.1");
  });

  it("passes over a shim that stands for nothing", async () => {
    const { choose } = machine({ "shims/python3.13": SHIM, "shims/python3.11": { version: [3, 11, 7] } });
    expect((await choose()).version).toBe("3.11.7");
  });

  it("falls back to a supported version beside one that is too new", async () => {
    const { choose } = machine({ "a/python3": { version: [3, 15, 0] }, "a/python3.12": { version: [3, 12, 1] } });
    expect((await choose()).version).toBe("3.12.1");
  });

  it("passes over PyPy and free-threaded builds", async () => {
    const { choose } = machine({
      "a/python3": { implementation: "pypy" },
      "a/python3.14": { version: [3, 14, 0], freeThreaded: true },
      "a/python3.10": { version: [3, 10, 2] },
    });
    expect((await choose()).version).toBe("3.10.2");
  });

  it("asks the same real file once", async () => {
    const { root, host, choose, asked } = machine({ "a/python3.11": {} });
    symlinkSync(join(root, "a/python3.11"), join(root, "a/python3"));
    mkdirSync(join(root, "b"));
    symlinkSync(join(root, "a/python3.11"), join(root, "b/python"));
    await choosePython(
      { python: null, path: "/scanned" },
      { ...host, surroundings: { ...host.surroundings, searchPath: `${join(root, "a")}:${join(root, "b")}` } },
    );
    expect(asked()).toEqual(["a/python3.11"]);
    expect((await choose()).minor).toBe("3.11");
  });

  it("starts nothing from the scanned tree, by name or through a link", async () => {
    const { root, host, asked, choose } = machine({ "project/.venv/bin/python3": { version: [3, 14, 0] }, "usr/bin/python3": {} });
    symlinkSync(join(root, "project/.venv/bin"), join(root, "innocent"));
    const searchPath = `${join(root, "innocent")}${delimiter}${host.surroundings.searchPath}`;
    const chosen = await choosePython(
      { python: null, path: join(root, "project") },
      { ...host, surroundings: { ...host.surroundings, searchPath } },
    );
    expect(chosen.version).toBe("3.11.7");
    expect(asked()).toEqual(["usr/bin/python3"]);
    expect((await choose()).version).toBe("3.14.0");
  });

  it("starts nothing through a link that lies in the scanned tree", async () => {
    const { root, host, asked } = machine({ "elsewhere/python3": { version: [3, 14, 0] }, "usr/bin/python3": {} });
    mkdirSync(join(root, "project"));
    symlinkSync(join(root, "elsewhere"), join(root, "project/bin"));
    const searchPath = [join(root, "project/bin"), join(root, "usr/bin")].join(delimiter);
    await choosePython({ python: null, path: join(root, "project") }, { ...host, surroundings: { ...host.surroundings, searchPath } });
    expect(asked()).toEqual(["usr/bin/python3"]);
  });

  it("takes the whole work tree for the scanned tree, not only the scanned directory", async () => {
    const root = temporaryDirectory();
    const inside = executableFile(join(root, "bin"), "python3");
    const host = toolHost({ searchPath: join(root, "bin"), topLevel: root, run: () => answers(inside) });
    await expect(choosePython({ python: null, path: join(root, "src") }, host)).rejects.toThrow("none was found");
    expect(host.requests).toEqual([]);
  });

  it("passes over relative entries of PATH", async () => {
    const host = toolHost({ searchPath: `.${delimiter}bin${delimiter}` });
    await expect(choosePython({ python: null, path: "/scanned" }, host)).rejects.toThrow(
      "No Python 3.10 to 3.14 is on PATH: none was found.",
    );
  });

  it("lists what it found, and what to do, when nothing fits", async () => {
    const { root, choose } = machine({
      "a/python3": { version: [3, 9, 2] },
      "a/python3.13": SHIM,
      "b/python3": { version: [3, 15, 1] },
      "c/python": exited(0, { stdout: "Python 2.7.18" }),
    });
    await expect(choose()).rejects.toMatchObject({
      code: "install-unsupported",
      message:
        `No Python 3.10 to 3.14 is on PATH: ${root}/a/python3.13 does not answer: it ended with status 127 and said: ` +
        "pyenv: python3.13: command not found | The command exists in these Python versions: | 3.13.0; " +
        `${root}/a/python3 is Python 3.9.2, older than 3.10; ${root}/b/python3 is Python 3.15.1, newer than 3.14; ` +
        `${root}/c/python does not answer as Python does.`,
      remedy: expect.stringContaining("`python`"),
    });
  });

  it("asks in isolation, with a private home and none of the user's variables", async () => {
    const { host, choose } = machine({ "a/python3": {} }, { network: { HTTPS_PROXY: "http://proxy" } });
    await choose();
    const [request] = host.requests;
    expect(request?.argv.slice(1, 3)).toEqual(["-I", "-c"]);
    expect(Object.keys(request?.env ?? {}).sort()).toEqual(["HOME", "LANG", "PATH", "TEMP", "TMP", "TMPDIR", "USERPROFILE"]);
    expect(request?.env["HOME"]?.startsWith(host.surroundings.scratch)).toBe(true);
  });
});

describe("choosePython with an interpreter that was asked for", () => {
  it("takes an absolute path", async () => {
    const { root, choose, asked } = machine({ "a/python3": { version: [3, 13, 0] }, "b/my-python": { version: [3, 10, 1] } });
    expect((await choose(join(root, "b/my-python"))).version).toBe("3.10.1");
    expect(asked()).toEqual(["b/my-python"]);
  });

  it("looks a command up on PATH and takes the first", async () => {
    const { choose, asked } = machine({ "a/python3.13": { version: [3, 13, 0] }, "a/python3": {}, "b/python3": { version: [3, 14, 0] } });
    expect((await choose("python3")).version).toBe("3.11.7");
    expect(asked()).toEqual(["a/python3"]);
  });

  it("looks a version up as the command of that version", async () => {
    const { choose } = machine({ "a/python3.13": { version: [3, 13, 0] }, "a/python3.12": { version: [3, 12, 1] } });
    expect((await choose("3.12")).version).toBe("3.12.1");
  });

  it("does not replace one that cannot be used by another", async () => {
    const { root, choose } = machine({ "a/python3": { version: [3, 8, 0] }, "a/python3.12": { version: [3, 12, 1] } });
    await expect(choose("python3")).rejects.toMatchObject({
      code: "install-unsupported",
      message: `The interpreter \`python3\` cannot be used: ${root}/a/python3 is Python 3.8.0, older than 3.10.`,
    });
  });

  it("says that it does not exist", async () => {
    const { choose } = machine({ "a/python3": {} });
    await expect(choose("/nowhere/python3")).rejects.toThrow("The interpreter `/nowhere/python3` cannot be used: none was found.");
  });
});

describe("the memory of answers", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;

  it("starts no Python a second time", async () => {
    const { choose, asked } = machine({ "a/python3.13": SHIM, "a/python3": {} });
    const first = await choose();
    expect(await choose()).toEqual(first);
    expect(asked()).toHaveLength(2);
  });

  it("keeps what it knows of others when one is asked for by name", async () => {
    const { choose, asked } = machine({ "a/python3": {}, "b/python3.12": { version: [3, 12, 1] }, "b/other": { version: [3, 10, 1] } });
    await choose();
    await choose("other");
    await choose();
    expect(asked().sort()).toEqual(["a/python3", "b/other", "b/python3.12"]);
  });

  it("holds for years while the executable that answered is the interpreter itself", async () => {
    let now = NOW;
    const { choose, asked } = machine({ "a/python3": {} }, { now: () => now });
    const first = await choose();
    now = new Date(NOW.getTime() + 1000 * DAY_MS);
    expect(await choose()).toEqual(first);
    expect(asked()).toEqual(["a/python3"]);
  });

  it.each([
    ["a shim", { base: realpathSync(process.execPath) }],
    ["an interpreter that had no pip", { hasPip: false, hasEnsurepip: false }],
    ["what is no Python", SHIM],
  ])("asks %s again after a day", async (_, kind) => {
    let now = NOW;
    const { choose, asked } = machine({ "a/python3": kind, "b/python3.12": { version: [3, 12, 1] } }, { now: () => now });
    await choose();
    now = new Date(NOW.getTime() + DAY_MS + 1);
    await choose();
    expect(asked().filter((path) => path === "a/python3")).toHaveLength(2);
  });

  it("asks again when the link by which it is started leads elsewhere", async () => {
    const root = temporaryDirectory();
    const [one, other] = ["3.11", "3.12"].map((minor) => executableFile(join(root, minor), "python3"));
    const link = join(root, "python3");
    const host = toolHost({ searchPath: root, run: ({ argv }) => answers(realpathSync(argv[0] ?? "")) });
    symlinkSync(one ?? "", link);
    expect(await choosePython({ python: null, path: "/scanned" }, host)).toMatchObject({ base: one });
    unlinkSync(link);
    symlinkSync(other ?? "", link);
    expect(await choosePython({ python: null, path: "/scanned" }, host)).toMatchObject({ base: other });
  });

  it("asks again when the executable was replaced", async () => {
    const { root, choose, asked } = machine({ "a/python3": {} });
    await choose();
    utimesSync(join(root, "a/python3"), NOW, new Date(0));
    await choose();
    expect(asked()).toEqual(["a/python3", "a/python3"]);
  });

  it("asks a shim again when the interpreter it stood for is gone", async () => {
    const root = temporaryDirectory();
    const shim = executableFile(join(root, "shims"), "python3");
    const real = executableFile(join(root, "versions"), "python3.11");
    const host = toolHost({ searchPath: join(root, "shims"), run: () => answers(real) });
    expect((await choosePython({ python: null, path: "/scanned" }, host)).executable).toBe(real);
    unlinkSync(real);
    await choosePython({ python: null, path: "/scanned" }, host);
    expect(host.requests.map(({ argv }) => argv[0])).toEqual([shim, shim]);
  });

  it("is done without when it cannot be written", async () => {
    const { choose, asked } = machine({ "a/python3": {} }, { cacheDirectory: "/dev/null/cache" });
    await choose();
    await choose();
    expect(asked()).toHaveLength(2);
  });
});
