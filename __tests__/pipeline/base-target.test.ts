import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeChange } from "../../src/pipeline/change.ts";
import { materialiseBase } from "../../src/pipeline/materialise-base.ts";
import { type FakeTree, fakeHistory, fakeWorkTree } from "../support/fake-history.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";
import { compareToys } from "../support/toy-comparison.ts";

const directory = temporaryDirectories();

/** What each run must look at, as `files | pins`. */
async function plan(base: FakeTree, work: Readonly<Record<string, string>>, similar: Readonly<Record<string, string>> = {}) {
  const { needs } = await compareToys({ base, work, similar, directory: directory() });
  const entries = [...needs].map(([run, { files, pins }]) => {
    return [run, [...files, ...pins.map(({ path, name, version }) => `${path}: ${name}==${version}`)]] as const;
  });
  return Object.fromEntries(entries);
}

const OLD = {
  "a.py": "bad B1\n",
  "b.py": "bad B1\n",
  ".env": "token\n",
  Dockerfile: "FROM x\nUSER root\n",
  "requirements.txt": "django==1\n",
};

describe("planBase", () => {
  it("asks for nothing when nothing differs", async () => {
    expect(await plan(OLD, OLD)).toEqual({});
  });

  it("asks Bandit alone for the one Python file that differs", async () => {
    expect(await plan(OLD, { ...OLD, "a.py": "bad B1\nbad B2\n" })).toEqual({ bandit: ["a.py"] });
  });

  it("asks for nothing in a file without findings, nor in one that was added", async () => {
    expect(await plan(OLD, { ...OLD, "a.py": "x\n", "new.py": "bad B1\n", "new.env": "token\n" })).toEqual({});
  });

  it("asks for nothing in a file that was only renamed, and for the old path of one that was changed too", async () => {
    const { "a.py": a, "b.py": _, ...rest } = OLD;
    expect(await plan({ ...rest, "a.py": a }, { ...rest, "c.py": a })).toEqual({});
    expect(await plan({ ...rest, "a.py": a }, { ...rest, "c.py": `${a}#` }, { "c.py": "a.py" })).toEqual({ bandit: ["a.py"] });
  });

  it("asks Trivy alone for a differing file with a secret or a misconfiguration", async () => {
    const work = { ...OLD, ".env": "token\nx\n", Dockerfile: "FROM y\nUSER root\n" };
    expect(await plan(OLD, work)).toEqual({ trivy: [".env", "Dockerfile"] });
  });

  it("asks Bandit for a differing file with a comment that suppresses, though it has no finding", async () => {
    expect(await plan(OLD, { ...OLD, "a.py": "x()  # nosec\n" })).toEqual({ bandit: ["a.py"] });
  });

  it("looks up the other version of a package that is vulnerable now, and no other package", async () => {
    const base = { "requirements.txt": "django==1\nflask==1\n" };
    const pins = ["requirements.txt: django==1"];
    expect(await plan(base, { "requirements.txt": "django==2\nflask==9\n" })).toEqual({ safety: pins, trivy: pins });
  });

  it("looks up nothing for the same version, for one that the head pins elsewhere, or where nothing is vulnerable", async () => {
    expect(await plan(OLD, { ...OLD, "requirements.txt": "# x\ndjango==1.0\n" })).toEqual({});
    const other = { "other/requirements.txt": "django==1\n" };
    expect(await plan({ ...OLD, ...other }, { ...OLD, ...other, "requirements.txt": "django==2\n" })).toEqual({});
    expect(await plan(OLD, { ...OLD, "requirements.txt": "django==9\n" })).toEqual({});
  });

  it("looks up the pins of a deleted manifest for an added one, and of none that is still there", async () => {
    const work = { "poetry.lock": '[[package]]\nname = "django"\nversion = "2"\n' };
    const pins = ["requirements.txt: django==1"];
    expect(await plan({ "requirements.txt": "django==1\n" }, work)).toEqual({ safety: pins, trivy: pins });
    expect(await plan({ "requirements.txt": "django==1\n" }, { ...work, "requirements.txt": "django==1\n" })).toEqual({});
  });

  it("asks for a whole chart when any of its files differs, and for none of another chart", async () => {
    const chart = (name: string) => ({
      [`${name}/Chart.yaml`]: `name: ${name}\n`,
      [`${name}/templates/a.yaml`]: `#${name}\nkind: Pod\nprivileged\n`,
    });
    const values = "privileged: true\n";
    const base = { ...chart("c"), ...chart("d"), "c/values.yaml": values, "d/values.yaml": values, "c/notes.md": "1" };
    const needs = await plan(base, { ...base, "c/values.yaml": `${values}x: 1\n` });
    expect(needs).toEqual({ trivy: ["c/Chart.yaml", "c/notes.md", "c/templates/a.yaml", "c/values.yaml"] });
  });
});

