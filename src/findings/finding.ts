// What a scanner found, in one shape for all of them. A finding is never dropped, only annotated (see triage in `triaged-finding.ts`).

import type { Advisory } from "./advisory.ts";
import type { PackageRef } from "./package-ref.ts";
import type { Pinning } from "./pinning.ts";
import type { RunId, ScannerId } from "./scanner-id.ts";
import type { Severity } from "./severity.ts";

/** How sure the scanner is; only code findings have one (Bandit's `issue_confidence`, UNDEFINED as `unknown`). */
export type Confidence = "high" | "medium" | "low" | "unknown";

/** 20 lower-case hexadecimal digits; the same problem has the same id in every run (see `pipeline/identify.ts`). */
export type FindingId = string;

/** The check that was violated: a capability of the scanner, so no path, version or literal of the scanned repository may stand in it. */
export interface Rule {
  /** As the scanner spells it: `B602`, `CVE-2019-14234`, `DS-0002`, `github-pat`. Never empty. */
  readonly id: string;
  /** A short name for machines, e.g. `subprocess_popen_with_shell_equals_true`; equals `id` where the scanner has none. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** One or more sentences. */
  readonly description: string;
  /** How to mend it, in sentences. */
  readonly help: string;
  /** https address of the scanner's documentation of the rule. */
  readonly helpUri?: string;
  /** CWE numbers, ascending. */
  readonly cwes: readonly number[];
}

/** A place in the scanned tree. Lines and columns are 1-based; columns count UTF-16 code units; `endColumn` is exclusive (SARIF 2.1.0, 3.30). */
export interface Location {
  /** Relative to the root, `/` as separator, not encoded. For an image: the image's name without tag or digest. */
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
}

interface FindingCore {
  readonly scanner: ScannerId;
  /** The run that reported it: a scanner may run more than once (Trivy on the tree and on an image). */
  readonly run: RunId;
  readonly rule: Rule;
  readonly severity: Severity;
  readonly confidence?: Confidence;
  /** Says what was found, here. Holds no literal of a secret; other untrusted text in it is neutralised when it is written to a channel. */
  readonly message: string;
  readonly location: Location;
  /** Line, in the finding's file, of a comment that asks the scanner to pass over it (an `InlineComment` of the run). */
  readonly commentLine?: number;
}

/** A known flaw in a package, and what the manifest says of how it comes to be pinned. */
export interface DependencyPart extends Pinning {
  readonly kind: "dependency";
  readonly package: PackageRef;
  readonly advisory: Advisory;
}

/** A flaw in code. */
export interface CodePart {
  readonly kind: "code";
  /** Its line holds a secret, so no snippet of it may leave. */
  readonly sensitive?: boolean;
  /** First and last line of the statement that the check is about, where that is more than the location's first line: `shell=True)` alone says nothing. */
  readonly statement?: readonly [first: number, last: number];
}

/** A finding as a scanner's folder decodes it, before it has an identity. */
export type DecodedFinding = FindingCore &
  (CodePart | { readonly kind: "secret" } | { readonly kind: "misconfiguration" } | DependencyPart);

export type Finding = DecodedFinding & { readonly id: FindingId };
export type DependencyFinding = Finding & DependencyPart;
