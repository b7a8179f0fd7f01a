import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KEPT_LIMIT_BYTES, keptReports } from "../../src/pipeline/kept-reports.ts";
import type { Report } from "../../src/scanners/scanner.ts";
import { caseNames, decode, fixture, report } from "../scanners/fixture.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();
const KEY = "0123456789abcdef".repeat(4);
const OTHER_KEY = `${KEY.slice(0, 63)}0`;
const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = new Date("2026-11-21T12:00:00Z");
const REPORTS = [report('{"a": "ä\\n\u0000"}', 64), report("[]", 0)];

/** What is read back of a report: its text and the status. */
const read = (reports: readonly Report[] | null) => reports?.map(({ text, exit }) => ({ text, end: exit.end })) ?? null;

function storeAt(directory: string, daysLater = 0) {
  return keptReports(directory, { now: () => new Date(NOW.getTime() + daysLater * DAY_MS) });
}

/** A directory with the reports under `KEY`, and the file they are in. */
async function kept(): Promise<{ directory: string; path: string }> {
  const directory = join(makeDirectory(), "results");
  expect(await storeAt(directory).write(KEY, REPORTS)).toBeNull();
  return { directory, path: join(directory, readdirSync(directory)[0] ?? "") };
}

/** Says what a store that met a fault must say: nothing is believed, one notice, and the next write mends it. */
async function expectIgnored(directory: string): Promise<void> {
  const { reports, notice } = storeAt(directory).read(KEY);
  expect(reports).toBeNull();
  expect(notice?.message).toMatch(/^The kept reports in .* are not used: /);
  expect(await storeAt(directory).write(KEY, REPORTS)).toBeNull();
  expect(read(storeAt(directory).read(KEY).reports)).toEqual(read(REPORTS));
}

