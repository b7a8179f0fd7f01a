// A whole scan of a project, cold and warm, against Bandit, Safety and Trivy by hand in sequence, and against what is allowed over the slowest of them.

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Bench, DATABASES, freshCache } from "../bench.ts";
import { type ByHand, gitFiles, type Legs, runByHand } from "../by-hand.ts";
import { compareStatements, type Report, type ReportedFinding } from "../compare-statements.ts";
import { copyOf, project } from "../corpora/corpora.ts";
import { EDIT_RULE, type Edit, editFiles } from "../edits.ts";
import { inSequence, type Measurement, measure } from "../measure.ts";
import { costOf, median, middleOf, type Round, rounds, seconds, speedUp, spread, stealOf } from "../rounds.ts";
import { scanCommand } from "../scan-command.ts";
import { against, type Line, ResultsDiffer, requireEqual, times } from "../table.ts";

/** Allowed over the bound, which is the slowest scanner by hand or the processor time of all over the cores: the larger one. */
const ALLOWANCE = { ms: 500, factor: 1.05 };

type Side = "hand" | "cold" | "unchanged" | "edited";

interface Kind {
  readonly what: string;
  readonly files: number;
  /** How many times as fast as by hand each must be; null: nothing was set. */
  readonly targets: Readonly<Record<Exclude<Side, "hand">, number | null>>;
  /** Whether it is held against what is allowed over the slowest scanner. */
  readonly bounded: boolean;
  readonly pairs: number;
  /** How often the warm sides are measured in each pair. */
  readonly warm: number;
}

/** The service: cold, and warm with one changed file. */
export async function serviceRows(bench: Bench): Promise<Line[]> {
  const targets = { cold: 1.9, unchanged: null, edited: 20 };
  return await wholeScan(bench, {
    what: "service",
    files: bench.sizes.service,
    targets,
    bounded: false,
    pairs: bench.pairs,
    warm: bench.sizes.often,
  });
}

/** The application: warm, and never much slower than the slowest scanner. */
export async function applicationRows(bench: Bench): Promise<Line[]> {
  const targets = { cold: null, unchanged: 2, edited: null };
  const { application: files, often } = bench.sizes;
  return await wholeScan(bench, { what: "application", files, targets, bounded: true, pairs: bench.pairs * often, warm: 1 });
}

interface Subject {
  readonly bench: Bench;
  readonly root: string;
  readonly cache: string;
}

async function wholeScan(bench: Bench, kind: Kind): Promise<Line[]> {
  const root = copyOf(await project(bench, kind.files), bench, kind.what);
  const subject = { bench, root, cache: freshCache(bench, kind.what) };
  // Fills the cache, and warms up.
  let last = (await scanned(subject, [])).report;
  const unread = new Set(last.gaps.map(({ path }) => path));
  const python = gitFiles(root).filter((file) => file.endsWith(".py") && !unread.has(file));
  const legs: Legs[] = [];
  let results = "";
  const done = await rounds<Side>(kind.pairs, async (index) => {
    const round = await oneRound(subject, { python, index, last, warm: kind.warm });
    legs.push(round.byHand);
    ({ last, results } = round);
    return round.sides;
  });
  return linesOf(kind, { done, legs, results, judged: bench.sizes.judged });
}

interface WholeRound {
  readonly sides: Record<Side, Measurement>;
  readonly byHand: Legs;
  readonly results: string;
  /** What was found with the last changed file. */
  readonly last: Report;
}

/** The run by hand also proves what was found `last`, before this round: with one edited file, or while the cache was filled. */
async function oneRound(
  subject: Subject,
  {
    python,
    index,
    last,
    warm,
  }: { readonly python: readonly string[]; readonly index: number; readonly last: Report; readonly warm: number },
): Promise<WholeRound> {
  const hand = await runByHand(subject.root, DATABASES);
  const cold = await scanned(subject, ["--no-cache"]);
  const stated = requireStated(subject.root, cold.report, hand);
  requireEqual("before the round", keysOf(last), keysOf(cold.report));
  let expected = keysOf(cold.report);
  let latest = cold.report;
  const leg = async (what: string): Promise<Measurement> => {
    const { measured, report } = await scanned(subject, []);
    requireEqual(what, keysOf(report), expected);
    latest = report;
    return measured;
  };
  const unchanged = await middleOf(warm, () => leg("warm"));
  const edited = await middleOf(warm, async (edit) => {
    const edits = editFiles(subject.root, python, { count: 1, seed: `one-${index}-${edit}` });
    expected = [...expected, ...edits.map(keyOfEdit)];
    return await leg("warm with one changed file");
  });
  return {
    sides: { hand: inSequence(legsOf(hand.legs)), cold: cold.measured, unchanged, edited },
    byHand: hand.legs,
    results: `${stated}; cold and warm ${cold.report.findings.length.toLocaleString("en")} equal`,
    last: latest,
  };
}

