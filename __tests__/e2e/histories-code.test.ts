// What a change does to findings in code, told in real commits: the built command line and real Bandit.

import { beforeAll, describe, expect, it } from "vitest";
import { type ChangeScan, filler, findingsBelow, repositoryOfStories, type Story, scanChange } from "../support/stories.ts";

const lines = (...text: string[]) => `${text.join("\n")}\n`;

const STORIES: readonly Story[] = [
  {
    folder: "untouched",
    shows: "A finding in a file that the change leaves alone is unchanged",
    commits: [{ "a.py": "eval(untouched)\n" }],
    findings: ["a.py:1 B307 unchanged"],
  },
  {
    folder: "added",
    shows: "A finding that the change adds is new, beside an old one that is unchanged",
    commits: [{ "a.py": "eval(old)\n" }, { "a.py": "eval(old)\nexec(added)\n" }],
    findings: ["a.py:1 B307 unchanged", "a.py:2 B102 new"],
  },
  {
    folder: "added-file",
    shows: "A finding in a file that the change adds is new",
    commits: [{}, { "a.py": "eval(added)\n" }],
    findings: ["a.py:1 B307 new"],
  },
  {
    folder: "moved",
    shows: "A finding that moves within its file is unchanged",
    commits: [{ "a.py": lines("eval(moved)", "one = 1", "two = 2") }, { "a.py": lines("one = 1", "two = 2", "three = 3", "eval(moved)") }],
    findings: ["a.py:4 B307 unchanged"],
  },
  {
    folder: "edited",
    shows: "A finding whose statement says something else is new",
    commits: [{ "a.py": "eval(before)\n" }, { "a.py": "eval(after)\n" }],
    findings: ["a.py:1 B307 new"],
  },
  {
    folder: "renamed",
    shows: "A finding in a renamed file is unchanged",
    commits: [{ "a.py": "eval(renamed)\n" }, { "a.py": null, "deep/b.py": "eval(renamed)\n" }],
    findings: ["deep/b.py:1 B307 unchanged"],
  },
  {
    folder: "renamed-edited",
    shows: "A finding in a file that is renamed and edited is unchanged, and what the edit adds is new",
    commits: [
      { "a.py": `eval(edited)\n${filler("edited")}` },
      { "a.py": null, "b.py": `eval(edited)\n${filler("edited")}` },
      { "b.py": `import os\neval(edited)\n${filler("edited")}exec(added)\n` },
    ],
    findings: ["b.py:2 B307 unchanged", "b.py:15 B102 new"],
  },
  {
    folder: "renamed-twice",
    shows: "A finding in a file that is renamed twice, to a name with spaces and other letters, is unchanged",
    commits: [
      { "a.py": `eval(twice)\n${filler("twice")}` },
      { "a.py": null, "b.py": `eval(twice)\n${filler("twice")}` },
      { "b.py": null, "größer als b.py": `eval(twice)\n${filler("twice")}` },
    ],
    findings: ["größer als b.py:1 B307 unchanged"],
  },
  {
    folder: "case",
    shows: "A finding in a file whose name changes in upper case only is unchanged",
    commits: [{ "shop.py": "eval(letters)\n" }, { "shop.py": null, "Shop.py": "eval(letters)\n" }],
    findings: ["Shop.py:1 B307 unchanged"],
  },
  {
    folder: "text",
    shows: "A finding in a text file that becomes Python is new, for nobody looked at it before",
    commits: [{ "notes.txt": "eval(notes)\n" }, { "notes.txt": null, "notes.py": "eval(notes)\n" }],
    findings: ["notes.py:1 B307 new"],
  },
  {
    folder: "script",
    shows: "A finding in a script that gets the ending of a module is unchanged, for it was looked at before",
    commits: [
      { nightly: "#!/usr/bin/env python3\neval(nightly)\n" },
      { nightly: null, "nightly.py": "#!/usr/bin/env python3\neval(nightly)\n" },
    ],
    findings: ["nightly.py:2 B307 unchanged"],
  },
  {
    folder: "double-above",
    shows: "Of a finding and its double above it the double is new, as the lines around them tell",
    commits: [
      { "a.py": lines("first = 1", "eval(double)", "second = 2") },
      { "a.py": lines("zero = 0", "eval(double)", "half = 0", "first = 1", "eval(double)", "second = 2") },
    ],
    findings: ["a.py:2 B307 new", "a.py:5 B307 unchanged"],
  },
  {
    folder: "double-below",
    shows: "Of a finding and its double below it the double is new, as the lines around them tell",
    commits: [
      { "a.py": lines("first = 1", "eval(twin)", "second = 2") },
      { "a.py": lines("first = 1", "eval(twin)", "second = 2", "eval(twin)", "third = 3") },
    ],
    findings: ["a.py:2 B307 unchanged", "a.py:4 B307 new"],
  },
  {
    folder: "double-beside",
    shows: "Of two equal findings between equal lines exactly one is new",
    commits: [{ "a.py": lines("eval(same)") }, { "a.py": lines("eval(same)", "eval(same)") }],
    findings: ["a.py:1 B307 unchanged", "a.py:2 B307 new"],
  },
  {
    folder: "double-fixed",
    shows: "Of two equal findings one is fixed, and the one that stays is unchanged",
    commits: [{ "a.py": lines("eval(pair)", "one = 1", "eval(pair)") }, { "a.py": lines("one = 1", "eval(pair)") }],
    findings: ["a.py:2 B307 unchanged"],
  },
  {
    folder: "copied",
    shows: "All findings of a copied file are new in the copy and unchanged in the original",
    commits: [{ "a.py": "eval(one)\nexec(two)\n" }, { "b.py": "eval(one)\nexec(two)\n" }],
    findings: ["a.py:1 B307 unchanged", "a.py:2 B102 unchanged", "b.py:1 B307 new", "b.py:2 B102 new"],
  },
  {
    folder: "split",
    shows: "Of two copies that take the place of a file one has its old findings and the other new ones",
    commits: [{ "a.py": "eval(split)\n" }, { "a.py": null, "b.py": "eval(split)\n", "c.py": "eval(split)\n" }],
    findings: ["b.py:1 B307 unchanged", "c.py:1 B307 new"],
  },
  {
    folder: "carried",
    shows: "A finding carried to another file that was there before is new",
    commits: [
      { "a.py": "one = 1\neval(carried)\n", "b.py": "two = 2\n" },
      { "a.py": "one = 1\n", "b.py": "two = 2\neval(carried)\n" },
    ],
    findings: ["b.py:2 B307 new"],
  },
  {
    folder: "fixed",
    shows: "A finding that is fixed is gone, and the other of its file is unchanged",
    commits: [{ "a.py": "eval(fixed)\nexec(stays)\n" }, { "a.py": "exec(stays)\n" }],
    findings: ["a.py:1 B102 unchanged"],
  },
  {
    folder: "indented",
    shows: "Findings that are indented, one of them over several lines, are unchanged",
    commits: [
      { "a.py": lines("eval(indented)", "subprocess.call(", "    command, shell=True", ")") },
      { "a.py": lines("def run():", "    eval(indented)", "    subprocess.call(", "        command, shell=True", "    )") },
    ],
    findings: ["a.py:2 B307 unchanged", "a.py:4 B602 unchanged"],
  },
  {
    folder: "line-ends",
    shows: "A finding in a file whose line ends change is unchanged",
    commits: [{ "a.py": "one = 1\neval(ends)\n" }, { "a.py": "one = 1\r\neval(ends)\r\n" }],
    findings: ["a.py:2 B307 unchanged"],
  },
  {
    folder: "back",
    shows: "A finding in a file that is removed and comes back is unchanged",
    commits: [{ "a.py": "eval(back)\n" }, { "a.py": null }, { "a.py": "eval(back)\n" }],
    findings: ["a.py:1 B307 unchanged"],
  },
  {
    folder: "repaired",
    shows: "Findings of a file that could not be parsed before are new",
    commits: [{ "a.py": "eval(repaired)\ndef (:\n" }, { "a.py": "eval(repaired)\n" }],
    findings: ["a.py:1 B307 new"],
  },
];

describe("After a change of code,", () => {
  let scan: ChangeScan;

  beforeAll(async () => {
    scan = await scanChange(repositoryOfStories(STORIES), "base", ["--scanners", "bandit"]);
  });

  it.each(STORIES)("$folder: $shows", ({ folder, findings }) => {
    expect(findingsBelow(scan.report, folder)).toEqual(findings);
  });

  it("the stories leave no gap and no finding that they do not tell of", () => {
    expect(scan.report.gaps).toEqual([]);
    expect(scan.report.findings).toHaveLength(STORIES.flatMap(({ findings }) => findings).length);
  });

  it("the report says why the findings of the repaired file count as new, and says it of no other file", () => {
    expect(scan.report.notices.map(({ path, message }) => [path, message])).toEqual([
      [
        "repaired/a.py",
        expect.stringMatching(/may count as new, for it could not be looked at as it was in the base: Bandit cannot parse/u),
      ],
    ]);
  });
});
