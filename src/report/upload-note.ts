// What became of the upload to code scanning, as the reports tell it. It knows no request and no status: only how it is to be taken.

/** Told to people; every text in it is untrusted. */
export interface UploadNote {
  /** `done`: GitHub has it. `notice`: not sent, and nobody has to mend anything. `warning`: look at it. `failure`: it fails the step, whatever the verdict. */
  readonly level: "done" | "notice" | "warning" | "failure";
  /** One sentence: what happened and why. */
  readonly message: string;
  /** What to do; empty when there is nothing to do. */
  readonly remedy: string;
  /** GitHub's own words, one error or warning each. */
  readonly details: readonly string[];
}