describe("materialiseBase", () => {
  async function materialise(base: FakeTree, work: Readonly<Record<string, string>>, files: readonly string[]) {
    const tree = fakeWorkTree(work);
    const history = fakeHistory({ base, head: work });
    const change = await describeChange({ history, base: "base", head: "head", files: tree.files, tree, wasInScan: () => true });
    const target = join(directory(), "base");
    const targets = await materialiseBase({ needs: new Map([["bandit", { files, pins: [] }]]), change, history, tree, directory: target });
    return { target, history, scan: targets.get("bandit") };
  }

  it("writes the base's content under the base's names, as private plain files", async () => {
    const { target, scan } = await materialise({ "a/b.py": "old\n" }, { "a/b.py": "new\n" }, ["a/b.py"]);
    expect(readFileSync(join(target, "a/b.py"), "utf8")).toBe("old\n");
    expect(lstatSync(join(target, "a/b.py")).isFile()).toBe(true);
    if (process.platform !== "win32") expect(lstatSync(join(target, "a/b.py")).mode & 0o777).toBe(0o600);
    expect([scan?.root, scan?.python, scan?.text("a/b.py"), scan?.size("a/b.py")]).toEqual([target, ["a/b.py"], "old\n", 4]);
  });

  it("takes a file that is the same from the work tree, without asking the history", async () => {
    const { target, history } = await materialise({ "a.py": "1", "b.py": "1" }, { "c.py": "1", "b.py": "2" }, ["a.py", "b.py"]);
    expect(readFileSync(join(target, "a.py"), "utf8")).toBe("1");
    expect(history.reads).toHaveLength(1);
  });

  it.each(["../x.py", "a/../../x.py", "/x.py", ".git/hooks/x", "a/.GIT/x", "a//x", "..\\x.py", "C:x.py", "x\0.py"])(
    "refuses the name %j and writes nothing",
    async (path) => {
      const attempt = materialise({ [path]: "1", "a.py": "1" }, { "a.py": "2" }, ["a.py", path]);
      await expect(attempt).rejects.toMatchObject({ code: "base-unavailable" });
    },
  );

  it("refuses a file that stands where another one needs a folder", async () => {
    const attempt = materialise({ a: "1", "a/b": "1" }, {}, ["a", "a/b"]);
    await expect(attempt).rejects.toMatchObject({ code: "base-unavailable" });
  });

  it("writes nothing outside of its directory", async () => {
    const parent = directory();
    const history = fakeHistory({ base: { "../x.py": "1" }, head: {} });
    const tree = fakeWorkTree({});
    const change = await describeChange({ history, base: "base", head: "head", files: [], tree, wasInScan: () => true });
    const needs = new Map([["bandit" as const, { files: ["../x.py"], pins: [] }]]);
    await expect(materialiseBase({ needs, change, history, tree, directory: join(parent, "base") })).rejects.toThrow("a name that is none");
    expect([existsSync(join(parent, "x.py")), existsSync(join(parent, "base"))]).toEqual([false, false]);
  });
});
