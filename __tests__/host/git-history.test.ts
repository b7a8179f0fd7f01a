// The history of real checkouts, with what they lack fetched from a real server. Hostile ones carry something that would leave a mark if it ran; a
// control shows that it can.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { GateError } from "../../src/errors.ts";
import { type GitHistoryOptions, gitHistory, type Remote } from "../../src/host/git-history.ts";
import type { History, ProcessRequest } from "../../src/host/ports.ts";
import { supervisedProcesses } from "../../src/host/supervised-process.ts";
import { selfSignedCertificate } from "../support/certificate.ts";
import { type GitServer, listen, serveGit, TOKEN } from "../support/git-server.ts";
import { git, repositoryOf, temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();
const MISSING = "0123456789abcdef0123456789abcdef01234567";
const ENCODED_TOKEN = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");

interface Asked {
  readonly history: History;
  readonly scratch: string;
  /** Every process of the port, in order, with the private settings it read. */
  readonly started: ProcessRequest[];
}

function askAbout(root: string, remote: Remote | null = null, overrides: Partial<GitHistoryOptions> = {}): Asked {
  const scratch = temporary();
  const started: ProcessRequest[] = [];
  const processes = supervisedProcesses();
  const history = gitHistory({
    searchPath: process.env["PATH"] ?? "",
    home: temporary(),
    scratch,
    processes: {
      run: (request) => {
        started.push(request);
        return processes.run(request);
      },
    },
    network: {},
    system: {},
    remote,
    timeoutMs: 60_000,
    ...overrides,
  })(root);
  return { history, scratch, started };
}

function at({ url }: GitServer): Remote {
  return { url, token: TOKEN };
}

async function failureOf(promise: Promise<unknown>): Promise<GateError> {
  const failure = await promise.then(
    (value) => value,
    (cause: unknown) => cause,
  );
  if (!(failure instanceof GateError)) throw new Error(`not a GateError: ${String(failure)} ${JSON.stringify(failure)}`);
  expect(failure.code).toBe("base-unavailable");
  return failure;
}

/** Commits the files on top of what is checked out, and returns the commit. */
function commit(root: string, files: Readonly<Record<string, string>>, message = "next"): string {
  writeTree(root, files);
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--allow-empty", "--message", message);
  return git(root, "rev-parse", "HEAD");
}

/** A repository of a pull request: `main` and `topic` part at `fork`, and `merge` joins them as GitHub's test merge does. */
function makePullRequest(root: string) {
  repositoryOf(root, { "kept.py": "kept\n", "changed.py": "before\n", "gone.py": "gone\n", "dir/deep/x.py": "x\n" });
  for (const count of [1, 2, 3]) commit(root, { "counter.py": `${count}\n` });
  const fork = git(root, "rev-parse", "HEAD");
  git(root, "checkout", "--quiet", "-b", "topic");
  unlinkSync(join(root, "gone.py"));
  const topic = commit(root, { "changed.py": "after\n", "added.py": "added\n" });
  git(root, "checkout", "--quiet", "main");
  const base = commit(root, { "main.py": "main\n" });
  git(root, "checkout", "--quiet", "--detach");
  git(root, "merge", "--quiet", "--no-ff", "--message", "merge", topic);
  const merge = git(root, "rev-parse", "HEAD");
  git(root, "update-ref", "refs/pull/1/merge", merge);
  git(root, "checkout", "--quiet", "main");
  return { fork, topic, base, merge };
}

const PULL_REQUEST = mkdtempSync(join(tmpdir(), "sarif-gate-pull-request-"));
const COMMITS = makePullRequest(PULL_REQUEST);
afterAll(() => rmSync(PULL_REQUEST, { recursive: true }));

/** A copy of the one repository of a pull request, which is the test's own. */
function pullRequest(root = temporary()) {
  cpSync(PULL_REQUEST, root, { recursive: true, preserveTimestamps: true });
  return { root, ...COMMITS };
}

/** What actions/checkout leaves: one commit without its parents, detached, `options` to fetch with. */
function checkOut(server: string, revision: string, ...options: readonly string[]): string {
  const root = temporary();
  git(root, "init", "--quiet");
  git(root, "remote", "add", "origin", `file://${server}`);
  git(root, "fetch", "--quiet", "--no-tags", ...options, "origin", `+${revision}:refs/remotes/pull/1/merge`);
  git(root, "checkout", "--quiet", "--detach", "refs/remotes/pull/1/merge");
  return root;
}

/** Every file below a directory with the digest of its content, its mode and its time. */
function fingerprint(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const { mode, mtimeMs } = statSync(path);
      return `${name} ${mode} ${mtimeMs} ${statSync(path).isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : ""}`;
    });
}

/** Objects of each type in the private repository alone, without those it borrows. */
function ownObjects(scratch: string): Record<string, number> {
  const name = readdirSync(scratch).find((entry) => entry.startsWith("history-"));
  const directory = join(scratch, name ?? "none");
  rmSync(join(directory, "objects/info/alternates"));
  const types = git(directory, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split("\n");
  return Object.fromEntries(["commit", "tree", "blob"].map((type) => [type, types.filter((line) => line === type).length]));
}

/** Fills a bare repository with a random history; each commit has up to two of the earlier ones as parents. Returns the ids, oldest first. */
function randomHistory(root: string, shape: readonly (readonly [number, number, boolean])[]): string[] {
  git(root, "init", "--quiet", "--bare");
  const commits = shape.map(([first, second, isMerge], at) => {
    const [parent, ...merged] = at === 0 ? [] : new Set([first, ...(isMerge ? [second] : [])].map((n) => (n % at) + 1));
    const parents = parent === undefined ? [] : [`from :${parent}`, ...merged.map((mark) => `merge :${mark}`)];
    return [`commit refs/heads/${at + 1}`, `mark :${at + 1}`, "committer T <t@example.invalid> 1000000000 +0000", "data 0", ...parents];
  });
  const marks = join(root, "marks");
  execFileSync("git", ["fast-import", "--quiet", `--export-marks=${marks}`], { cwd: root, input: `${commits.flat().join("\n")}\n` });
  const lines = readFileSync(marks, "utf8").trimEnd().split("\n");
  return lines
    .map((line) => line.slice(1).split(" "))
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, id = ""]) => id);
}

