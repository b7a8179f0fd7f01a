// Manifests that somebody wrote to hide a package: every entry of a lock and every line of a requirements file must be a pin, or be named as what was not read.

import fc from "fast-check";
import { stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { declaredRequirements } from "../../src/manifests/declared-requirements.ts";
import { isProjectName, isVersion } from "../../src/manifests/file-reading.ts";
import { readPipfileLock } from "../../src/manifests/pipfile-lock.ts";
import { readPoetryLock } from "../../src/manifests/poetry-lock.ts";
import { readPylock } from "../../src/manifests/pylock.ts";
import { parseRequirement } from "../../src/manifests/requirement.ts";
import { parseOptions, splitOptions } from "../../src/manifests/requirement-options.ts";
import { readRequirements } from "../../src/manifests/requirements.ts";
import { resolveInclude } from "../../src/manifests/resolve-include.ts";
import { readUvLock } from "../../src/manifests/uv-lock.ts";
import { fuzz } from "../support/fuzz.ts";
import { mutatedText } from "../support/mutations.ts";

const text = fc.oneof(
  fc.constantFrom("", "x", "a-b", "A_b.c", "-x", "x y", "../x", "a\nb", "a\\", "#", "ü", "__proto__", "constructor", "toString", "version"),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const tomlText = fc.oneof(fc.constantFrom("", "x", "a-b", "-x", "x y", "../x", "#", "ü", "constructor"), fc.string({ maxLength: 6 }));
const version = fc.constantFrom(
  "1.0",
  "==1.0",
  "===1.0",
  "1!2.0rc1",
  "1.*",
  ">=1",
  "==1.*",
  "",
  "latest",
  "1.0 ",
  "== 1.0",
  "==1.0\n",
  "1.0.post1+x",
);
const value = fc.oneof(version, text, fc.constantFrom(null, true, 1, [], {}, ["1.0"]), fc.jsonValue({ maxDepth: 1 }));
const tomlValue = fc.oneof(
  version,
  tomlText,
  fc.constantFrom<unknown>(true, 1, 1.5, {}, ["1.0"], { git: "https://x" }, { type: "git" }, { path: "a" }),
);

describe("Pipfile.lock", () => {
  it("drops no entry: each is a pin with its exact version, a notice or a gap", () => {
    const entry = fc.oneof(fc.record({ version: value, git: value, editable: value }, { requiredKeys: [] }), value);
    const packages = fc.dictionary(text, entry, { maxKeys: 5 });
    fuzz(
      fc.property(fc.record({ default: packages, develop: packages }), (categories) => {
        const json = JSON.stringify({ _meta: {}, ...categories }, null, 1);
        const { pins, gaps, notices } = readPipfileLock("Pipfile.lock", json);
        const expected = Object.values(JSON.parse(json)).reduce<number>((sum, category) => sum + Object.keys(category ?? {}).length, 0);
        expect(pins.length + gaps.length + notices.length).toBe(expected);
        for (const pin of pins) {
          expect(isProjectName(pin.name) && isVersion(pin.version)).toBe(true);
          expect(json.split("\n")[pin.startLine - 1]).toContain(pin.version);
        }
      }),
    );
  });
});

describe.each([
  ["poetry.lock", "package", { metadata: { "lock-version": "2.0" } }, readPoetryLock],
  ["uv.lock", "package", { version: 1 }, readUvLock],
  ["pylock.toml", "packages", { "lock-version": "1.0" }, readPylock],
] as const)("%s", (path, list, head, read) => {
  const entry = fc.record(
    {
      name: fc.oneof(fc.constantFrom("x", "a-b"), tomlValue),
      version: fc.oneof(fc.constantFrom("1.0", "2.0rc1"), tomlValue),
      source: tomlValue,
      vcs: tomlValue,
      directory: tomlValue,
      dependencies: tomlValue,
      extras: tomlValue,
    },
    { requiredKeys: [] },
  );

  it("drops no package: each is a pin with its exact version, a notice, a gap or the project itself", () => {
    let pinned = 0;
    fuzz(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        const toml = stringify({ ...head, [list]: entries });
        const { pins, gaps, notices, projects } = read(path, toml, () => []);
        const told = pins.length + gaps.length + notices.length;
        expect(told).toBeLessThanOrEqual(entries.length);
        expect(told + projects.length).toBeGreaterThanOrEqual(entries.length);
        pinned += pins.length;
        for (const pin of pins) {
          expect(isProjectName(pin.name) && isVersion(pin.version)).toBe(true);
          expect(pin.startLine).toBeLessThanOrEqual(toml.split("\n").length);
        }
      }),
    );
    expect(pinned).toBeGreaterThan(300);
  });

  it("that is torn never throws, and says so where it is no TOML any more", () => {
    const whole = stringify({
      ...head,
      [list]: [
        { name: "a", version: "1.0" },
        { name: "b", version: "2.0", source: { type: "git" } },
      ],
    });
    fuzz(
      fc.property(mutatedText(whole, [`[[${list}]]`, "'''", '"""', "name = ", "#"]), (torn) => {
        const { pins, gaps } = read(path, torn, () => []);
        for (const { startLine, endLine } of pins) expect([startLine >= 1, endLine <= torn.split("\n").length]).toEqual([true, true]);
        for (const { line = 1 } of gaps) expect(line).toBeLessThanOrEqual(torn.split("\n").length);
      }),
    );
  });
});

