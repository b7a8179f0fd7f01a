// A policy as the rest of the program knows it: parsed, complete, with every default in its place. Where the text comes from is told elsewhere.

import type { Confidence, Finding } from "../findings/finding.ts";
import type { ScannerId } from "../findings/scanner-id.ts";
import type { KnownSeverity } from "../findings/severity.ts";

/** What a finding can be of. */
export const KINDS = ["code", "secret", "misconfiguration", "dependency"] as const satisfies readonly Finding["kind"][];

/** What is scanned. */
export const TARGETS = ["tree", "image"] as const;

/** The scanned tree, or the scanned image. */
export type Target = (typeof TARGETS)[number];

/** What gates: findings the base does not have, or all of them. */
export type Scope = "new" | "all";

/** One rule of the gate: violated when more than `max` open findings match all of it. */
export interface GateRule {
  readonly name: string;
  readonly kinds: readonly Finding["kind"][];
  readonly targets: readonly Target[];
  readonly scanners: readonly ScannerId[];
  /** Globs; empty: everywhere. */
  readonly paths: readonly string[];
  readonly exceptPaths: readonly string[];
  /** Findings at or above it. */
  readonly severity: KnownSeverity;
  /** Findings at or above it, of those that have a confidence; null: any. An unknown confidence counts as high. */
  readonly confidence: Exclude<Confidence, "unknown"> | null;
  /** Null: the run's scope. Without a base every finding counts as new. */
  readonly scope: Scope | null;
  /** Only findings with a known fixed version. */
  readonly onlyFixable: boolean;
  /** How many are tolerated. */
  readonly max: number;
}

/** What a suppression is for: exactly one of these. */
export type SuppressionSubject =
  | { readonly by: "rule"; readonly rule: string }
  /** Any alias matches, whatever its case. */
  | { readonly by: "advisory"; readonly advisory: string }
  | { readonly by: "finding"; readonly finding: string }
  /** A glob for the paths of gaps. */
  | { readonly by: "gap"; readonly gap: string };

/** An accepted finding or gap. `paths` (globs) and `package` narrow it; both hold when both are given. */
export interface Suppression {
  readonly subject: SuppressionSubject;
  /** Empty: everywhere. */
  readonly paths: readonly string[];
  /** PEP 503 normalised; null: any, and findings that are in no package. */
  readonly package: string | null;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD` (UTC); null: it never ends. */
  readonly expires: string | null;
  /** Where it stands in the policy file, 1-based. */
  readonly line: number;
}

/** What counts, what does not, and how much of it is tolerated. */
export interface Policy {
  /** Where it was read, for people: `.github/sarif-gate.yml`, `.github/sarif-gate.yml at 1a2b3c4d`; `no policy file`. */
  readonly source: string;
  readonly gate: {
    /** In the order of the file. None: nothing gates by severity (`fail-on: never`). */
    readonly rules: readonly GateRule[];
    /** What an unknown severity counts as. */
    readonly unknownAs: KnownSeverity;
    /** What a failed run or a gap of a scanner does; `default` is for gaps of the tree as a whole. */
    readonly incomplete: Readonly<Record<ScannerId | "default", "fail" | "warn">>;
    /** What dependencies without a version to check are: listed, or gaps. */
    readonly unpinned: "notice" | "fail";
  };
  /** What the inputs of the workflow must ask for at least. */
  readonly require: { readonly scanners: readonly ScannerId[]; readonly path: string | null };
  readonly suppressions: readonly Suppression[];
  /** Globs of what is not scanned. */
  readonly exclude: readonly string[];
  /** Which comments in the source suppress: all, those that the base already had, or none. */
  readonly inline: "honour" | "existing" | "ignore";
  /** Whether B101 in test files is suppressed. */
  readonly assertsInTests: "ignore" | "report";
  readonly limits: {
    /** Comments in the source that suppress, in the whole tree; null: any number. */
    readonly nosec: number | null;
    /** Suppressions that never expire; null: any number. */
    readonly permanent: number | null;
    readonly databaseAgeDays: { readonly trivy: number; readonly safety: number };
  };
}