/** All merge bases that git finds in a whole history, sorted. */
function mergeBasesOf(root: string, one: string, other: string): string[] {
  try {
    return git(root, "merge-base", "--all", one, other).split("\n").sort();
  } catch {
    return [];
  }
}

function textsOf(contents: ReadonlyMap<string, Buffer>): string[] {
  return [...contents.values()].map(String).sort();
}

describe("resolve", () => {
  it("names the commit of a branch, a tag, HEAD and a full id", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    git(root, "tag", "-a", "-m", "1", "v1");
    const head = git(root, "rev-parse", "HEAD");
    const { history } = askAbout(root);

    for (const revision of ["main", "v1", "HEAD", head, head.slice(0, 10)]) expect(await history.resolve(revision)).toBe(head);
  });

  it("takes a branch of origin for a name that is not there, but not before one that is", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    const first = git(root, "rev-parse", "HEAD");
    git(root, "update-ref", "refs/remotes/origin/release/1.x", first);
    git(root, "update-ref", "refs/remotes/origin/main", first);
    const second = commit(root, {});
    const { history } = askAbout(root);

    expect(await history.resolve("release/1.x")).toBe(first);
    expect(await history.resolve("main")).toBe(second);
  });

  it.each([
    "--output=x",
    "-h",
    "--all",
    "main..main",
    "^main",
    "main^@",
    "main\nmain",
    "",
    "a\0b",
    "main:a.py",
    "nowhere",
    MISSING,
    "@{99}",
    "$(touch x)",
    "-".repeat(5000),
  ])("is null for %j, which names no commit", async (revision) => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    const before = fingerprint(root);

    expect(await askAbout(root).history.resolve(revision)).toBeNull();
    expect(fingerprint(root)).toEqual(before);
  });

  it("finds a branch whose name begins with a dash", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    git(root, "update-ref", "refs/heads/-h", "HEAD");

    expect(await askAbout(root).history.resolve("-h")).toBe(git(root, "rev-parse", "HEAD"));
  });

  it("rejects where git cannot read the checkout", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    rmSync(join(root, ".git/HEAD"));

    expect((await failureOf(askAbout(root).history.resolve("main"))).message).toContain("not a git repository");
  });
});

describe("a full clone", () => {
  it("answers every question without a remote and without a fetch", async () => {
    const { root, fork, topic, base, merge } = pullRequest();
    const { history, started } = askAbout(root);

    expect(await history.parents(merge)).toEqual([base, topic]);
    expect(await history.mergeBases(merge, topic)).toEqual([topic]);
    expect(await history.mergeBases(base, topic)).toEqual([fork]);
    const tree = await history.tree(base);
    expect([...tree.keys()]).toEqual(["changed.py", "counter.py", "dir/deep/x.py", "gone.py", "kept.py", "main.py"]);
    const ids = ["changed.py", "kept.py"].map((path) => tree.get(path)?.id ?? "");
    expect(textsOf(await history.read([...ids, ...ids]))).toEqual(["before\n", "kept\n"]);
    expect(await history.read([])).toEqual(new Map());
    expect(started).toEqual([]);
  });

  it("rejects what is not there, naming it and what to do", async () => {
    const { root, merge } = pullRequest();
    const { history } = askAbout(root);

    for (const question of [history.parents(MISSING), history.tree(MISSING), history.mergeBases(merge, MISSING), history.read([MISSING])]) {
      const failure = await failureOf(question);
      expect(failure.message).toContain(MISSING);
      expect(failure.remedy).toContain("git fetch --unshallow origin");
    }
  });

  it("rejects what is no id, so that nothing but ids reaches git", async () => {
    const { root, merge } = pullRequest();
    const { history } = askAbout(root);

    for (const question of [history.tree("HEAD"), history.parents("--help"), history.read([`${merge}\n${merge}`])])
      expect((await failureOf(question)).message).toContain("is not the full id of an object");
  });

  it("rejects the content of what is no file", async () => {
    const { root, merge } = pullRequest();

    expect((await failureOf(askAbout(root).history.read([merge]))).message).toContain("commit");
  });

  it("does not have its .git written", async () => {
    const { root, base, topic } = pullRequest();
    const before = fingerprint(join(root, ".git"));
    const { history } = askAbout(root);
    await history.mergeBases(base, topic);
    await history.renames(base, topic);
    await history.resolve("main");

    expect(fingerprint(join(root, ".git"))).toEqual(before);
    git(root, "update-ref", "refs/heads/control", base);
    expect(fingerprint(join(root, ".git"))).not.toEqual(before);
  });

  it.each([
    [
      "a linked worktree",
      (root: string) => git(root, "worktree", "add", "--quiet", "--detach", `${root}-tree`, "topic"),
      (root: string) => `${root}-tree`,
    ],
    [
      "a submodule",
      (root: string) => {
        mkdirSync(`${root}-outer`);
        repositoryOf(`${root}-outer`, {});
        git(`${root}-outer`, "submodule", "--quiet", "add", root, "sub");
      },
      (root: string) => join(`${root}-outer`, "sub"),
    ],
    [
      "a clone that borrows objects",
      (root: string) => git(root, "clone", "--quiet", "--shared", root, `${root}-shared`),
      (root: string) => `${root}-shared`,
    ],
  ])("that is %s is read", async (_what, make, place) => {
    const { root, fork, base, topic } = pullRequest(join(temporary(), "r"));
    make(root);
    const { history } = askAbout(place(root));

    expect(await history.mergeBases(base, topic)).toEqual([fork]);
    expect((await history.tree(topic)).has("added.py")).toBe(true);
  });

  it("with a strange name is read", async () => {
    const root = join(temporary(), `it's "a" \\ # $HOME *\n-x ü`);
    mkdirSync(root);
    const { fork, base, topic } = pullRequest(root);

    expect(await askAbout(root).history.mergeBases(base, topic)).toEqual([fork]);
  });

  it("with object ids of SHA-256 is read", async () => {
    const root = temporary();
    git(root, "init", "--quiet", "--object-format=sha256");
    const { fork, base, topic } = makePullRequest(root);
    const { history } = askAbout(root);

    expect(fork).toHaveLength(64);
    expect(await history.mergeBases(base, topic)).toEqual([fork]);
    const id = (await history.tree(topic)).get("added.py")?.id ?? "";
    expect(textsOf(await history.read([id]))).toEqual(["added\n"]);
  });

  it("ignores replacements and grafts, which are the checkout's own", async () => {
    const { root, fork, topic } = pullRequest();
    git(root, "replace", topic, fork);
    expect(git(root, "rev-parse", "topic^{tree}")).not.toBe(git(root, "--no-replace-objects", "rev-parse", "topic^{tree}"));

    expect((await askAbout(root).history.tree(topic)).has("added.py")).toBe(true);
    expect(await askAbout(root).history.parents(topic)).toEqual([fork]);
  });
});

