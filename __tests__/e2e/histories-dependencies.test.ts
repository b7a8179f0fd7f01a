// What a change does to pinned packages, told in real commits: the built command line, real Safety, real Trivy. Each story that takes a manifest away has
// packages of its own, because a package may move from any manifest that is gone to any that is added.

import { beforeAll, describe, expect, it } from "vitest";
import { type ChangeScan, findingsBelow, repositoryOfStories, type Story, scanChange } from "../support/stories.ts";

const lines = (...text: string[]) => `${text.join("\n")}\n`;

const poetryLock = (...packages: (readonly [string, string])[]) =>
  packages
    .map(([name, version]) =>
      lines("[[package]]", `name = "${name}"`, `version = "${version}"`, 'python-versions = "*"', 'groups = ["main"]', "files = []", ""),
    )
    .join("") + lines("[metadata]", 'lock-version = "2.1"', 'python-versions = "*"', 'content-hash = "0"');

const uvLock = (...packages: (readonly [string, string])[]) =>
  lines("version = 1", "") +
  packages
    .map(([name, version]) =>
      lines(
        "[[package]]",
        `name = "${name}"`,
        `version = "${version}"`,
        'source = { registry = "https://packages.example.com/simple" }',
        "",
      ),
    )
    .join("");

const pylock = (...packages: (readonly [string, string])[]) =>
  lines('lock-version = "1.0"', 'created-by = "uv"', "") +
  packages.map(([name, version]) => lines("[[packages]]", `name = "${name}"`, `version = "${version}"`, "")).join("");

const pipfileLock = (indent: number, packages: Readonly<Record<string, string>>) =>
  JSON.stringify(
    {
      _meta: { hash: { sha256: "0" }, "pipfile-spec": 6, requires: {}, sources: [] },
      default: Object.fromEntries(Object.entries(packages).map(([name, version]) => [name, { version: `==${version}` }])),
      develop: {},
    },
    null,
    indent,
  );