/** With the files that a user keeps: both SARIF logs and report.json. */
async function scanned(
  { bench: { program, work }, root, cache }: Subject,
  options: readonly string[],
): Promise<{ measured: Measurement; report: Report }> {
  const out = join(work, "out");
  const measured = await measure(scanCommand({ program, root, cache, options: ["--out", out, ...options] }));
  return { measured, report: JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Report };
}

function requireStated(root: string, report: Report, { stated }: ByHand): string {
  const { missing, more } = compareStatements(root, report, stated);
  const unexplained = more.filter(({ reason }) => reason === null);
  if (missing.length + unexplained.length > 0) {
    const some = [...missing, ...unexplained].slice(0, 5).map(({ scanner, key }) => `${scanner} ${key}`);
    throw new ResultsDiffer(`by hand: ${missing.length} missing, ${unexplained.length} more without a reason: ${some.join("; ")}`);
  }
  return `${stated.length.toLocaleString("en")} by hand, 0 missing`;
}

function keysOf({ findings }: Report): string[] {
  return findings.map(keyOf);
}

function keyOf({ kind, rule, severity, path, startLine, package: pin, advisory }: ReportedFinding): string {
  return [kind, rule, severity, path, startLine, pin?.name ?? "", pin?.version ?? "", advisory?.id ?? ""].join(":");
}

function keyOfEdit({ file, line }: Edit): string {
  return ["code", EDIT_RULE, "low", file, line, "", "", ""].join(":");
}

interface Outcome {
  readonly done: readonly Round<Side>[];
  readonly legs: readonly Legs[];
  readonly results: string;
  readonly judged: boolean;
}

const TITLES = { cold: "no cache", unchanged: "nothing changed", edited: "one changed file" } as const;

function linesOf({ what, files, targets, bounded }: Kind, { done, legs, results, judged }: Outcome): Line[] {
  const name = (side: keyof typeof TITLES) => `whole scan, ${files.toLocaleString("en")}-file ${what}, ${TITLES[side]}`;
  const sides = ["cold", "unchanged", "edited"] as const;
  const fast = sides.map((side): Line => {
    const ratio = speedUp(done, "hand", side);
    const least = targets[side];
    const target = least === null ? null : { atLeast: least, unit: "×" };
    return {
      what: name(side),
      figure: times(ratio),
      ...against(ratio.median, target, judged),
      results,
      note: `by hand ${costOf(done, "hand")}; ours ${costOf(done, side)}; ${stealOf(done)}`,
    };
  });
  return bounded ? [...fast, ...sides.map((side) => withinBound(side, name(side), { done, legs, results, judged }))] : fast;
}

function withinBound(side: keyof typeof TITLES, name: string, { done, legs, results, judged }: Outcome): Line {
  const allowed = legs.map(allowedMs);
  const shares = done.map(({ sides }, index) => sides[side].wallMs / (allowed[index] ?? Number.NaN));
  const share = median(shares);
  const bound = `max(slowest by hand, processor time / ${availableParallelism()}) × ${ALLOWANCE.factor} + 0.5 s`;
  const note = `${seconds(spread(done, (measured) => measured[side].wallMs).median)} of ${seconds(median(allowed))}: ${bound}`;
  const judgement = against(share, { atMost: 1, unit: "×" }, judged);
  return { what: `${name}, share of what is allowed`, figure: `${share.toFixed(2)}×`, ...judgement, results, note };
}

function legsOf({ bandit, safety, trivy }: Legs): Measurement[] {
  return [bandit, safety, trivy];
}

function allowedMs(byHand: Legs): number {
  const legs = legsOf(byHand);
  const { cpuMs } = inSequence(legs);
  return Math.max(...legs.map(({ wallMs }) => wallMs), cpuMs / availableParallelism()) * ALLOWANCE.factor + ALLOWANCE.ms;
}