describe("tree", () => {
  it("tells files, links and submodules apart", async () => {
    const root = repositoryOf(temporary(), { "a.py": "a", "run.sh": "" });
    chmodSync(join(root, "run.sh"), 0o755);
    git(root, "add", "--all");
    git(root, "update-index", "--add", "--cacheinfo", `120000,${git(root, "rev-parse", "HEAD:a.py")},link`);
    git(root, "update-index", "--add", "--cacheinfo", `160000,${MISSING},sub`);
    git(root, "commit", "--quiet", "--message", "kinds");
    const tree = await askAbout(root).history.tree(git(root, "rev-parse", "HEAD"));

    expect(Object.fromEntries([...tree].map(([path, { kind }]) => [path, kind]))).toEqual({
      "a.py": "file",
      "run.sh": "file",
      link: "symlink",
      sub: "submodule",
    });
    expect(tree.get("sub")?.id).toBe(MISSING);
  });

  it.skipIf(process.platform !== "linux")("keeps strange names and leaves out those that are not UTF-8", async () => {
    const names = ["-dash.py", 'quo"te.py', "line\nbreak.py", "tab\t.py", "ünï.py", "\uFEFFmark.py"].sort();
    const root = temporary();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.of(0xff), Buffer.from(".py")]), "");
    repositoryOf(root, Object.fromEntries(names.map((name) => [name, ""])));

    expect([...(await askAbout(root).history.tree(git(root, "rev-parse", "HEAD"))).keys()].sort()).toEqual(names);
  });

  it("is never a part of itself: where a directory's object is missing it rejects", async () => {
    const root = repositoryOf(temporary(), { "a.py": "", "dir/b.py": "" });
    const id = git(root, "rev-parse", "HEAD:dir");
    const head = git(root, "rev-parse", "HEAD");
    rmSync(join(root, ".git/objects", id.slice(0, 2), id.slice(2)));

    expect((await failureOf(askAbout(root).history.tree(head))).message).toContain(head);
  });
});

describe("read", () => {
  it("returns bytes as they are", async () => {
    const content = Buffer.from([0, 255, 13, 10, 0, 10]);
    const root = temporary();
    writeFileSync(join(root, "binary"), content);
    repositoryOf(root, { empty: "" });
    const [binary, empty] = [git(root, "rev-parse", "HEAD:binary"), git(root, "rev-parse", "HEAD:empty")];

    expect(await askAbout(root).history.read([binary, empty])).toEqual(
      new Map([
        [binary, content],
        [empty, Buffer.alloc(0)],
      ]),
    );
  });
});

describe("renames", () => {
  const lines = Array.from({ length: 40 }, (_, n) => `line ${n} of the file\n`).join("");

  it("leads from the new path to the old one, also when a little changed", async () => {
    const root = repositoryOf(temporary(), {
      "exact.py": lines,
      "near.py": `near\n${lines}`,
      "other.py": "x\n",
      "gone.py": "nothing alike",
    });
    const from = git(root, "rev-parse", "HEAD");
    mkdirSync(join(root, "moved"));
    for (const name of ["exact.py", "near.py"]) renameSync(join(root, name), join(root, "moved", name));
    unlinkSync(join(root, "gone.py"));
    const to = commit(root, { "moved/near.py": `changed\n${lines}`, "new.py": "something else\n" });

    expect(await askAbout(root).history.renames(from, to)).toEqual(
      new Map([
        ["moved/exact.py", "exact.py"],
        ["moved/near.py", "near.py"],
      ]),
    );
  });

  it("are none where files were only added, or only deleted", async () => {
    const root = repositoryOf(temporary(), { "a.py": lines });
    const from = git(root, "rev-parse", "HEAD");
    const to = commit(root, { "copy.py": lines });

    expect(await askAbout(root).history.renames(from, to)).toEqual(new Map());
    expect(await askAbout(root).history.renames(to, from)).toEqual(new Map());
  });

  it("that are exact are found above the limit for others", async () => {
    const old = Object.fromEntries(Array.from({ length: 2100 }, (_, n) => [`old/${n}.py`, `content ${n}\n`]));
    const root = repositoryOf(temporary(), old);
    const from = git(root, "rev-parse", "HEAD");
    renameSync(join(root, "old"), join(root, "new"));
    writeTree(root, Object.fromEntries(Array.from({ length: 2050 }, (_, n) => [`new/${n}.py`, `now ${n * 7919}\n`])));
    const to = commit(root, {});
    const renames = await askAbout(root).history.renames(from, to);

    for (let n = 2050; n < 2100; n++) expect(renames.get(`new/${n}.py`)).toBe(`old/${n}.py`);
  });
});

