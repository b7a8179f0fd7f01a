// What every row of the benchmark is given: the program under test, how large things are, and where they may be put.

import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** How much is measured. Counts of lines and files are those of the corpora (corpora.ts). */
export interface Sizes {
  /** Lines of the corpora without a cache; the last one is also used with a cache. */
  readonly bandit: readonly number[];
  /** Lines of the standard library whose results are compared; null: all. */
  readonly library: number | null;
  /** Files of the projects whose results are compared. */
  readonly equality: readonly number[];
  /** Files of the two projects. */
  readonly service: number;
  readonly application: number;
  /** Bytes of Bandit reports that are merged. */
  readonly reportBytes: number;
  /** Findings, each ten times the one before. */
  readonly growth: readonly number[];
  /** Lines of the corpus that is fingerprinted. */
  readonly fingerprints: number;
  /** Where Python files come from. */
  readonly pool: "wheels" | "standard library";
  /** How many times as often what takes seconds is measured as what takes minutes. */
  readonly often: number;
  /** Whether figures of this size can be held against the targets. */
  readonly judged: boolean;
}

const FULL: Sizes = {
  bandit: [100_000, 1_000_000],
  library: null,
  equality: [4_000, 50],
  service: 4_000,
  application: 50,
  reportBytes: 100_000_000,
  growth: [1_000, 10_000, 100_000],
  fingerprints: 1_000_000,
  pool: "wheels",
  often: 3,
  judged: true,
};

/** Shows in half a minute that every row works; its figures mean nothing. */
const SMALL: Sizes = {
  bandit: [5_000],
  library: 5_000,
  equality: [20],
  service: 40,
  application: 20,
  reportBytes: 500_000,
  growth: [100, 1_000],
  fingerprints: 5_000,
  pool: "standard library",
  often: 1,
  judged: false,
};

export const SIZES = { full: FULL, small: SMALL } as const;

export interface Bench {
  readonly sizes: Sizes;
  /** How often what takes minutes is measured; what takes seconds is `sizes.often` times as often. */
  readonly pairs: number;
  /** Absolute path of the command line under test. */
  readonly program: string;
  /** A private directory that is removed at the end. */
  readonly work: string;
}

export const ROOT = join(import.meta.dirname, "..");
export const DATABASES = { safety: join(ROOT, "examples", "databases", "safety"), trivy: join(ROOT, "examples", "databases", "trivy") };

const CACHES = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
/** Where sarif-gate installed its scanners. */
export const TOOLS = join(CACHES, "sarif-gate");
/** Where corpora are kept between runs. */
export const KEPT = join(CACHES, "sarif-gate-benchmark");

/** A new cache directory for sarif-gate in which the scanners are installed and nothing else is known: its XDG_CACHE_HOME. */
export function freshCache({ work }: Bench, name: string): string {
  const home = join(work, `cache-${name}`);
  mkdirSync(join(home, "sarif-gate"), { recursive: true });
  for (const part of ["python", "trivy", "digests"].filter((name) => existsSync(join(TOOLS, name))))
    symlinkSync(join(TOOLS, part), join(home, "sarif-gate", part));
  return home;
}
