import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pythonSources, startsPython } from "../../src/pipeline/python-sources.ts";
import { fuzz } from "../support/fuzz.ts";

describe("startsPython", () => {
  it.each([
    "#!/usr/bin/env python3",
    "#!/usr/bin/env python3\nimport os",
    "#!/usr/bin/env python3\r\nimport os",
    "#!/usr/bin/python",
    "#!/usr/bin/python -u",
    "#! /usr/bin/python2.7",
    "#!python3",
    "#!/opt/venv/bin/python3.13t -I",
    "#!/usr/bin/pypy3",
    "#!/usr/bin/env -S python3 -u",
    "#! /usr/bin/env -S python3",
    "#!/usr/bin/env -Spython3 -u",
    "#!/usr/bin/env --split-string=python3 -u",
    "#!/usr/bin/env -u HOME PYTHONPATH= python3",
    "#!/usr/bin/env -S uv run --script",
    "#!/usr/bin/env -S pipx run",
    "#!/usr/bin/env\tpython3",
  ])("accepts %j", (text) => {
    expect(startsPython(text)).toBe(true);
  });

  it.each([
    "",
    "#!",
    "#!/bin/sh",
    "#!/bin/sh python3",
    "#!/usr/bin/env bash",
    "#!/usr/bin/env -S uv pip",
    "#!/usr/bin/python-config",
    "#!/usr/bin/env pythonista",
    "# python3",
    " #!/usr/bin/python3",
    "\uFEFF#!/usr/bin/python3",
    "import os\n#!/usr/bin/python3",
    "#!/bin/sh\n#!/usr/bin/python3",
  ])("refuses %j", (text) => {
    expect(startsPython(text)).toBe(false);
  });

  it("reads the first line only", () => {
    fuzz(fc.property(fc.string({ unit: "grapheme-ascii" }), (rest) => startsPython(`#!/bin/sh\n${rest}`) === false));
  });
});

describe("pythonSources", () => {
  const contents: Record<string, string> = {
    script: "#!/usr/bin/env python3\n",
    ".hook": "#!/usr/bin/python3\n",
    "shell.sh": "#!/usr/bin/env python3\n",
    readme: "text",
  };
  const head = (path: string, count: number) => (contents[path] === undefined ? undefined : Buffer.from(contents[path].slice(0, count)));

  it("takes files by their extension, and those without one by their first line", () => {
    const files = [
      ".hook",
      ".py",
      ".pyc",
      "a.py",
      "b.pyw",
      "c.pyi",
      "d.PY",
      "dir/.py",
      "dir/.pyw",
      "e.py.txt",
      "missing",
      "readme",
      "script",
      "shell.sh",
    ];

    expect(pythonSources(files, head)).toEqual([".hook", ".py", "a.py", "b.pyw", "dir/.py", "dir/.pyw", "script"]);
  });

  it("opens no file that has an extension", () => {
    const opened: string[] = [];
    pythonSources(["a.py", "b.txt", "dir.d/c"], (path) => {
      opened.push(path);
      return undefined;
    });

    expect(opened).toEqual(["dir.d/c"]);
  });

  it("looks for the first line in the first 256 bytes", () => {
    const asked: number[] = [];
    pythonSources(["a"], (_path, count) => {
      asked.push(count);
      return undefined;
    });

    expect(asked).toEqual([256]);
  });
});