describe("mergeBase", () => {
  it("is null for unrelated histories", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    const one = git(root, "rev-parse", "HEAD");
    git(root, "checkout", "--quiet", "--orphan", "other");
    const other = commit(root, { "b.py": "" });

    expect(await askAbout(root).history.mergeBases(one, other)).toEqual([]);
    expect(await askAbout(root).history.mergeBases(one, one)).toEqual([one]);
  });

  it("is null for unrelated histories of a shallow clone only after they were completed", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    const one = commit(root, { "a.py": "2" });
    git(root, "checkout", "--quiet", "--orphan", "other");
    commit(root, { "b.py": "" });
    const other = commit(root, { "b.py": "2" });
    const clone = checkOut(root, "other", "--depth=1");
    const { history, started } = askAbout(clone, at(await serveGit(root)));

    expect(await history.mergeBases(one, other)).toEqual([]);
    expect(started).toHaveLength(1);
    await failureOf(askAbout(clone).history.mergeBases(one, other));
  });

  it("are both where histories cross", async () => {
    const root = repositoryOf(temporary(), {});
    git(root, "checkout", "--quiet", "-b", "left");
    const left = commit(root, { "l.py": "1" });
    git(root, "checkout", "--quiet", "-b", "right", "main");
    const right = commit(root, { "r.py": "1" });
    git(root, "merge", "--quiet", "--no-ff", "--message", "m", left);
    const one = git(root, "rev-parse", "HEAD");
    git(root, "checkout", "--quiet", "left");
    git(root, "merge", "--quiet", "--no-ff", "--message", "m", right);
    const other = git(root, "rev-parse", "HEAD");

    expect([...(await askAbout(root).history.mergeBases(one, other))].sort()).toEqual([left, right].sort());
  });

  it("of a shallow clone is taken as it is when the cut lies below it", async () => {
    const { root, base, fork, topic, merge } = pullRequest();
    const { history, started } = askAbout(checkOut(root, merge, "--depth=4"));

    expect(await history.mergeBases(base, topic)).toEqual([fork]);
    expect(await history.mergeBases(merge, topic)).toEqual([topic]);
    expect(started).toEqual([]);
  });

  it("of a shallow clone that hides it is rejected without a remote, and right with one", async () => {
    const { root, fork, base, topic, merge } = pullRequest();
    const clone = checkOut(root, merge, "--depth=2");
    expect(() => git(clone, "merge-base", base, topic)).toThrow(); // the control: git alone says there is none
    const { history, started, scratch } = askAbout(clone, at(await serveGit(root)));

    expect((await failureOf(askAbout(clone).history.mergeBases(base, topic))).message).toContain("shallow clone");
    expect(await history.mergeBases(base, topic)).toEqual([fork]);
    expect(started).toHaveLength(1);
    expect(ownObjects(scratch)).toMatchObject({ tree: 0, blob: 0 });
  });

  it("of a shallow clone in which git alone finds an older one is right", async () => {
    const root = repositoryOf(temporary(), {});
    const oldest = git(root, "rev-parse", "HEAD");
    const fork = commit(root, { "a.py": "1" });
    const base = commit(root, { "a.py": "2" });
    // The topic forks at `fork`, through a commit that will be cut, and merges the oldest commit directly.
    git(root, "checkout", "--quiet", "-b", "topic", fork);
    const cut = commit(root, { "b.py": "1" });
    const tree = git(root, "rev-parse", "HEAD^{tree}");
    const topic = git(root, "commit-tree", "-p", cut, "-p", oldest, "-m", "m", tree);
    const clone = temporary();
    git(clone, "clone", "--quiet", "--bare", root, ".git");
    git(clone, "config", "core.bare", "false");
    git(root, "update-ref", "refs/heads/topic", topic);
    git(clone, "fetch", "--quiet", root, topic);
    git(clone, "update-ref", "refs/heads/topic", topic);
    writeFileSync(join(clone, ".git/shallow"), `${cut}\n`);
    expect(git(clone, "merge-base", base, topic)).toBe(oldest); // the control

    expect(await askAbout(clone, at(await serveGit(root))).history.mergeBases(base, topic)).toEqual([fork]);
    await failureOf(askAbout(clone).history.mergeBases(base, topic));
  });

  it("of a shallow clone that shows several is not one that is an ancestor of another", async () => {
    const root = repositoryOf(temporary(), {});
    const tree = git(root, "rev-parse", "HEAD^{tree}");
    const make = (seconds: number, ...parents: readonly string[]) => {
      const who = `T <t@example.invalid> ${seconds} +0000`;
      const lines = [`tree ${tree}`, ...parents.map((id) => `parent ${id}`), `author ${who}`, `committer ${who}`, "", "m", ""];
      return git(root, "hash-object", "-t", "commit", "-w", join(writeTree(temporary(), { commit: lines.join("\n") }), "commit"));
    };
    const older = make(9_000_000); // by its date it is the newer one
    const newer = make(1_000_000, older);
    const [one, other] = [make(9_000_001, older, newer), make(9_000_002, older, newer)];
    git(root, "update-ref", "refs/heads/main", one);
    const server = await serveGit(root);
    const clone = temporary();
    git(clone, "clone", "--quiet", root, ".");
    git(root, "update-ref", "refs/heads/other", other);
    git(clone, "fetch", "--quiet", root, "other");
    writeFileSync(join(clone, ".git/shallow"), `${newer}\n`);
    expect(git(clone, "merge-base", one, other)).toBe(older); // the control

    await failureOf(askAbout(clone).history.mergeBases(one, other));
    expect(await askAbout(clone, at(server)).history.mergeBases(one, other)).toEqual([newer]);
  });

  it("with a commit that a full clone lacks is found after a fetch", async () => {
    const { root, base, topic } = pullRequest();
    const clone = temporary();
    git(clone, "clone", "--quiet", root, ".");
    git(root, "checkout", "--quiet", "main");
    const newer = commit(root, { "later.py": "later\n" });
    const { history, scratch } = askAbout(clone, at(await serveGit(root)));

    expect(await history.mergeBases(newer, base)).toEqual([base]);
    expect(await history.mergeBases(newer, topic)).toEqual([git(root, "merge-base", newer, topic)]);
    expect(ownObjects(scratch)).toEqual({ commit: 1, tree: 0, blob: 0 });
  });

  it("is never wrong, wherever a history is cut: it is what git says of the whole, or an error", async () => {
    const commits = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 4, maxLength: 14 });
    const outcomes = { believed: 0, rejected: 0 };
    await fc.assert(
      fc.asyncProperty(
        commits,
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
        async (shape, cuts, ends) => {
          const root = temporary();
          const ids = randomHistory(root, shape);
          const pick = (n = 0) => ids[n % ids.length] ?? "";
          const pairs = [0, 2, 4].map((at) => [pick(ends[at]), pick(ends[at + 1])] as const);
          const expected = pairs.map(([one, other]) => mergeBasesOf(root, one, other));
          writeFileSync(join(root, "shallow"), [...new Set(cuts.map(pick))].map((id) => `${id}\n`).join(""));
          const { history } = askAbout(root);
          for (const [at, [one, other]] of pairs.entries()) {
            const bases = await history.mergeBases(one, other).catch(() => undefined);
            outcomes[bases === undefined ? "rejected" : "believed"]++;
            if (bases !== undefined) expect([...bases].sort()).toEqual(expected[at]);
          }
        },
      ),
      { seed: 5, numRuns: 40 },
    );

    expect(outcomes.believed).toBeGreaterThan(20);
    expect(outcomes.rejected).toBeGreaterThan(20);
  });

  it("of a damaged history is an error, not null", async () => {
    const { root, fork, base, topic } = pullRequest();
    rmSync(join(root, ".git/objects", fork.slice(0, 2), fork.slice(2)));

    expect((await failureOf(askAbout(root).history.mergeBases(base, topic))).message).toContain("cannot be read");
  });
});

