// What a scan is asked to do: parsed, complete, and never changed afterwards.

import type { ScannerId } from "../findings/scanner-id.ts";
import type { GatePolicy } from "../policy/gate.ts";
import type { ImageSource } from "../scanners/scanner.ts";

export const UPLOAD_MODES = ["auto", "always", "never"] as const;

/** `auto` uploads where the event and the repository allow it; with `always` it is a failure where they do not. */
export type UploadMode = (typeof UPLOAD_MODES)[number];

export interface Config {
  /** Absolute path of the directory to scan. */
  readonly path: string;
  /** The workspace of an Actions job, absolute; null on the command line. */
  readonly workspace: string | null;
  /** In the order of SCANNER_IDS, at least one. */
  readonly scanners: readonly ScannerId[];
  readonly gate: GatePolicy;
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
  /** In days; null accepts a database of any age. */
  readonly maxDatabaseAgeDays: { readonly safety: number | null; readonly trivy: number | null };
  /** How many scanner processes may run at once. */
  readonly jobs: number;
}