const STORIES: readonly Story[] = [
  {
    folder: "untouched",
    shows: "Advisories of an untouched manifest are unchanged",
    commits: [{ "poetry.lock": poetryLock(["flask", "1.0"]) }],
    findings: ["poetry.lock:3 CVE-2023-30861 unchanged"],
  },
  {
    folder: "added",
    shows: "Advisories of a package that the change adds are new, beside old ones that are unchanged",
    commits: [{ "requirements.txt": "flask==1.0\n" }, { "requirements.txt": "py==1.10.0\nflask==1.0\n" }],
    findings: ["requirements.txt:1 CVE-2022-42969 new", "requirements.txt:2 CVE-2023-30861 unchanged"],
  },
  {
    folder: "upgraded",
    shows: "After an upgrade the advisory that the package is still open to is unchanged, and the repaired one is gone",
    commits: [{ "uv.lock": uvLock(["django", "2.2.3"]) }, { "uv.lock": uvLock(["django", "2.2.4"]) }],
    findings: ["uv.lock:5 CVE-2022-28346 unchanged"],
  },
  {
    folder: "upgraded-into",
    shows: "After an upgrade into an advisory that one is new, and the one that the package was open to before is unchanged",
    commits: [{ "pylock.toml": pylock(["pyyaml", "3.13"]) }, { "pylock.toml": pylock(["pyyaml", "5.1"]) }],
    findings: ["pylock.toml:6 CVE-2020-14343 unchanged", "pylock.toml:6 CVE-2020-1747 new"],
  },
  {
    folder: "downgraded",
    shows: "After a downgrade the advisory that was repaired is new, and the one that never was is unchanged",
    commits: [{ "requirements.txt": "urllib3==1.25.11\n" }, { "requirements.txt": "urllib3==1.23\n" }],
    findings: ["requirements.txt:1 CVE-2019-11324 new", "requirements.txt:1 CVE-2021-33503 unchanged"],
  },
  {
    folder: "moved",
    shows: "Advisories of pins that change places and spelling within a file are unchanged",
    commits: [{ "requirements.txt": "PyYAML==5.1\njinja2==2.10\n" }, { "requirements.txt": "# sorted\njinja2 == 2.10\npyyaml===5.1\n" }],
    findings: [
      "requirements.txt:2 CVE-2019-10906 unchanged",
      "requirements.txt:3 CVE-2020-14343 unchanged",
      "requirements.txt:3 CVE-2020-1747 unchanged",
    ],
  },
  {
    folder: "reformatted",
    shows: "Advisories of a lock file that is indented otherwise are unchanged",
    commits: [
      { "Pipfile.lock": pipfileLock(4, { requests: "2.19.1" }) },
      { "Pipfile.lock": `${pipfileLock(2, { requests: "2.19.1" })}\n` },
    ],
    findings: ["Pipfile.lock:12 CVE-2018-18074 unchanged", "Pipfile.lock:12 CVE-2023-32681 unchanged"],
  },
  {
    folder: "renamed",
    shows: "Advisories of a renamed manifest are unchanged, also where the version changed",
    commits: [
      { "requirements.txt": "six==1.16.0\nwerkzeug==0.15.2\n" },
      { "requirements.txt": null, "requirements/base.txt": "six==1.16.0\nwerkzeug==0.14.1\n" },
    ],
    findings: ["requirements/base.txt:2 CVE-2019-14806 unchanged"],
  },
  {
    folder: "other-format",
    shows: "Advisories of a manifest that gives way to another format are unchanged, and one of a package that was not there is new",
    commits: [
      { "requirements.txt": "pillow==6.2.1\n" },
      { "requirements.txt": null },
      { "poetry.lock": poetryLock(["pillow", "6.2.1"], ["jinja2", "2.10"]) },
    ],
    findings: ["poetry.lock:3 CVE-2020-5313 unchanged", "poetry.lock:10 CVE-2019-10906 new"],
  },
  {
    folder: "other-lock",
    shows: "Advisories of a lock that gives way to another one, with an upgrade into a further advisory, are unchanged but for that one",
    commits: [
      { "Pipfile.lock": pipfileLock(4, { requests: "2.2.1" }) },
      { "Pipfile.lock": null, "uv.lock": uvLock(["requests", "2.3.0"]) },
    ],
    findings: ["uv.lock:5 CVE-2018-18074 unchanged", "uv.lock:5 CVE-2023-32681 new"],
  },
  {
    folder: "copied",
    shows: "Advisories of a copied manifest are new in the copy and unchanged in the original",
    commits: [{ "requirements.txt": "flask==1.0\n" }, { "copy/requirements.txt": "flask==1.0\n" }],
    findings: ["copy/requirements.txt:1 CVE-2023-30861 new", "requirements.txt:1 CVE-2023-30861 unchanged"],
  },
  {
    folder: "double",
    shows: "Of one package at two versions the version that was added has the new advisory",
    commits: [{ "uv.lock": uvLock(["django", "2.2.4"]) }, { "uv.lock": uvLock(["django", "2.2.27"], ["django", "2.2.4"]) }],
    findings: ["uv.lock:5 CVE-2022-28346 new", "uv.lock:10 CVE-2022-28346 unchanged"],
  },
  {
    folder: "fixed",
    shows: "Advisories of a repaired and of a removed package are gone, and those of the others are unchanged",
    commits: [
      { "requirements.txt": "flask==1.0\ndjango==2.2.4\nurllib3==1.26.4\n" },
      { "requirements.txt": "django==2.2.28\nurllib3==1.26.4\n" },
    ],
    findings: ["requirements.txt:2 CVE-2021-33503 unchanged"],
  },
  {
    folder: "included",
    shows: "An advisory of a file that is included now and was there before is new, and that of the including file is unchanged",
    commits: [
      { "requirements.txt": "flask==1.0\n", "deps/more.list": "urllib3==1.26.4\n" },
      { "requirements.txt": "-r deps/more.list\nflask==1.0\n" },
    ],
    findings: ["deps/more.list:1 CVE-2021-33503 new", "requirements.txt:2 CVE-2023-30861 unchanged"],
  },
];

describe("After a change of pinned packages,", () => {
  let scan: ChangeScan;

  beforeAll(async () => {
    scan = await scanChange(repositoryOfStories(STORIES), "base", ["--scanners", "safety, trivy"]);
  });

  it.each(STORIES)("$folder: $shows", ({ folder, findings }) => {
    expect(findingsBelow(scan.report, folder)).toEqual(findings);
  });

  it("the stories leave no gap, both scanners find every advisory, and there is none that the stories do not tell of", () => {
    expect(scan.report.gaps).toEqual([]);
    expect(scan.report.findings.filter(({ scanners }) => scanners.length !== 2)).toEqual([]);
    expect(scan.report.findings).toHaveLength(STORIES.flatMap(({ findings }) => findings).length);
  });
});