describe("a checkout of one merge commit", () => {
  it("has parents, which git alone does not show", async () => {
    const { root, base, topic, merge } = pullRequest();
    const clone = checkOut(root, merge, "--depth=1");
    expect(git(clone, "rev-list", "--count", "HEAD")).toBe("1");

    expect(await askAbout(clone).history.parents(merge)).toEqual([base, topic]);
  });

  it("gets the tree of its base without files, and then only the files that differ", async () => {
    const { root, base, merge } = pullRequest();
    const clone = checkOut(root, merge, "--depth=1");
    const before = fingerprint(join(clone, ".git"));
    const server = await serveGit(root);
    const { history, scratch, started } = askAbout(clone, at(server));
    const [baseTree, mergeTree] = [await history.tree(base), await history.tree(merge)];
    const differing = [...baseTree].flatMap(([path, { id }]) => (mergeTree.get(path)?.id === id ? [] : [id]));

    expect([...baseTree].map(([path, entry]) => [path, entry.id])).toEqual(
      git(root, "ls-tree", "-r", base)
        .split("\n")
        .map((line) => [line.split("\t")[1], line.split(/[ \t]/)[2]]),
    );
    expect(textsOf(await history.read(differing))).toEqual(["before\n", "gone\n"]);
    expect(started).toHaveLength(2);
    expect(ownObjects(scratch)).toMatchObject({ commit: 1, blob: 2 });
    expect(fingerprint(join(clone, ".git"))).toEqual(before);
    expect(server.requests.every(({ authorization }) => authorization === `basic ${ENCODED_TOKEN}`)).toBe(true);
  });

  it("asks nothing again that was fetched once", async () => {
    const { root, base, topic, merge } = pullRequest();
    const { history, started } = askAbout(checkOut(root, merge, "--depth=1"), at(await serveGit(root)));
    for (let round = 0; round < 2; round++) {
      await history.tree(base);
      await history.mergeBases(base, topic);
      await history.renames(base, merge);
    }

    expect(started.length).toBeLessThanOrEqual(3);
  });

  it("finds a merge base, trees, contents and renames in any order, and at once", async () => {
    const { root, fork, base, topic, merge } = pullRequest();
    const server = await serveGit(root);
    const changed = git(root, "rev-parse", `${fork}:changed.py`);
    const { history } = askAbout(checkOut(root, merge, "--depth=1"), at(server));
    const [tree, contents, found, renames, parents] = await Promise.all([
      history.tree(fork),
      history.read([changed]),
      history.mergeBases(base, topic),
      history.renames(base, merge),
      history.parents(fork),
    ]);

    expect(tree.get("changed.py")?.id).toBe(changed);
    expect(textsOf(contents)).toEqual(["before\n"]);
    expect(found).toEqual([fork]);
    expect(renames).toEqual(new Map());
    expect(parents).toEqual([git(root, "rev-parse", `${fork}^`)]);
  });

  it("of a repository with SHA-256 gets its base too", async () => {
    const root = temporary();
    git(root, "init", "--quiet", "--object-format=sha256");
    const { base, topic, fork, merge } = makePullRequest(root);
    const clone = temporary();
    git(clone, "clone", "--quiet", "--depth=1", `file://${root}`, ".");
    git(clone, "fetch", "--quiet", "--depth=1", "origin", merge);
    const { history } = askAbout(clone, at(await serveGit(root)));

    expect((await history.tree(base)).has("gone.py")).toBe(true);
    expect(await history.mergeBases(base, topic)).toEqual([fork]);
  });

  it("that was committed upon locally gets its history, which the server does not know the end of", async () => {
    const { root, fork, base, topic, merge } = pullRequest();
    const clone = checkOut(root, merge, "--depth=1");
    const local = commit(clone, { "local.py": "local\n" });
    const { history } = askAbout(clone, at(await serveGit(root)));

    expect(await history.mergeBases(local, topic)).toEqual([topic]);
    expect(await history.mergeBases(local, fork)).toEqual([fork]);
    expect(await history.parents(local)).toEqual([merge]);
    expect((await history.tree(base)).has("gone.py")).toBe(true);
  });

  it("without files or trees, as a partial clone has it, is completed where it is asked", async () => {
    const { root, base, topic, fork, merge } = pullRequest();
    const server = await serveGit(root);
    for (const filter of ["blob:none", "tree:0"]) {
      const clone = temporary();
      git(clone, "clone", "--quiet", "--no-checkout", `--filter=${filter}`, `file://${root}`, ".");
      const before = fingerprint(join(clone, ".git"));
      const { history } = askAbout(clone, at(server));

      expect(await history.mergeBases(base, topic)).toEqual([fork]);
      const ids = [(await history.tree(base)).get("changed.py")?.id ?? ""];
      expect(textsOf(await history.read(ids))).toEqual(["before\n"]);
      expect(await history.renames(base, merge)).toEqual(new Map());
      expect(fingerprint(join(clone, ".git"))).toEqual(before);
      await failureOf(askAbout(clone).history.read(ids));
      expect(fingerprint(join(clone, ".git"))).toEqual(before);
    }
  });
});

