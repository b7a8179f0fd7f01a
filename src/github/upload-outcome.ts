// What became of an upload, as a closed set of endings, and which of them fail the step.

/** How far an upload came. */
export type UploadStatus =
  /** GitHub took the file and finished with it. */
  | "processed"
  /** GitHub took the file; nobody waited for more. */
  | "accepted"
  /** GitHub took the file and did not finish with it in time: no success. */
  | "pending"
  /** Not sent, or not taken, for a reason that belongs to the event: nobody has to mend anything. */
  | "skipped"
  /** Not taken, because the repository does not have code scanning. */
  | "unavailable"
  /** Not taken, or not processed, and somebody has to do something about it. */
  | "failed";

export interface UploadOutcome {
  readonly status: UploadStatus;
  /** GitHub's id of the upload; null when nothing was taken. */
  readonly sarifId: string | null;
  /** One sentence: what happened and why. Untrusted text may stand in it. */
  readonly message: string;
  /** What to do; empty when there is nothing to do. */
  readonly remedy: string;
  /** GitHub's own words, errors and warnings, one each. Untrusted. */
  readonly details: readonly string[];
}

/** How an outcome is told. Only a `failure` fails the step; the gate's verdict is another thing. */
export type UploadLevel = "done" | "notice" | "warning" | "failure";

/**
 * Returns how an outcome is told; `required` is `upload: always`, which makes it a failure when the upload was not possible. A timeout is a failure in any
 * case, because green needs proof: `wait-for-processing: false` asks for none.
 */
export function levelOf({ status, details }: UploadOutcome, required: boolean): UploadLevel {
  if (status === "failed" || status === "pending") return "failure";
  if (status === "processed" || status === "accepted") return details.length === 0 ? "done" : "warning";
  if (required) return "failure";
  return status === "unavailable" ? "warning" : "notice";
}
