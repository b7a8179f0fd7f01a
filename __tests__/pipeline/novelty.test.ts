import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunId } from "../../src/findings/scanner-id.ts";
import { readManifests } from "../../src/manifests/read-manifests.ts";
import { identityOf, readLines } from "../../src/pipeline/identify.ts";
import { type BaseScan, baseNotices, compareComments, compareFindings } from "../../src/pipeline/novelty.ts";
import { matchOccurrences } from "../../src/pipeline/occurrences.ts";
import type { SourceLines } from "../../src/text/source-lines.ts";
import type { FakeTree } from "../support/fake-history.ts";
import { completedRun, dependencyFinding, secretFinding } from "../support/findings.ts";
import { textsOf } from "../support/source-lines.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";
import { compareToys, type ToyResult, told, toyRun } from "../support/toy-comparison.ts";

const directory = temporaryDirectories();

type Files = Readonly<Record<string, string>>;

function compare(base: FakeTree, work: Files, similar: Files = {}): Promise<ToyResult> {
  return compareToys({ base, work, similar, directory: directory() });
}

async function classified(run: RunId, base: FakeTree, work: Files, similar: Files = {}): Promise<string[]> {
  return told(await compare(base, work, similar), run);
}

/** One kind of finding by line: what it stands in, and what a line of it says. */
const KINDS = [
  { kind: "code", run: "bandit", path: "a.py", bad: "bad B1", rule: "B1", fine: "x = 1" },
  { kind: "secret", run: "trivy", path: "a.env", bad: "token", rule: "github-pat", fine: "x = 1" },
  { kind: "misconfiguration", run: "trivy", path: "Dockerfile", bad: "USER root", rule: "DS-0002", fine: "FROM x" },
] as const;

describe.each(KINDS)("compareFindings on $kind findings", ({ run, path, bad, rule, fine }) => {
  const text = (...lines: string[]) => [fine, ...lines, ""].join("\n");

  it("says new of what was added", async () => {
    expect(await classified(run, { [path]: text() }, { [path]: text(bad) })).toEqual([`${path}:2 ${rule} new`]);
    expect(await classified(run, {}, { [path]: text(bad) })).toEqual([`${path}:2 ${rule} new`]);
  });

  it("says unchanged of what moved within its file", async () => {
    expect(await classified(run, { [path]: text(bad) }, { [path]: text("", "# more", bad) })).toEqual([`${path}:4 ${rule} unchanged`]);
  });

  it("says unchanged of what was only indented", async () => {
    expect(await classified(run, { [path]: text(bad) }, { [path]: text(`    ${bad}`) })).toEqual([`${path}:2 ${rule} unchanged`]);
  });

  it("says unchanged in a file that was renamed, changed or not", async () => {
    const to = `sub/${path}`;
    expect(await classified(run, { [path]: text(bad) }, { [to]: text(bad) })).toEqual([`${to}:2 ${rule} unchanged`]);
    expect(await classified(run, { [path]: text(bad) }, { [to]: text("# more", bad) }, { [to]: path })).toEqual([
      `${to}:3 ${rule} unchanged`,
    ]);
  });

  it("says new of a copy in another file", async () => {
    const to = `sub/${path}`;
    const found = await classified(run, { [path]: text(bad) }, { [path]: text(bad), [to]: text(bad) });
    expect(found).toEqual([`${path}:2 ${rule} unchanged`, `${to}:2 ${rule} new`]);
  });

  it("says new of the second copy, and tells by the neighbours which it is", async () => {
    const base = { [path]: text("# one", bad, "# two") };
    const found = await classified(run, base, { [path]: text("# zero", bad, "# one", bad, "# two") });
    expect(found).toEqual([`${path}:3 ${rule} new`, `${path}:5 ${rule} unchanged`]);
  });

  it("says unchanged of the one that is left when the other was fixed", async () => {
    expect(await classified(run, { [path]: text(bad, "#", bad) }, { [path]: text("#", bad) })).toEqual([`${path}:3 ${rule} unchanged`]);
  });

  it("does not let a fixed finding pay for another one", async () => {
    const found = await classified(run, { [path]: text(bad) }, { [path]: text(`${bad} again`) });
    expect(found).toEqual([`${path}:2 ${rule} new`]);
  });
});

