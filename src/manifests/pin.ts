// What our own reading of the dependency manifests yields. Safety is fed from it, Trivy's packages are compared with it, findings get their lines from it.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { Pinning } from "../findings/pinning.ts";

export type ManifestFormat = "requirements" | "Pipfile.lock" | "poetry.lock" | "uv.lock" | "pylock.toml";

/** One package at one exact version, and the lines that pin it. */
export interface Pin extends Pinning {
  /** As written in the manifest. */
  readonly name: string;
  /** A valid PEP 440 version, as written (without the operator). */
  readonly version: string;
  readonly format: ManifestFormat;
  /** Relative to the root. For a pin in an included file: the included file. */
  readonly path: string;
  /** 1-based, inclusive: a pin continued with `\` has several lines. */
  readonly startLine: number;
  readonly endLine: number;
}

/** All pins of all manifests, in order of path and line, what could not be read, and what has no version to check. */
export interface ManifestReading {
  readonly pins: readonly Pin[];
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
  /** Those of the notices that say that dependencies have no version to check, one per file: what a policy with `unpinned: fail` counts as gaps. */
  readonly unpinned: readonly Notice[];
  /** Every manifest that was read, included files too, sorted. */
  readonly manifests: readonly string[];
}
