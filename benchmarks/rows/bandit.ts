// Bandit's leg against one plain Bandit over the same tree: without a cache, with nothing changed, and with a share of the files changed.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { runBanditLeg, type Subject, statementOfEdit, statementsOfPlain } from "../bandit-leg.ts";
import { type Bench, freshCache } from "../bench.ts";
import { gitFiles, runPlainBandit } from "../by-hand.ts";
import { copyOf, corpus } from "../corpora/corpora.ts";
import { editFiles } from "../edits.ts";
import type { Measurement } from "../measure.ts";
import { costOf, middleOf, type Round, rounds, seconds, speedUp, spread, stealOf } from "../rounds.ts";
import { against, type Line, requireEqual, times } from "../table.ts";

/** Shares of files that are changed, percent, and what is asked for. */
const CHANGES = [
  { side: "changed1", percent: 1, target: { atLeast: 30, unit: "×" } },
  { side: "changed5", percent: 5, target: { atLeast: 20, unit: "×" } },
  { side: "changed20", percent: 20, target: null },
] as const;

type Side = "plain" | "fresh" | "unchanged" | (typeof CHANGES)[number]["side"];

/** Measures all corpora; the cache only on the last and largest. */
export async function banditRows(bench: Bench): Promise<Line[]> {
  const lines: Line[] = [];
  for (const count of bench.sizes.bandit.slice(0, -1)) lines.push(await withoutCache(bench, count));
  return [...lines, ...(await withCache(bench, bench.sizes.bandit.at(-1) ?? 0))];
}

async function subjectOf(bench: Bench, lines: number): Promise<Subject> {
  const root = copyOf(await corpus(bench, lines), bench, `bandit-${lines}`);
  return { bench, root, cache: freshCache(bench, `bandit-${lines}`) };
}

async function withoutCache(bench: Bench, lines: number): Promise<Line> {
  const subject = await subjectOf(bench, lines);
  await runBanditLeg(subject, ["--no-cache"]); // warms up
  let results = "";
  const done = await rounds<"plain" | "fresh">(bench.pairs * bench.sizes.often, async () => {
    const plain = await runPlainBandit(subject.root);
    const fresh = await runBanditLeg(subject, ["--no-cache"]);
    results = requireEqual("without a cache", fresh.statements, statementsOfPlain(plain.report, subject.root));
    return { plain: plain.measured, fresh: fresh.measured };
  });
  return freshLine(done, { lines, results, judged: bench.sizes.judged });
}

/** Plain Bandit takes by far the longest, so one run of it serves all sides of its round. */
async function withCache(bench: Bench, lines: number): Promise<Line[]> {
  const subject = await subjectOf(bench, lines);
  let last = (await runBanditLeg(subject, [])).statements; // fills the cache, and warms up
  const started = await programsStarted(subject, last);
  let results = "";
  const done = await rounds<Side>(bench.pairs, async (index) => {
    const round = await oneRound(subject, index, last);
    ({ last, results } = round);
    return round.sides;
  });
  const about = { lines, results, judged: bench.sizes.judged };
  return [freshLine(done, about), ...unchangedLines(done, started, about), ...changedLines(done, about)];
}

interface BanditRound {
  readonly sides: Record<Side, Measurement>;
  readonly results: string;
  /** What is stated after all changes. */
  readonly last: string[];
}

/** The plain run at the beginning also proves what was stated `last`, before this round: after its changes, or while the cache was filled. */
async function oneRound(subject: Subject, index: number, last: readonly string[]): Promise<BanditRound> {
  const { root } = subject;
  const plain = await runPlainBandit(root);
  let expected = statementsOfPlain(plain.report, root);
  requireEqual("before the round", last, expected);
  const unread = new Set(plain.report.errors.map(({ filename }) => relative(root, filename)));
  const whole = gitFiles(root).filter((file) => file.endsWith(".py") && !unread.has(file));
  const leg = async (what: string, options: readonly string[] = []): Promise<Measurement> => {
    const { measured, statements } = await runBanditLeg(subject, options);
    requireEqual(what, statements, expected);
    return measured;
  };
  const changed = async (percent: number): Promise<Measurement> => {
    const count = Math.max(1, Math.round((whole.length * percent) / 100));
    const edits = editFiles(root, whole, { count, seed: `${index}-${percent}` });
    expected = [...expected, ...edits.map(statementOfEdit)];
    return await leg(`with ${percent} % changed`);
  };
  const results = `${expected.length.toLocaleString("en")} equal`;
  const sides = {
    plain: plain.measured,
    fresh: await leg("without a cache", ["--no-cache"]),
    unchanged: await middleOf(subject.bench.sizes.often, () => leg("with nothing changed")),
    changed1: await changed(1),
    changed5: await changed(5),
    changed20: await changed(20),
  };
  return { sides, results, last: expected };
}

/** The programs that a scan with nothing changed starts, by name. */
async function programsStarted(subject: Subject, expected: readonly string[]): Promise<string[]> {
  const log = join(subject.bench.work, "starts.log");
  const node = ["--import", join(import.meta.dirname, "..", "log-starts.ts")];
  const { statements } = await runBanditLeg(subject, [], { node, env: { LOG_STARTS: log } });
  requireEqual("with its starts logged", statements, expected);
  const starts = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return starts.map((path) => path.split("/").at(-1) ?? path);
}

interface About {
  readonly lines: number;
  readonly results: string;
  readonly judged: boolean;
}

function nameOf({ lines }: About): string {
  return `Bandit leg, ${lines.toLocaleString("en")} lines`;
}

function freshLine<Sides extends "plain" | "fresh">(done: readonly Round<Sides | "plain" | "fresh">[], about: About): Line {
  const ratio = speedUp(done, "plain", "fresh");
  const note = `plain ${costOf(done, "plain")}; ours ${costOf(done, "fresh")}; ${stealOf(done)}`;
  return {
    what: `${nameOf(about)}, no cache`,
    figure: times(ratio),
    ...against(ratio.median, { atLeast: 1.9, unit: "×" }, about.judged),
    results: about.results,
    note,
  };
}

function unchangedLines(done: readonly Round<Side>[], started: readonly string[], about: About): Line[] {
  const what = `${nameOf(about)}, nothing changed`;
  const ratio = speedUp(done, "plain", "unchanged");
  const wall = spread(done, ({ unchanged }) => unchanged.wallMs);
  const python = started.filter((name) => name.includes("python")).length;
  const common = { results: about.results, note: `${costOf(done, "unchanged")}; ${stealOf(done)}` };
  return [
    { what, figure: times(ratio), ...against(ratio.median, { atLeast: 100, unit: "×" }, about.judged), ...common },
    {
      what: `${what}, time`,
      figure: seconds(wall.median),
      ...against(wall.median / 1000, { atMost: 1, unit: " s" }, about.judged),
      ...common,
    },
    {
      what: `${what}, Python processes`,
      figure: `${python}`,
      ...against(python, { atMost: 0, unit: "" }, about.judged),
      results: about.results,
      note: `started: ${[...new Set(started)].join(", ")}`,
    },
  ];
}

function changedLines(done: readonly Round<Side>[], about: About): Line[] {
  return CHANGES.map(({ side, percent, target }) => {
    const ratio = speedUp(done, "plain", side);
    const what = `${nameOf(about)}, ${percent} % of files changed`;
    return {
      what,
      figure: times(ratio),
      ...against(ratio.median, target, about.judged),
      results: about.results,
      note: `${costOf(done, side)}; ${stealOf(done)}`,
    };
  });
}
