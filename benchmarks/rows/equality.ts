// Whether plain Bandit, a scan without cache and a scan with it state the same, before and after files are edited, deleted, moved, copied and added.

import { runBanditLeg, type Subject, statementsOfPlain } from "../bandit-leg.ts";
import { type Bench, freshCache } from "../bench.ts";
import { gitFiles, runPlainBandit } from "../by-hand.ts";
import { copyOf, library, project } from "../corpora/corpora.ts";
import { reworkFiles } from "../edits.ts";
import { type Line, requireEqual } from "../table.ts";

const CHANGED_PERCENT = 5;
/** One for each kind of change. */
const FEWEST_CHANGED = 5;

/** Two lines for each tree. Throws `ResultsDiffer` at the first difference. */
export async function equalityRows(bench: Bench): Promise<Line[]> {
  const lines = await equalityOf(bench, "standard library", await library(bench));
  for (const files of bench.sizes.equality) {
    const what = `${files.toLocaleString("en")}-file project`;
    lines.push(...(await equalityOf(bench, what, await project(bench, files))));
  }
  return lines;
}

async function equalityOf(bench: Bench, what: string, tree: string): Promise<Line[]> {
  const name = `equality-${what.replaceAll(/\W/gu, "-")}`;
  const subject = { bench, root: copyOf(tree, bench, name), cache: freshCache(bench, name) };
  const before = await requireSame(subject, what);
  const files = gitFiles(subject.root).filter((file) => file.endsWith(".py"));
  const count = Math.max(FEWEST_CHANGED, Math.round((files.length * CHANGED_PERCENT) / 100));
  reworkFiles(subject.root, files, { count, seed: what });
  const changed = `${what}, ${CHANGED_PERCENT} % of files edited, deleted, moved, copied and added`;
  const after = await requireSame(subject, changed);
  return [equal(what, before), equal(changed, after)];
}

/** The first scan with the cache fills it or brings it up to date; the second has everything from it but what may not be kept. */
async function requireSame(subject: Subject, what: string): Promise<string> {
  const plain = statementsOfPlain((await runPlainBandit(subject.root)).report, subject.root);
  const same = async (how: string, options: readonly string[]): Promise<string> =>
    requireEqual(`${what}, ${how}`, (await runBanditLeg(subject, options)).statements, plain);
  await same("without cache", ["--no-cache", "--jobs", "2"]);
  await same("with a cache of the state before", []);
  return await same("with a cache of this state", []);
}

function equal(what: string, results: string): Line {
  const note = "plain Bandit = no cache, 2 jobs = cached; file, line, rule, severity, confidence, message, files that cannot be read";
  return { what: `same results, ${what}`, figure: "equal", target: "equal", met: true, results, note };
}
