// What a scan is asked to do: parsed, complete, and never changed afterwards.

import type { ScannerId } from "../findings/scanner-id.ts";
import type { GateThreshold } from "../policy/gate.ts";
import type { ImageSource } from "../scanners/scanner.ts";

export const UPLOAD_MODES = ["auto", "always", "never"] as const;

/** `auto` uploads where the event and the repository allow it; with `always` it is a failure where they do not. */
export type UploadMode = (typeof UPLOAD_MODES)[number];

export const SCOPES = ["auto", "new", "all"] as const;

/** What gates, as it is asked for: `auto` is `new` where there is something to compare with, else `all`. */
export type ScopeChoice = (typeof SCOPES)[number];

export interface Config {
  /** Absolute path of the directory to scan. */
  readonly path: string;
  /** The workspace of an Actions job, absolute; null on the command line. */
  readonly workspace: string | null;
  /** In the order of SCANNER_IDS, at least one. */
  readonly scanners: readonly ScannerId[];
  /** Null when it is not given: the policy says what fails, or else `high` does. */
  readonly failOn: GateThreshold | null;
  readonly scope: ScopeChoice;
  /** The revision that the user names; null: the event decides. */
  readonly baseRevision: string | null;
  /** Absolute path of the policy file that the user names, and which must exist; null: the one of the scanned tree, if there is one. */
  readonly policyFile: string | null;
  readonly category: string;
  /** Whether to upload to code scanning; the command line never does. */
  readonly upload: UploadMode;
  readonly waitForProcessing: boolean;
  readonly image: ImageSource | null;
  /** Absolute directories with ready databases; null: download. */
  readonly safetyDatabase: string | null;
  readonly trivyDatabase: string | null;
  readonly trivyDatabaseRepositories: readonly string[];
  /** Command or path of the interpreter; null: the newest supported one on PATH. */
  readonly python: string | null;
  readonly pythonIndexUrl: string | null;
  readonly useCache: boolean;
  readonly offline: boolean;
  readonly timeoutMs: number;
  /** In days; a null inside accepts a database of any age. Null when it is not given: the policy's limits hold. */
  readonly maxDatabaseAgeDays: { readonly safety: number | null; readonly trivy: number | null } | null;
  /** How many scanner processes may run at once. */
  readonly jobs: number;
}