describe("the token", () => {
  it("stands in no argument and no variable, and in no file after a fetch", async () => {
    const { root, base, merge } = pullRequest();
    const server = await serveGit(root);
    const seen: string[] = [];
    const processes = supervisedProcesses();
    const { history, scratch, started } = askAbout(checkOut(root, merge, "--depth=1"), at(server), {
      processes: {
        run: async (request) => {
          const settings = request.argv.find((word) => word.startsWith("include.path="))?.slice("include.path=".length) ?? "";
          seen.push(readFileSync(settings, "utf8"), (statSync(settings).mode & 0o777).toString(8));
          started.push(request);
          return await processes.run(request);
        },
      },
    });
    await history.tree(base);

    expect(seen[0]).toContain(ENCODED_TOKEN); // the control: this is how it went
    expect(seen[1]).toBe("600");
    for (const secret of [TOKEN, ENCODED_TOKEN]) {
      expect(JSON.stringify(started)).not.toContain(secret);
      expect(filesBelow(scratch).filter((path) => readFileSync(path).includes(secret))).toEqual([]);
    }
    expect(started).toHaveLength(1);
  });

  it("is nowhere in the command line or environment of any process that git starts", async () => {
    const { root, base, merge } = pullRequest();
    const clone = checkOut(root, merge, "--depth=1");
    const seen: string[] = [];
    const backend = await serveGit(root);
    // While a request is under way, all processes that lead to it are there.
    const spy = await listen((request, response) => {
      seen.push(...processTexts());
      const headers = { ...request.headers, host: new URL(backend.url).host };
      relay(`${new URL(backend.url).origin}${request.url}`, request, headers, response);
    });
    const { history } = askAbout(clone, { url: `${spy.url}/${basename(root)}`, token: TOKEN });
    await history.tree(base);

    expect(seen.some((text) => text.includes("remote-http") && text.includes("GIT_ALLOW_PROTOCOL"))).toBe(true);
    expect(seen.filter((text) => text.includes(TOKEN) || text.includes(ENCODED_TOKEN))).toEqual([]);
  });

  it("that is wrong is an error that does not tell it", async () => {
    const { root, base, merge } = pullRequest();
    const server = await serveGit(root, { token: "another" });
    const { history, scratch } = askAbout(checkOut(root, merge, "--depth=1"), at(server));
    const failure = await failureOf(history.tree(base));

    expect(failure.message).toContain(base);
    expect(failure.message).toMatch(/terminal prompts disabled|Authentication failed/);
    expect(failure.remedy).toContain("contents: read");
    for (const secret of [TOKEN, ENCODED_TOKEN]) expect(`${failure.message}${failure.stack}`).not.toContain(secret);
    expect(readdirSync(scratch).filter((name) => name.startsWith("fetch-"))).toEqual([]);
    expect(server.requests.length).toBeGreaterThan(0);
  });

  it("that a server sends back is taken out of the error", async () => {
    const { root, base, merge } = pullRequest();
    const { url } = await listen((request, response) => {
      const body = `denied ${request.headers.authorization} ${TOKEN}`;
      response.writeHead(403, { "content-type": "text/plain" }).end(body);
    });
    const failure = await failureOf(askAbout(checkOut(root, merge, "--depth=1"), { url: `${url}/r`, token: TOKEN }).history.tree(base));

    expect(failure.message).toContain("403");
    expect(failure.message).toContain("denied"); // the control: git does quote it
    for (const secret of [TOKEN, ENCODED_TOKEN]) expect(failure.message).not.toContain(secret);
  });

  it("is not sent where a redirect leads, and nothing else is", async () => {
    const { root, base, merge } = pullRequest();
    const elsewhere = await serveGit(root);
    const asked: string[] = [];
    const { url } = await listen((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(302, { location: `${new URL(elsewhere.url).origin}${request.url}` }).end();
    });
    const clone = checkOut(root, merge, "--depth=1");
    const failure = await failureOf(askAbout(clone, { url: `${url}/${basename(root)}`, token: TOKEN }).history.tree(base));

    expect(failure.message).toContain("302");
    expect(asked).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
    await askAbout(clone, at(elsewhere)).history.tree(base); // the control: asked directly, it answers
    expect(elsewhere.requests.length).toBeGreaterThan(0);
  });

  it("may be empty, and then no authorization is sent", async () => {
    const { root, base, merge } = pullRequest();
    const server = await serveGit(root);
    await failureOf(askAbout(checkOut(root, merge, "--depth=1"), { url: server.url, token: "" }).history.tree(base));

    expect(server.requests.map(({ authorization }) => authorization)).toEqual([null]);
  });
});

