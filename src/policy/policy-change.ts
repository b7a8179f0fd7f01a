// One difference between the policies of base and head, as reports show it.

/** One difference between the policies of base and head. */
export interface PolicyChange {
  /** The key, with its place in a list: `gate.fail-on`, `suppressions`. */
  readonly key: string;
  /** What stands there at the base and in the head, short, for people; null: nothing. From a policy file: untrusted text. */
  readonly base: string | null;
  readonly head: string | null;
  /** Whether it takes effect in this run: what is stricter does at once, what is looser does once it is merged. */
  readonly effect: "applies" | "ignored";
}
