// Every format's pins stand at the lines that pin them: in manifests that the real tools wrote, each pin's lines hold its name or version.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTree, shown } from "./tree.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "manifests");

function linesOfPins(path: string): string[][] {
  const text = readFileSync(join(FIXTURES, path), "utf8");
  const lines = text.split("\n");
  return readTree({ [path]: text }).pins.map((pin) => [pin.name, pin.version, lines.slice(pin.startLine - 1, pin.endLine).join("\n")]);
}

describe("the lines of a pin", () => {
  it.each(["poetry/poetry.lock", "uv/uv.lock"])("are the one with its version in %s, right below its name", (path) => {
    const lines = readFileSync(join(FIXTURES, path), "utf8").split("\n");
    const pins = readTree({ [path]: lines.join("\n") }).pins;
    expect(pins).toHaveLength(21);
    for (const { name, version, startLine, endLine } of pins) {
      expect(endLine).toBe(startLine);
      expect(lines.slice(startLine - 2, startLine)).toEqual([`name = "${name}"`, `version = "${version}"`]);
    }
  });

  it("are the one with its version in each category of Pipfile.lock", () => {
    const found = linesOfPins("pipenv/Pipfile.lock");
    expect(found.map(([name]) => name)).toEqual(expect.arrayContaining(["flask", "pytest"]));
    for (const [, version, text] of found) expect(text?.trim()).toBe(`"version": "==${version}"`);
  });

  it.each(["pip-compile/requirements.txt", "pip-compile/requirements-line.txt", "uv-pip-compile/requirements.txt"])(
    "are one line of %s",
    (path) => {
      for (const [name, version, text] of linesOfPins(path))
        expect(text?.replace(/\[[a-z]+\]/, "")).toMatch(new RegExp(`^${name}==${version}(?: |$)`));
    },
  );

  it.each(["pip-compile/requirements-hashed.txt", "uv-pip-compile/requirements-hashed.txt", "uv/requirements.txt"])(
    "are the requirement and its hashes in %s",
    (path) => {
      for (const [name, version, text] of linesOfPins(path)) {
        const [first, ...hashes] = text?.split("\n") ?? [];
        expect(first?.replace(/\[[a-z]+\]/, "").startsWith(`${name}==${version} `)).toBe(true);
        expect(hashes.map((hash) => hash.trim().slice(0, 14))).toEqual(["--hash=sha256:"]);
      }
    },
  );

  it("are those of the included file, whatever stands around the requirement", () => {
    const tree = {
      "requirements.txt": "-r deps/base.txt\n-c constraints.txt\n",
      "deps/base.txt": '# base\n\nrequests[security]==2.20.0 ; python_version >= "3"\nflask \\\n  == 2.2.0 \\\n  --hash=sha256:ab\n',
      "constraints.txt": "\nurllib3==1.24\n",
    };
    expect(readTree(tree).pins.map((pin) => `${pin.path} ${shown(pin)}`)).toEqual([
      "constraints.txt urllib3==1.24 2",
      "deps/base.txt requests==2.20.0 3",
      "deps/base.txt flask==2.2.0 4-6",
    ]);
  });

  it("are the one with its version in pylock.toml, in whatever order the keys stand", () => {
    const lock =
      'lock-version = "1.0"\n[[packages]]\nversion = "1"\nname = "a"\n[[packages]]\nname = "b"\nmarker = "python_version < \'3\'"\nversion = "2"\n';
    expect(readTree({ "pylock.toml": lock }).pins.map(shown)).toEqual(["a==1 3", "b==2 8"]);
  });
});
