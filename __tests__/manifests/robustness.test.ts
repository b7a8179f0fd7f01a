// Laws that hold for every text, and texts that make careless parsers slow or deep.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuzz } from "../support/fuzz.ts";
import { readTree, shown } from "./tree.ts";

const MANIFESTS = [
  "requirements.txt",
  "Pipfile.lock",
  "poetry.lock",
  "uv.lock",
  "pylock.toml",
  "pyproject.toml",
  "Pipfile",
  "setup.py",
  "setup.cfg",
  "environment.yml",
];

/** Pieces that mean something to one of the formats, so that random texts get past the first character. */
const PIECES = [
  "[[package]]",
  "[[packages]]",
  "name",
  "version",
  "=",
  "==",
  "===",
  '"',
  "'",
  '"""',
  "'''",
  "\\",
  "\n",
  "\r",
  "\f",
  "\x85",
  "\u2028",
  "\0",
  "\uFEFF",
  "#",
  ";",
  ",",
  "-r ",
  "-c ",
  "-e ",
  "--hash=",
  "--",
  "[",
  "]",
  "{",
  "}",
  "(",
  ")",
  ":",
  "@",
  "x",
  "1",
  ".0",
  "*",
  "${A}",
  "../",
  "requirements.txt",
  "default",
  "_meta",
  "__proto__",
  "constructor",
  " ",
  "\t",
  "\ud800",
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join("")),
);

const name = fc
  .stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,12}[A-Za-z0-9])?$/u)
  .filter((name) => !/\.(?:whl|zip|tar|t[gbxl]z)$/iu.test(name));
const number = fc.integer({ min: 0, max: 9999 });
const version = fc
  .tuple(
    fc.option(number),
    fc.array(number, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "a1", "rc2", ".post3", ".dev4", "-5", "b1.post2.dev3", "+local.7"),
  )
  .map(([epoch, release, suffix]) => `${epoch === null ? "" : `${epoch}!`}${release.join(".")}${suffix}`);
const pins = fc.array(fc.record({ name, version }), { maxLength: 20 });

/** Ways to write a pin, each with the number of lines it takes. */
const STYLES: readonly ((name: string, version: string) => string)[] = [
  (name, version) => `${name}==${version}`,
  (name, version) => `  ${name}\t===  ${version}\t# ==9`,
  (name, version) => `${name}[a, b] (>=0,== ${version}) ; python_version < '3' and extra == "x"`,
  (name, version) => `${name} \\\n  == ${version} \\\n  --hash=sha256:00 --hash sha256:11`,
  (name, version) => `${name} == ${version} --hash=sha256:00`,
];

describe("reading", () => {
  it("never throws, and reads the same twice", () => {
    fuzz(
      fc.property(fc.constantFrom(...MANIFESTS), text, (path, content) => {
        expect(readTree({ [path]: content })).toEqual(readTree({ [path]: content }));
      }),
    );
  });

  it("yields only names and versions that can be written into a requirements file, and only lines that exist", () => {
    fuzz(
      fc.property(fc.constantFrom(...MANIFESTS), text, (path, content) => {
        for (const pin of readTree({ [path]: content }).pins) {
          expect(pin.name).toMatch(/^[A-Za-z0-9._-]+$/u);
          expect(pin.version).toMatch(/^[A-Za-z0-9.!+_-]+$/u);
          expect(pin.startLine).toBeGreaterThanOrEqual(1);
          expect(pin.endLine).toBeGreaterThanOrEqual(pin.startLine);
          expect(pin.endLine).toBeLessThanOrEqual(content.split(/\r\n|\r|\n/u).length);
        }
      }),
    );
  });

  it("gives back a list of pins, whichever way each is written", () => {
    const lines = fc.array(
      fc.record({ name, version, style: fc.constantFrom(...STYLES), before: fc.constantFrom("", "\n", "# x\n", "--pre\n") }),
      { maxLength: 20 },
    );
    fuzz(
      fc.property(lines, fc.constantFrom("\n", "\r\n", "\r"), (entries, ending) => {
        const expected: string[] = [];
        let content = "";
        for (const { name, version, style, before } of entries) {
          content += before;
          const start = content.split("\n").length;
          content += `${style(name, version)}\n`;
          const end = content.split("\n").length - 1;
          expected.push(`${name}==${version} ${start === end ? start : `${start}-${end}`}`);
        }
        const reading = readTree({ "requirements.txt": content.replaceAll("\n", ending) });
        expect({ pins: reading.pins.map(shown), gaps: reading.gaps, notices: reading.notices }).toEqual({
          pins: expected,
          gaps: [],
          notices: [],
        });
      }),
    );
  });

  it.each([
    ["poetry.lock", "package", "", "\n[metadata]\n"],
    ["uv.lock", "package", "version = 1\n", ""],
    ["pylock.toml", "packages", 'lock-version = "1.0"\n', ""],
  ])("gives back the packages of a %s", (path, list, head, tail) => {
    fuzz(
      fc.property(pins, (entries) => {
        const packages = entries.map(
          ({ name, version }) => `[[${list}]]\nname = "${name}"\nversion = "${version}"\nwheels = [\n  "[[${list}]]",\n]\n`,
        );
        const reading = readTree({ [path]: `${head}${packages.join("")}${tail}` });
        const first = head.split("\n").length;
        expect(reading.pins.map(shown)).toEqual(entries.map(({ name, version }, index) => `${name}==${version} ${first + 6 * index + 2}`));
        expect(reading.gaps).toEqual([]);
      }),
    );
  });

  it("gives back the packages of a Pipfile.lock", () => {
    fuzz(
      fc.property(fc.uniqueArray(fc.record({ name, version }), { selector: (pin) => pin.name, maxLength: 20 }), (entries) => {
        const lock = { _meta: {}, default: Object.fromEntries(entries.map(({ name, version }) => [name, { version: `==${version}` }])) };
        const content = JSON.stringify(lock, null, 4);
        const reading = readTree({ "Pipfile.lock": content });
        expect(reading.gaps).toEqual([]);
        expect(reading.pins.map(({ name, version }) => `${name}==${version}`).sort()).toEqual(
          entries.map(({ name, version }) => `${name}==${version}`).sort(),
        );
        const lines = content.split("\n");
        for (const pin of reading.pins)
          expect([lines[pin.startLine - 2], lines[pin.startLine - 1]]).toEqual([
            `        "${pin.name}": {`,
            `            "version": "==${pin.version}"`,
          ]);
      }),
    );
  });
});