describe("compareFindings on dependencies", () => {
  const file = "requirements.txt";
  const of = (path: string, novelty: string, line = 1) => [`${path}:${line} CVE-1 ${novelty}`, `${path}:${line} CVE-2 ${novelty}`];

  it.each(["safety", "trivy"] as const)("says new of an added package, unchanged of an upgrade that is still open (%s)", async (run) => {
    expect(await classified(run, { [file]: "flask==9\n" }, { [file]: "flask==9\ndjango==1\n" })).toEqual(of(file, "new", 2));
    expect(await classified(run, { [file]: "django==1\n" }, { [file]: "django==2\n" })).toEqual(of(file, "unchanged"));
  });

  it("says new of a package that was not open to the flaw at the base's version", async () => {
    expect(await classified("safety", { [file]: "django==9\n" }, { [file]: "django==2\n" })).toEqual(of(file, "new"));
  });

  it("says unchanged of the same version in a changed manifest, however the name is spelt", async () => {
    expect(await classified("safety", { [file]: "Django==1.0\n" }, { [file]: "# more\ndjango==1.0\n" })).toEqual(
      of(file, "new", 2).map((told) => told.replace("new", "unchanged")),
    );
  });

  it("says new of a second pin, which is the one with the version that the base lacks", async () => {
    const found = await classified("safety", { [file]: "django==1\n" }, { [file]: "django==2\ndjango==1\n" });
    expect(found).toEqual([...of(file, "new"), ...of(file, "unchanged", 2)]);
  });

  it("says new of a package that another manifest has too", async () => {
    const found = await classified("safety", { [file]: "django==1\n" }, { [file]: "django==1\n", "dev-requirements.txt": "django==1\n" });
    expect(found).toEqual([...of("dev-requirements.txt", "new"), ...of(file, "unchanged")]);
  });

  it("says unchanged in a manifest that was moved, or became a lock of another format", async () => {
    const lock = '[[package]]\nname = "django"\nversion = "2"\n';
    expect(await classified("safety", { [file]: "django==1\nflask==9\n" }, { "poetry.lock": lock })).toEqual(
      of("poetry.lock", "unchanged").map((told) => told.replace(":1", ":3")),
    );
  });

  it("counts what was deleted: two added manifests do not share one deleted pin", async () => {
    const found = await classified(
      "safety",
      { [file]: "django==1\n" },
      { "a-requirements.txt": "django==1\n#\n", "b-requirements.txt": "django==1\n##\n" },
    );
    expect(found.filter((told) => told.endsWith("new"))).toHaveLength(2);
    expect(found.filter((told) => told.endsWith("unchanged"))).toHaveLength(2);
  });

  it("counts a pin of the base once, also where Trivy is shown the manifest for another reason", async () => {
    const found = await classified("trivy", { [file]: "django==1\n# token\n" }, { [file]: "django==1\ndjango==2\n# token\n" });
    expect(found).toEqual([...of(file, "unchanged"), ...of(file, "new", 2), `${file}:3 github-pat unchanged`]);
  });

  it("says new in a file that is the same, but that nothing included at the base", async () => {
    const found = await classified(
      "safety",
      { [file]: "", "extra.list": "django==1\n" },
      { [file]: "-r extra.list\n", "extra.list": "django==1\n" },
    );
    expect(found).toEqual(of("extra.list", "new"));
  });
});

