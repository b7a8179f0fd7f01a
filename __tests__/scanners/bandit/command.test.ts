import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILE_NAMES_LIMIT, SOURCE_LIMIT_BYTES } from "../../../src/scanners/bandit/command.ts";
import { context, scannerOf, target } from "../fixture.ts";

const bandit = scannerOf("bandit");
const commandsFor = (python: readonly string[]) => bandit.commands(target({ python }), context(null));

/** The files at the end of a command line. */
function filesOf(argv: readonly string[]): string[] {
  return argv.slice(argv.indexOf("-x") + 2);
}

describe("Bandit's commands", () => {
  it("name every file by its absolute path, so that a name beginning with a dash is a file", () => {
    expect(filesOf(commandsFor(["-r.py", "a b/c.py"])[0]?.argv ?? [])).toEqual(["/home/dev/shop/-r.py", "/home/dev/shop/a b/c.py"]);
  });

  it("stop every search for configuration, and exclude and filter nothing", () => {
    const { argv = [], inputs } = commandsFor(["a.py"])[0] ?? {};
    expect(argv.slice(0, -1)).toEqual(
      [
        "/opt/scanner",
        "-q",
        "-f",
        "json",
        "-o",
        "/private/0/report.json",
        "-n",
        "1",
        "--ini",
        "/private/0/bandit.ini",
        "--ignore-nosec",
      ].concat(["--severity-level", "all", "--confidence-level", "all", "-x", ""]),
    );
    expect(inputs).toEqual([{ name: "bandit.ini", text: "[bandit]\n" }]);
  });

  it("give the process an environment that is all private", () => {
    expect(commandsFor(["a.py"])[0]?.env).toEqual({
      PATH: "/usr/bin:/bin",
      LANG: "C.UTF-8",
      HOME: "/private/0/home",
      TMPDIR: "/private/0/tmp",
      USERPROFILE: "/private/0/home",
      TEMP: "/private/0/tmp",
      TMP: "/private/0/tmp",
    });
  });

  it("hold no more source than the limit, unless one file alone is larger", () => {
    const sizes = new Map([
      ["a.py", SOURCE_LIMIT_BYTES / 2],
      ["b.py", SOURCE_LIMIT_BYTES / 2],
      ["c.py", 1],
      ["d.py", 2 * SOURCE_LIMIT_BYTES],
      ["e.py", 1],
    ]);
    const commands = bandit.commands(target({ python: [...sizes.keys()], size: (path) => sizes.get(path) ?? 0 }), context(null));
    const names = commands.map(({ argv }) => filesOf(argv).map((file) => file.at(-4)));

    expect(names).toEqual([["a", "b"], ["c"], ["d"], ["e"]]);
  });

  it("are none where there are no files, which is why Bandit does not apply", () => {
    expect(commandsFor([])).toEqual([]);
    expect(bandit.appliesTo(target({}))).toEqual({ applies: false, because: "there are no Python files" });
    expect(bandit.appliesTo(target({ python: ["a.py"] }))).toEqual({ applies: true });
  });

  it("hold each file exactly once, in order, and no line is too long for any system", () => {
    const name = fc.integer({ min: 1, max: 3_000 }).map((length) => `${"d".repeat(length)}.py`);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 60 }), (python) => {
        const lists = commandsFor(python).map(({ argv }) => filesOf(argv));
        expect(lists.flat()).toEqual(python.map((path) => `/home/dev/shop/${path}`));
        for (const list of lists) {
          expect(list.length).toBeGreaterThan(0);
          expect(list.join(" ").length <= FILE_NAMES_LIMIT || list.length === 1).toBe(true);
        }
      }),
      { seed: 11, numRuns: 100 },
    );
  });

  it("write each report into a directory of its own", () => {
    const commands = commandsFor(Array.from({ length: 500 }, (_, index) => `${"d".repeat(100)}/${index}.py`));
    expect(commands.length).toBeGreaterThan(1);
    expect(commands.map(({ argv }) => argv[argv.indexOf("-o") + 1])).toEqual(commands.map((_, index) => `/private/${index}/report.json`));
  });
});

describe("Bandit's exit status", () => {
  it.each([
    [0, "clean"],
    [1, "findings"],
    [2, "error"],
    [3, "error"],
    [-1, "error"],
    [137, "error"],
    [Number.NaN, "error"],
  ])("%i means %s", (code, meaning) => {
    expect(bandit.classifyExit(code)).toBe(meaning);
  });
});
