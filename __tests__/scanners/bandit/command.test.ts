import { describe, expect, it } from "vitest";
import { context, scannerOf, target } from "../fixture.ts";

const bandit = scannerOf("bandit");
const [part] = bandit.parts;
const commandsFor = (python: readonly string[]) => part.commands(target({ python }), context(null));

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

  it("are never asked for where there are no files, because Bandit does not apply", () => {
    expect(bandit.appliesTo(target({}))).toEqual({ applies: false, because: "there are no Python files" });
    expect(bandit.appliesTo(target({ python: ["a.py"] }))).toEqual({ applies: true });
  });

  it("are one, of all files in their order and with one report, however many there are: sharing them out is not theirs to do", () => {
    const python = Array.from({ length: 5_000 }, (_, index) => `${"d".repeat(100)}/${index}.py`);
    const commands = commandsFor(python);
    expect(commands.map(({ argv }) => filesOf(argv))).toEqual([python.map((path) => `/home/dev/shop/${path}`)]);
    expect(commands.map(({ argv }) => argv[argv.indexOf("-o") + 1])).toEqual(["/private/0/report.json"]);
  });
});

describe("Bandit's files", () => {
  const given = target({ files: ["Dockerfile", "a.py", "b.py"], python: ["a.py", "b.py"] });

  it("are the Python files of a target, and no others", () => {
    expect(part.byFile?.files(given)).toEqual(["a.py", "b.py"]);
    expect(part.byFile?.unit).toBe("Python files");
  });

  it("are, in a target of some of them, those alone", () => {
    const some = part.byFile?.only(given, ["b.py"]);
    expect(some && part.byFile?.files(some)).toEqual(["b.py"]);
    expect(some).toEqual({ ...given, python: ["b.py"] });
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