describe("compareFindings on a file that was renamed", () => {
  const at = (path: string) => ({ location: { path, startLine: 1, endLine: 1 } });

  it("says new where its old name made nobody look", async () => {
    expect(await classified("bandit", { "a.txt": "bad B1\n" }, { "a.py": "bad B1\n" })).toEqual(["a.py:1 B1 new"]);
    expect(await classified("trivy", { "notes.txt": "USER root\n" }, { Dockerfile: "USER root\n" })).toEqual(["Dockerfile:1 DS-0002 new"]);
    expect(await classified("bandit", { tool: "#!/usr/bin/python\nbad B1\n" }, { "tool.py": "#!/usr/bin/python\nbad B1\n" })).toEqual([
      "tool.py:2 B1 unchanged",
    ]);
  });

  it("says new of a package in a lock file that was none under its old name", async () => {
    const purl = { package: { name: "left-pad", version: "1", purl: "pkg:npm/left-pad@1" } };
    const renamed = (await compare({ "package-lock.json.example": "{}" }, { "package-lock.json": "{}" })).comparison;
    expect(renamed.isUntouched(dependencyFinding({ ...at("package-lock.json"), ...purl }))).toBe(false);
    const installed = (await compare({ "node_modules/x/package-lock.json": "{}" }, { "package-lock.json": "{}" })).comparison;
    expect(installed.isUntouched(dependencyFinding({ ...at("package-lock.json"), ...purl }))).toBe(false);
    const moved = (await compare({ "package-lock.json": "{}" }, { "web/package-lock.json": "{}" })).comparison;
    expect(moved.isUntouched(dependencyFinding({ ...at("web/package-lock.json"), ...purl }))).toBe(true);
  });

  it("says where the base has it, for what was suppressed there", async () => {
    const { compared } = await compare({ "tests/a.py": "bad B1\n" }, { "src/a.py": "bad B1\n" });
    expect([...compared.values()]).toEqual([
      { novelty: "unchanged", movedFrom: { path: "tests/a.py", id: expect.stringMatching(/^[0-9a-f]{20}$/) } },
    ]);
    const edited = await compare({ "tests/a.py": "bad B1\n" }, { "src/a.py": "x\nbad B1\n" }, { "src/a.py": "tests/a.py" });
    expect([...edited.compared.values()]).toEqual([
      { novelty: "unchanged", movedFrom: { path: "tests/a.py", id: expect.stringMatching(/^[0-9a-f]{20}$/) } },
    ]);
    const stayed = await compare({ "a.py": "bad B1\n" }, { "a.py": "bad B1\n" });
    expect([...stayed.compared.values()]).toEqual([{ novelty: "unchanged" }]);
  });

  it("says which id the base gives it, for what was suppressed by that", async () => {
    const before = await compare({}, { "tests/a.py": "bad B1\nbad B2\n" });
    const [first, second] = before.runs.flatMap(({ findings }) => findings.map(({ id }) => id));
    const moved = await compare({ "tests/a.py": "bad B1\nbad B2\n" }, { "src/a.py": "bad B1\nbad B2\n" });
    expect([...moved.compared.values()].map(({ movedFrom }) => movedFrom?.id)).toEqual([first, second]);
    const edited = await compare({ "tests/a.py": "bad B1\nbad B2\n" }, { "src/a.py": "bad B2\n" }, { "src/a.py": "tests/a.py" });
    expect([...edited.compared.values()].map(({ movedFrom }) => movedFrom?.id)).toEqual([second]);
  });

  it("counts its gaps and its comments as new where nobody looked at it", async () => {
    const { comparison } = await compare({ "a.txt": "SYNTAX\n", "b.py": "SYNTAX\n" }, { "a.py": "SYNTAX\n", "b.py": "SYNTAX\n" });
    const gap = (path: string) => ({ run: "bandit" as const, path, reason: "cannot be parsed" });
    expect([comparison.isUnchangedGap(gap("a.py")), comparison.isUnchangedGap(gap("b.py"))]).toEqual([false, true]);
    const moved = (await compare({ "old/c.py": "SYNTAX\n" }, { "new/c.py": "SYNTAX\n" })).comparison;
    expect([moved.isUnchangedGap(gap("new/c.py")), moved.isUnchangedGap({ ...gap("new/c.py"), run: "trivy" })]).toEqual([true, false]);
  });
});

describe("a copy above an old mistake", () => {
  it("is the new one, and the old one keeps the id that it has at the base", async () => {
    const before = await compare({}, { "a.py": "y\nbad B1\nz\n" });
    const after = await compare({ "a.py": "y\nbad B1\nz\n" }, { "a.py": "x\nbad B1\nx\ny\nbad B1\nz\n" });
    expect(told(after, "bandit")).toEqual(["a.py:2 B1 new", "a.py:5 B1 unchanged"]);
    const idAt = (result: ToyResult, line: number) =>
      result.runs.flatMap(({ findings }) => findings).find(({ location }) => location.startLine === line)?.id;
    expect(idAt(after, 5)).toBe(idAt(before, 2));
    expect(idAt(after, 2)).not.toBe(idAt(before, 2));
  });
});

describe("compareFindings where more than one file matters", () => {
  const chart = { "c/Chart.yaml": "name: c\n", "c/templates/a.yaml": "kind: Pod\nprivileged\n" };

  it("says new in a template that is the same, when a value brought the finding", async () => {
    const found = await classified(
      "trivy",
      { ...chart, "c/values.yaml": "privileged: false\n" },
      { ...chart, "c/values.yaml": "privileged: true\n" },
    );
    expect(found).toEqual(["c/templates/a.yaml:2 DS-0002 new"]);
  });

  it("says unchanged in a chart that is rendered as before", async () => {
    const found = await classified(
      "trivy",
      { ...chart, "c/values.yaml": "privileged: true\n" },
      { ...chart, "c/values.yaml": "privileged: true\nx: 1\n" },
    );
    expect(found).toEqual(["c/templates/a.yaml:2 DS-0002 unchanged"]);
  });

  it("says new of everything in an image", async () => {
    const { comparison } = await compare({ a: "1" }, { a: "1" });
    expect(comparison.isUntouched(secretFinding({ run: "trivy-image", location: { path: "a", startLine: 1, endLine: 1 } }))).toBe(false);
    expect(comparison.isUntouched(secretFinding({ location: { path: "a", startLine: 1, endLine: 1 } }))).toBe(true);
  });
});