/** Each would take minutes where a parser is quadratic. */
const MEGABYTE = 2 ** 20;
const LONG: readonly (readonly [string, string])[] = [
  ["blanks", " "],
  ["tabs and hashes", "\t#"],
  ["hashes without blanks", "x#"],
  ["backslashes", "\\"],
  ["continuations", "\\\n"],
  ["blanks before an x", " x"],
  ["separators", "a/"],
  ["dots", "."],
  ["hyphens and letters", "a-"],
  ["equals signs", "="],
  ["digits", "1"],
  ["digits with dots", "1."],
  ["clauses", ">=1,"],
  ["brackets", "["],
  ["pairs of brackets", "[]"],
  ["braces", "{"],
  ["parentheses", "("],
  ["semicolons", ";"],
  ["quotation marks", '"'],
  ["options", " --pre"],
  ["includes", "-r x\n"],
  ["open variables", "${A"],
  ["coding", "#coding: "],
  ["line separators", "\u2028"],
  ["table headers", "[[package]]\n"],
  ["dotted keys", "a."],
];

describe("a megabyte on one line, or a quarter of it on many", () => {
  it.each(LONG)("of %s is read without throwing", (_, piece) => {
    const content = piece.repeat(MEGABYTE / piece.length / (piece.endsWith("\n") ? 4 : 1));
    for (const start of ["", "x==", "x @ ", "a = "]) {
      expect(() =>
        readTree({ "requirements.txt": `${start}${content}!`, "uv.lock": `${start}${content}!`, "setup.cfg": content }),
      ).not.toThrow();
    }
    expect(() => readTree({ "Pipfile.lock": `{"default": {"x": ${JSON.stringify(content)}}}` })).not.toThrow();
  });

  it.each([
    ["uv.lock", `version = 1\nx = ${"[".repeat(200_000)}${"]".repeat(200_000)}`],
    ["poetry.lock", `x = ${"{a=".repeat(200_000)}1${"}".repeat(200_000)}`],
    ["Pipfile.lock", `{"_meta": {}, "default": ${'{"x":'.repeat(200_000)}1${"}".repeat(200_000)}}`],
    ["pyproject.toml", `[${"a.".repeat(200_000)}a]`],
  ])("nested deeply, %s is read without throwing", (path, content) => {
    expect(() => readTree({ [path]: content })).not.toThrow();
  });

  it("yields the pin that follows it", () => {
    expect(readTree({ "requirements.txt": `${" ".repeat(MEGABYTE)}# ${"x".repeat(MEGABYTE)}\ndjango==2.2.0` }).pins.map(shown)).toEqual([
      "django==2.2.0 2",
    ]);
  });
});
