// A vulnerability database from where it is to be had: a given directory, the cache, a download; and whether its age lets a clean result mean anything.
// What is unusable is an error; what is usable but empty, undated or too old is a gap, because the findings it does give are true all the same.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { DatabaseFacts } from "../findings/scanner-run.ts";
import { dayOf } from "../text/day-of.ts";

/** What a database says of itself, after its shape was checked. */
export interface DatabaseReading {
  /** When its contents were made; null when it does not say. */
  readonly updatedAt: Date | null;
  /** As in DatabaseFacts. */
  readonly digest: string;
  /** What makes it useless for a clean result, in words after its name: "holds no packages"; null when nothing does. */
  readonly flaw: string | null;
  /** When its publisher promises a newer one; null when it does not say. */
  readonly nextUpdate: Date | null;
}

/** A database to scan with. */
export interface Database {
  readonly directory: string;
  readonly facts: DatabaseFacts;
  readonly gap: Gap | null;
  readonly notices: readonly Notice[];
}

/** What differs between Safety's database and Trivy's. */
export interface DatabaseKind {
  readonly scanner: "safety" | "trivy";
  /** Subject of sentences: "Safety's database". */
  readonly title: string;
  /** The input that names a directory; also the path under which a gap is accepted. */
  readonly input: "safety-db" | "trivy-db";
  /** How long a download is not repeated. */
  readonly refreshAfterMs: number;
  /** sha256 of its files in name order. Rejects when one cannot be read. */
  digest(directory: string): Promise<string>;
  /** Reads and checks a directory. Throws an InstallError `database-unusable`. */
  read(directory: string): Promise<DatabaseReading>;
  /** Downloads it into an existing private directory. Throws an InstallError. */
  download(directory: string): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whole days from `date` to `now`; negative when it lies ahead. */
export function daysBetween(date: Date, now: Date): number {
  return Math.floor((now.getTime() - date.getTime()) / DAY_MS);
}

export interface AgeLimit {
  readonly now: Date;
  /** Days; null accepts any age, also an unknown one. */
  readonly maxAgeDays: number | null;
}

/** Returns why a clean result with this database would prove nothing, or null. */
export function databaseGap(kind: DatabaseKind, { updatedAt, flaw }: DatabaseReading, { now, maxAgeDays }: AgeLimit): Gap | null {
  const gap = (reason: string, remedy: string): Gap => ({ path: kind.input, reason: `${kind.title} ${reason}`, remedy });
  const another = `Leave \`${kind.input}\` out to have the current one downloaded, or give a newer one.`;
  if (flaw !== null) return gap(flaw, another);
  if (maxAgeDays === null) return null;
  if (updatedAt === null) return gap("does not say how old it is", another);
  const age = daysBetween(updatedAt, now);
  const date = dayOf(updatedAt);
  if (age < -1) return gap(`is dated ${date}, which is in the future`, "Check the clock of this machine, then the database.");
  if (age <= maxAgeDays) return null;
  return gap(
    `is ${age} days old (${date}); at most ${maxAgeDays} are allowed`,
    `${another} On the command line \`--max-database-age\` accepts older ones.`,
  );
}