describe("a requirements file", () => {
  const around = fc.constantFrom(
    "",
    "# x\n",
    "--pre\n",
    "-r \\\n other.txt\n",
    "a>=1\n",
    "b @ https://x/y.whl\n",
    "!!\n",
    "\\\n\n",
    "'\n",
    "--hash=x\n",
    "\u2028",
    "\f",
  );

  it("gives the pin of a line whatever stands on the lines around it", () => {
    fuzz(
      fc.property(fc.array(around, { maxLength: 6 }), fc.array(around, { maxLength: 6 }), (before, after) => {
        const head = before.join("");
        const { pins } = readRequirements("requirements.txt", `${head}\nneedle==1.2.3\n${after.join("")}`);
        expect(pins.filter(({ name }) => name === "needle").map(({ version, startLine }) => [version, startLine])).toEqual([
          ["1.2.3", `${head}\n`.split("\n").length],
        ]);
      }),
    );
  });

  it("has no line that says nothing: a pin, a name without a version, an include, an option, a notice or a gap", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "a",
        "==",
        "1.0",
        "===",
        ">=",
        ",",
        "[x]",
        " ; ",
        "@",
        " -r",
        " -c",
        " -e",
        "--pre",
        "--hash",
        "=",
        "(",
        ")",
        "'",
        "${X}",
        "./",
      ),
      text,
    );
    fuzz(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const line = words
          .join("")
          .replace(/[\0\p{Zl}\p{Zp}\p{Cc}\uFFFD#]/gu, "")
          .trim();
        const { pins, gaps, notices, unpinned, includes } = readRequirements("r.txt", line);
        const told = pins.length + gaps.length + notices.length + unpinned.length + includes.length;
        const isOptionAlone = /^-/.test(line) && parseOptions(splitOptions(line).options).problem === null;
        expect(told > 0 || line === "" || /^\\*$/.test(line) || isOptionAlone).toBe(true);
      }),
    );
  });

  it("never takes anything but one valid exact version for a pin", () => {
    const clause = fc
      .tuple(fc.constantFrom("==", "===", ">=", "<", "!=", "~=", "="), fc.constantFrom("", " ", "\t"), version)
      .map((parts) => parts.join(""));
    let pinned = 0;
    fuzz(
      fc.property(fc.array(clause, { maxLength: 3 }), fc.constantFrom(",", " , ", " ", ",,"), (clauses, comma) => {
        const requirement = parseRequirement(`name${clauses.join(comma)}`);
        if (requirement.kind !== "pinned") return;
        pinned += 1;
        expect(isVersion(requirement.version)).toBe(true);
        expect(
          clauses.some(
            (one) =>
              one
                .replace(/^={2,3}\s*/, "")
                .trim()
                .startsWith(requirement.version) || one.includes(requirement.version),
          ),
        ).toBe(true);
      }),
    );
    expect(pinned).toBeGreaterThan(100);
  });

  it("reaches no file outside of the root by an include", () => {
    const part = fc.constantFrom("..", ".", "a", "/", "\\", "C:", "http://x", "file:", "r.txt", "", " ", "\0", "%2e%2e", "~");
    const from = fc.constantFrom("requirements.txt", "a/b.txt", "a/b/c.txt");
    let resolved = 0;
    fuzz(
      fc.property(from, fc.array(part, { maxLength: 7 }), fc.constantFrom("", "/", "\\"), (path, parts, separator) => {
        const include = { target: parts.join(separator), line: 1, isConstraint: false };
        const target = resolveInclude(path, include, () => "file");
        if (typeof target !== "string") return;
        resolved += 1;
        expect(target.split("/")).not.toContain("..");
        expect(target.startsWith("/")).toBe(false);
      }),
    );
    expect(resolved).toBeGreaterThan(1_000);
  });
});

describe("what a project declares", () => {
  it("is a list of names, whatever its pyproject.toml holds", () => {
    const whole =
      '[project]\ndependencies = ["a>=1", "b[c]"]\n[project.optional-dependencies]\nx = ["d"]\n[tool.poetry.dependencies]\npython = "3"\ne = {version = "1", extras = ["f"]}\n[dependency-groups]\ng = [{include-group = "x"}]\n';
    expect(declaredRequirements(whole).map(({ name }) => name)).toEqual(["a", "b", "d", "python", "e"]);
    fuzz(
      fc.property(mutatedText(whole, ["[tool.poetry]\n", "= 1", "= [1]", "__proto__"]), (torn) => {
        for (const { name, extras } of declaredRequirements(torn))
          expect([name, ...extras].every((one) => typeof one === "string")).toBe(true);
      }),
    );
  });
});