describe("baseNotices", () => {
  it("says that findings count as new because the base's file could not be read", async () => {
    const result = await compare({ "a.py": "SYNTAX\nbad B1\n" }, { "a.py": "bad B1\n" });
    expect(told(result, "bandit")).toEqual(["a.py:1 B1 new"]);
    expect(baseNotices(result.scans, result.comparison)).toEqual([
      { path: "a.py", message: "its findings may count as new, for it could not be looked at as it was in the base: cannot be parsed" },
    ]);
  });

  it("says which pin of the base was not taken up", async () => {
    const result = await compare({ "requirements.txt": "django==0.0\n" }, { "requirements.txt": "django==1\n" });
    expect(baseNotices(result.scans, result.comparison).map(({ path }) => path)).toEqual(["requirements.txt", "requirements.txt"]);
  });

  it("is silent when everything could be looked at", async () => {
    const result = await compare({ "a.py": "bad B1\n" }, { "a.py": "bad B1\nbad B2\n" });
    expect(baseNotices(result.scans, result.comparison)).toEqual([]);
  });
});

describe("compareComments", () => {
  async function comments(base: FakeTree, work: Files): Promise<string[]> {
    const { runs, scans, comparison } = await compare(base, work);
    return compareComments(runs, scans, comparison).map(({ path, line, novelty }) => `${path}:${line} ${novelty}`);
  }

  it("says unchanged of a comment that moved, new of a second one and of one on another line of code", async () => {
    const found = await comments({ "a.py": "x()  # nosec\n" }, { "a.py": "#\n  x()  # nosec\nx()  # nosec\ny()  # nosec\n" });
    expect(found).toEqual(["a.py:2 unchanged", "a.py:3 new", "a.py:4 new"]);
  });

  it("says new in a file that was renamed from what nobody took for Python", async () => {
    expect(await comments({ "a.txt": "x()  # nosec\n" }, { "a.py": "x()  # nosec\n" })).toEqual(["a.py:1 new"]);
    expect(await comments({ "b.py": "x()  # nosec\n" }, { "a.py": "x()  # nosec\n" })).toEqual(["a.py:1 unchanged"]);
  });

  it("says unchanged in a file that is the same, new in one that was added", async () => {
    const old = { "a.py": "x()  # nosec\n" };
    expect(await comments(old, { ...old, "b.py": "x()  # nosec\n" })).toEqual(["a.py:1 unchanged", "b.py:1 new"]);
  });
});

describe("isUnchangedGap and isUnchangedUnpinned", () => {
  it("says unchanged of a gap in a file that is the same, not in one that differs, nor of one without a file", async () => {
    const { comparison } = await compare({ a: "1", b: "1", "trivy-db": "1" }, { a: "1", b: "2", "trivy-db": "1" });
    const gaps = ["a", "b", ".", "gone", "trivy-db"].map((path) => comparison.isUnchangedGap({ path, reason: "r" }));
    expect(gaps).toEqual([true, false, false, false, false]);
    expect(comparison.isUnchangedGap({ path: "a", reason: "r", run: "trivy-image" })).toBe(false);
  });

  it("counts the gap of an include whose file the change deleted, and not that of one that was missing before", async () => {
    const file = { "requirements.txt": "-r extra.list\n" };
    const deleted = await compare({ ...file, "extra.list": "a==1\n" }, file);
    const missing = await compare(file, file);
    const verdict = ({ comparison }: ToyResult) => comparison.manifests.gaps.map(comparison.isUnchangedGap);
    expect([verdict(deleted), verdict(missing)]).toEqual([[false], [true]]);
  });

  it("counts the gap of a chart when any of its files differs", async () => {
    const chart = { "c/Chart.yaml": "name: c\n", "c/templates/a.yaml": "kind: Pod\n" };
    const gap = { path: "c/Chart.yaml", reason: "Trivy could not render the chart", run: "trivy" } as const;
    const touched = await compare({ ...chart, "c/values.yaml": "1" }, chart);
    const same = await compare(chart, chart);
    expect([touched.comparison.isUnchangedGap(gap), same.comparison.isUnchangedGap(gap)]).toEqual([false, true]);
  });

  it("tells unpinned requirements of a manifest that is the same from those of one that differs", async () => {
    const result = await compare(
      { "requirements.txt": "a\n", "dev-requirements.txt": "a\n" },
      { "requirements.txt": "a\n", "dev-requirements.txt": "a\nb\n" },
    );
    const { manifests, isUnchangedUnpinned } = result.comparison;
    expect(manifests.unpinned.map((notice) => [notice.path, isUnchangedUnpinned(notice)])).toEqual([
      ["dev-requirements.txt", false],
      ["requirements.txt", true],
    ]);
  });
});