describe("the remote", () => {
  it.each([
    "http://example.invalid/o/r",
    "ext::sh -c 'touch x'",
    "file:///tmp/r",
    "/tmp/r",
    "ssh://git@example.invalid/o/r",
    "https://user:word@example.invalid/o/r",
    "--upload-pack=touch x",
    "",
  ])("with the address %j is refused before anything starts", async (url) => {
    const { root } = pullRequest();
    const { history, started } = askAbout(root, { url, token: TOKEN });

    expect((await failureOf(history.tree(MISSING))).message).toContain("https://host/owner/name");
    expect(started).toEqual([]);
  });

  it("that does not have the commit is an error that quotes git", async () => {
    const { root } = pullRequest();
    const failure = await failureOf(askAbout(root, at(await serveGit(root))).history.tree(MISSING));

    expect(failure.message).toContain("not our ref");
  });

  it("that does not have a file is an error", async () => {
    const { root } = pullRequest();
    const failure = await failureOf(askAbout(root, at(await serveGit(root))).history.read([MISSING]));

    expect(failure.message).toContain(`File content ${MISSING} cannot be fetched`);
  });

  it("is believed over TLS only with a certificate that is trusted, whatever the checkout says", async () => {
    const { root, base, merge } = pullRequest();
    const tls = selfSignedCertificate();
    const server = await serveGit(root, { tls });
    const clone = checkOut(root, merge, "--depth=1");
    git(clone, "config", "http.sslVerify", "false");
    const failure = await failureOf(askAbout(clone, at(server)).history.tree(base));
    expect(failure.message).toMatch(/certificate/i);
    expect(server.requests).toEqual([]);
    const trusted = join(writeTree(temporary(), { "ca.pem": tls.cert }), "ca.pem");

    expect((await askAbout(clone, at(server), { network: { SSL_CERT_FILE: trusted } }).history.tree(base)).has("gone.py")).toBe(true);
  });

  it("is asked through the proxy that the environment names", async () => {
    const { root } = pullRequest();
    const asked: string[] = [];
    const proxy = await listen((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(502).end();
    });
    const url = "http://localhost:9/o/r";
    await failureOf(askAbout(root, { url, token: "" }, { network: { http_proxy: proxy.url } }).history.tree(MISSING));
    expect(asked).toEqual([`${url}/info/refs?service=git-upload-pack`]);
    await failureOf(
      askAbout(root, { url, token: "" }, { network: { http_proxy: proxy.url, no_proxy: "localhost" } }).history.tree(MISSING),
    );

    expect(asked).toHaveLength(1);
  });

  it("that is down is an error", async () => {
    const { root } = pullRequest();
    const { history } = askAbout(root, { url: "http://127.0.0.1:9/o/r", token: TOKEN });

    expect((await failureOf(history.tree(MISSING))).message).toMatch(/connect|refused/i);
  });

  it("that hangs is an error when the time is over, and leaves no process", async () => {
    const { root } = pullRequest();
    const { url } = await listen(() => {});
    const { history } = askAbout(root, { url: `${url}/r`, token: TOKEN }, { timeoutMs: 1500 });
    const startedAt = performance.now();

    expect((await failureOf(history.tree(MISSING))).message).toContain("did not finish within 1.5 s");
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(processTexts().filter((text) => text.includes(url))).toEqual([]);
  });
});