describe("kept reports", () => {
  it("are read back as they were", async () => {
    const { directory } = await kept();
    const { reports, notice } = storeAt(directory).read(KEY);
    expect(read(reports)).toEqual(read(REPORTS));
    expect(notice).toBeNull();
  });

  it("are null without a word when nothing was kept under the key", async () => {
    const { directory } = await kept();
    expect(storeAt(directory).read("f".repeat(64))).toEqual({ reports: null, notice: null });
    expect(storeAt(join(directory, "absent")).read(KEY)).toEqual({ reports: null, notice: null });
  });

  it("are in a directory and a file that nobody else may read, and hold nothing a process printed", async () => {
    const directory = join(makeDirectory(), "results");
    const printed = report("{}", 0, "password=hunter2");
    await storeAt(directory).write(KEY, [{ ...printed, exit: { ...printed.exit, stdoutTail: "hunter2", lastWords: "hunter2" } }]);
    const path = join(directory, readdirSync(directory)[0] ?? "");
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).not.toContain("hunter2");
  });

  it("are whole, and leave nothing unfinished, when two runs keep theirs at once", async () => {
    const { directory } = await kept();
    const others = [report("{}", 0)];
    await Promise.all([REPORTS, others, REPORTS, others].map((reports) => storeAt(directory).write(KEY, reports)));
    expect([read(REPORTS), read(others)]).toContainEqual(read(storeAt(directory).read(KEY).reports));
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it("are used on the day they were made only, and on another nothing is said about them", async () => {
    const { directory } = await kept();
    expect(storeAt(directory, 0.1).read(KEY).reports).not.toBeNull();
    expect(storeAt(directory, 1).read(KEY)).toEqual({ reports: null, notice: null });
    expect(storeAt(directory, -1).read(KEY)).toEqual({ reports: null, notice: null });
  });

  it("are not kept when they are too large to be read back", async () => {
    const directory = join(makeDirectory(), "results");
    const text = "x".repeat(KEPT_LIMIT_BYTES / 2);
    expect(await storeAt(directory).write(KEY, [report(text), report(text)])).toBeNull();
    expect(storeAt(directory).read(KEY)).toEqual({ reports: null, notice: null });
    await storeAt(directory).write(KEY, [report(text)]);
    expect(storeAt(directory).read(KEY).reports).toHaveLength(1);
  });

  it("are not kept of a process that did not end by itself", async () => {
    const directory = join(makeDirectory(), "results");
    const killed = report("{}");
    await storeAt(directory).write(KEY, [
      ...REPORTS,
      { ...killed, exit: { ...killed.exit, end: { kind: "signalled", signal: "SIGKILL" } } },
    ]);
    expect(storeAt(directory).read(KEY)).toEqual({ reports: null, notice: null });
  });

  it.each([...caseNames("safety").map((name) => ["safety", name] as const), ...caseNames("trivy").map((name) => ["trivy", name] as const)])(
    "of %s on %s mean the same as on the first day",
    async (run, name) => {
      const recorded = fixture(run, name);
      const outcome = (reports: readonly Report[]) => {
        try {
          return decode({ ...recorded, reports });
        } catch (thrown) {
          return String(thrown);
        }
      };
      const directory = makeDirectory();
      await storeAt(directory).write(KEY, recorded.reports);
      expect(outcome(storeAt(directory).read(KEY).reports ?? [])).toEqual(outcome(recorded.reports));
    },
  );
});

describe("kept reports are ignored with a notice, and replaced by the next ones, when their file", () => {
  it("has one bit flipped, wherever that is", async () => {
    const { directory, path } = await kept();
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(whole.readUInt8(at) ^ (1 << (at % 8)), at);
      writeFileSync(path, damaged);
      expect(storeAt(directory).read(KEY).reports).toBeNull();
      expect(storeAt(directory).read(KEY).notice).not.toBeNull();
    }
    await expectIgnored(directory);
  });

  it("is truncated, wherever that is, or is empty", async () => {
    const { directory, path } = await kept();
    for (let size = statSync(path).size - 1; size >= 0; size -= 1) {
      truncateSync(path, size);
      expect(storeAt(directory).read(KEY).reports).toBeNull();
      expect(storeAt(directory).read(KEY).notice).not.toBeNull();
    }
    await expectIgnored(directory);
  });

  it("is longer than it was", async () => {
    const { directory, path } = await kept();
    writeFileSync(path, `${readFileSync(path, "utf8")}\n`);
    await expectIgnored(directory);
  });

  it("is that of another key", async () => {
    const { directory, path } = await kept();
    await storeAt(directory).write(OTHER_KEY, REPORTS);
    expect(readdirSync(directory)).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toContain(OTHER_KEY);
    await expectIgnored(directory);
  });

  it("is of another version of the format", async () => {
    const { directory, path } = await kept();
    writeFileSync(path, readFileSync(path, "utf8").replace("reports 1 ", "reports 0 "));
    await expectIgnored(directory);
  });

  it("is a symbolic link to the very same bytes", async () => {
    const { directory, path } = await kept();
    const elsewhere = join(directory, "elsewhere");
    writeFileSync(elsewhere, readFileSync(path));
    rmSync(path);
    symlinkSync(elsewhere, path);
    await expectIgnored(directory);
    expect(readFileSync(elsewhere, "utf8")).toContain(KEY);
  });

  it("has a second name", async () => {
    const { directory, path } = await kept();
    linkSync(path, join(directory, "second"));
    await expectIgnored(directory);
  });

  it("is larger than any that was kept", async () => {
    const { directory, path } = await kept();
    truncateSync(path, KEPT_LIMIT_BYTES + 1);
    await expectIgnored(directory);
  });
});

describe("keeping reports fails with a notice alone", () => {
  it("where a directory stands in the place of the file", async () => {
    const { directory, path } = await kept();
    rmSync(path);
    mkdirSync(path);
    expect(storeAt(directory).read(KEY).notice?.message).toMatch(/: it is not a file$/);
    expect((await storeAt(directory).write(KEY, REPORTS))?.message).toMatch(/^The reports of this run cannot be kept in /);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it("where a file stands in the place of the directory", async () => {
    const directory = join(makeDirectory(), "results");
    writeFileSync(directory, "");
    expect((await storeAt(directory).write(KEY, REPORTS))?.message).toMatch(/^The reports of this run cannot be kept in /);
  });

  it.skipIf(process.getuid?.() === 0)("in a directory that cannot be written", async () => {
    const directory = makeDirectory();
    chmodSync(directory, 0o500);
    expect((await storeAt(directory).write(KEY, REPORTS))?.message).toMatch(/^The reports of this run cannot be kept in /);
    chmodSync(directory, 0o700);
  });
});