describe("matchOccurrences", () => {
  it("never says unchanged of more than the base has", () => {
    const at = (surroundings: string) => ({ key: "k", surroundings });
    expect(matchOccurrences([at("a"), at("b"), at("c")], [at("c"), at("d")])).toEqual([1, null, 0]);
    expect(matchOccurrences([at("a")], [])).toEqual([null]);
  });
});

describe("the comparison with part of the base", () => {
  const line = fc.constantFrom("bad B1", "  bad B1", "bad B2", "token", "USER root", "x", "", "x()  # nosec");
  const content = fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n"));
  const pins = fc.array(fc.constantFrom("django==1", "django==2", "django==9", "flask==1", "flask==9", "# x"), { maxLength: 4 });
  const tree = fc
    .tuple(
      fc.dictionary(fc.constantFrom("a.py", "b.py", "c.py", "x/Dockerfile", "Dockerfile", "n.txt"), content, { maxKeys: 5 }),
      fc.dictionary(
        fc.constantFrom("requirements.txt", "r/requirements.txt", "dev-requirements.txt"),
        pins.map((lines) => lines.join("\n")),
        { maxKeys: 3 },
      ),
    )
    .map(([files, manifests]): Files => ({ ...files, ...manifests }));

  /** The same question answered without a plan: everything of the base is scanned and every finding compared. */
  function withWholeBase({ runs, comparison }: ToyResult, base: Files): Map<string, string> {
    const { change } = comparison;
    const text = (path: string) => base[path];
    const files = Object.keys(base).sort();
    const dockerfiles = files.filter((path) => path.endsWith("Dockerfile"));
    const { pins } = readManifests({ files, text, exists: (path) => (path in base ? "file" : "missing") });
    const python = files.filter((path) => path.endsWith(".py"));
    const target = { files, python, pins, infrastructure: [], possibleInfrastructure: dockerfiles, text };
    const novelty = new Map<string, string>();
    for (const run of runs) {
      const before = toyRun(run.run, target).run.findings;
      const occurrence = (finding: (typeof before)[number], path: string, lines: SourceLines) => {
        const { startLine } = finding.location;
        const texts = textsOf(lines);
        const around = [texts.slice(0, startLine - 1).reverse(), texts.slice(startLine)].map(
          (side) => side.map((text) => text.replace(/\s/g, "")).find((text) => text !== "") ?? "",
        );
        const surroundings = finding.kind === "dependency" ? finding.package.version : JSON.stringify(around);
        return { key: identityOf(finding, path, lines), surroundings };
      };
      const head = run.findings.map((finding) => {
        const { path } = finding.location;
        const basePath = change.counterpart(path)?.path ?? (finding.kind === "dependency" ? "moved" : `none: ${path}`);
        return occurrence(finding, basePath, readLines(run.run, comparison.workspace.text)(path));
      });
      const old = before.map((finding) => {
        const { path } = finding.location;
        const isMoved = finding.kind === "dependency" && change.headPath(path) === null;
        return occurrence(finding, isMoved ? "moved" : path, readLines(run.run, text)(path));
      });
      const compared = matchOccurrences(head, old);
      for (const [index, { id }] of run.findings.entries()) novelty.set(id, compared[index] == null ? "new" : "unchanged");
    }
    return novelty;
  }

  it("says of every finding what a comparison with the whole base says", async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, fc.boolean(), async (base, changes, isBuiltOn) => {
        const work = isBuiltOn ? { ...base, ...changes } : changes;
        const result = await compare(base, work);
        expect([...result.novelty].sort()).toEqual([...withWholeBase(result, base)].sort());
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("is not the same when the base's scan lacks a finding", async () => {
    const base = { "a.py": "bad B1\n" };
    const result = await compare(base, { "a.py": "bad B1\nbad B2\n" });
    const empty: readonly BaseScan[] = result.scans.map((scan) => ({ ...scan, run: completedRun("bandit") }));
    const found = compareFindings(result.runs, empty, result.comparison).compared;
    expect([...found.values()]).toEqual([{ novelty: "new" }, { novelty: "new" }]);
    expect([...withWholeBase(result, base).values()]).toEqual(["unchanged", "new"]);
  });
});