describe("the configuration of the checkout", () => {
  it("runs nothing and redirects nothing", async () => {
    const { root, base, topic, merge } = pullRequest();
    const server = await serveGit(root);
    const clone = checkOut(root, merge, "--depth=1");
    const mark = join(temporary(), "mark");
    const elsewhere: string[] = [];
    const { url: other } = await listen((request, response) => {
      elsewhere.push(request.url ?? "");
      response.writeHead(404).end();
    });
    makeHostile(clone, mark, { from: server.url, to: other });
    writeFileSync(join(clone, "kept.py"), "different\n");
    expect(() => git(clone, "diff")).toThrow();
    expect(existsSync(mark)).toBe(true); // the control: it runs for a git that listens to it
    rmSync(mark, { force: true });
    const { history } = askAbout(clone, at(server));
    await history.resolve("main");
    await history.resolve(MISSING);
    await history.resolve("l"); // an alias
    await history.mergeBases(base, topic);
    const tree = await history.tree(base);
    await history.read([...tree.values()].map(({ id }) => id));
    await history.renames(base, merge);
    await failureOf(history.read([MISSING]));
    await failureOf(askAbout(clone).history.read([MISSING]));

    expect(existsSync(mark)).toBe(false);
    expect(elsewhere).toEqual([]);
  });

  it("starts no transport for what a partial clone lacks", async () => {
    const { root, base } = pullRequest();
    const script = join(temporary(), "trap");
    appendFileSync(join(root, ".git/config"), `[protocol]\nallow = always\n[protocol "ext"]\nallow = always\n`);
    const mark = join(temporary(), "mark");
    appendFileSync(
      join(root, ".git/config"),
      `[remote "origin"]\nurl = "ext::${script}"\npromisor = true\n[extensions]\npartialClone = origin\n`,
    );
    git(root, "config", "core.repositoryFormatVersion", "1");
    writeFileSync(script, `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
    expect(() => git(root, "cat-file", "-p", MISSING)).toThrow();
    expect(existsSync(mark)).toBe(true); // the control
    rmSync(mark);
    const { history } = askAbout(root);
    expect(await history.resolve(MISSING)).toBeNull();
    await history.tree(base);
    await failureOf(history.tree(MISSING));
    await failureOf(history.read([MISSING]));

    expect(existsSync(mark)).toBe(false);
  });
});

// Last, because each process that a large one starts is dear: the pages of its memory are copied to the child.
describe("a large repository", () => {
  it("lists its 100,000 files", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    const blob = git(root, "rev-parse", "HEAD:a.py");
    const list = Array.from({ length: 100_000 }, (_, n) => `100644 ${blob}\tdirectory-${n % 100}/a-rather-long-name-of-a-file-${n}.py\n`);
    execFileSync("git", ["update-index", "--index-info"], { cwd: root, input: list.join("") });
    git(root, "commit", "--quiet", "--message", "many");

    expect((await askAbout(root).history.tree(git(root, "rev-parse", "HEAD"))).size).toBe(100_001);
  });

  it("has a file of 60 MiB without a line break read, and one above 64 MiB rejected", async () => {
    const root = repositoryOf(temporary(), { large: "a".repeat(60 * 1024 * 1024), "too-large": "a".repeat(64 * 1024 * 1024 + 1) });
    const [large, tooLarge] = [git(root, "rev-parse", "HEAD:large"), git(root, "rev-parse", "HEAD:too-large")];
    const { history } = askAbout(root);

    expect((await history.read([large])).get(large)?.length).toBe(60 * 1024 * 1024);
    expect((await failureOf(history.read([tooLarge]))).message).toContain("67108865 bytes");
  });

  it("sends 5,000 files in one request", async () => {
    const files = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`${n}.py`, `print(${n})\n`]));
    const root = repositoryOf(temporary(), files);
    const base = git(root, "rev-parse", "HEAD");
    for (const name of Object.keys(files)) unlinkSync(join(root, name));
    const head = commit(root, { "one.py": "1" });
    const { history, started, scratch } = askAbout(checkOut(root, head, "--depth=1"), at(await serveGit(root)));
    const ids = [...(await history.tree(base)).values()].map(({ id }) => id);

    expect((await history.read(ids)).size).toBe(5000);
    expect(started).toHaveLength(2);
    expect(ownObjects(scratch)["blob"]).toBe(5000);
  });
});

/** Gives a checkout every setting by which git starts a program or goes elsewhere; each leaves the mark. */
function makeHostile(root: string, mark: string, { from, to }: { from: string; to: string }): void {
  const script = join(dirname(mark), "trap");
  writeFileSync(script, `#!/bin/sh\ntouch '${mark}'\n`);
  chmodSync(script, 0o755);
  const hooks = join(root, ".git/hooks");
  mkdirSync(hooks, { recursive: true });
  for (const hook of ["post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout", "fsmonitor-watchman", "proc-receive"]) {
    writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch '${mark}'\n`);
    chmodSync(join(hooks, hook), 0o755);
  }
  const included = join(root, ".git/included");
  writeFileSync(included, `[core]\nsshCommand = ${script}\n[alias]\nfetch = !${script}\ndiff-tree = !${script}\nl = !${script}\n`);
  writeFileSync(join(root, ".git/info/attributes"), "* diff=trap filter=trap merge=trap\n");
  appendFileSync(
    join(root, ".git/config"),
    `[core]\nfsmonitor = ${script}\nhooksPath = ${hooks}\nalternateRefsCommand = ${script}\naskPass = ${script}\npager = ${script}\ngitProxy = ${script}
[diff]\nexternal = ${script}\n[diff "trap"]\ncommand = ${script}\ntextconv = ${script}
[filter "trap"]\nclean = ${script}\nsmudge = ${script}\nprocess = ${script}\nrequired = true
[credential]\nhelper = ${script}\n[includeIf "gitdir:/"]\npath = ${included}\n[include]\npath = ${included}
[url "${to}/"]\ninsteadOf = ${from}\n[http]\nproxy = ${to}\nsslVerify = false
[uploadpack]\npackObjectsHook = ${script}\n[gpg]\nprogram = ${script}\n[trace2]\neventTarget = ${mark}\n`,
  );
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** Command line and environment of every process that may be looked at; of none where there is no /proc. */
function processTexts(): string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1") + readFileSync(`/proc/${pid}/environ`, "latin1");
      } catch {
        return "";
      }
    });
}

function relay(url: string, request: IncomingMessage, headers: IncomingHttpHeaders, response: ServerResponse): void {
  request.pipe(
    send(url, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }),
  );
}
