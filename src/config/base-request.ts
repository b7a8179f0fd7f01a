// What new findings are to be measured against, before git was asked: the event of a run or the user decides it.

/** How the base is found. Every revision is a full commit id, except the one that the user names. */
export type Measure =
  /** The first parent of the checked-out commit when that is the merge commit `merge`; else the merge base with `otherwise`. */
  | { readonly by: "first-parent"; readonly merge: string; readonly otherwise: string }
  /** That commit. */
  | { readonly by: "commit"; readonly commit: string }
  /** The merge base of the checked-out commit and `revision`. */
  | { readonly by: "merge-base"; readonly revision: string };

/** Whether to compare, with what, and what follows when that cannot be had. */
export type BaseRequest =
  /** Nothing is compared; `because` is a clause for people: "a run on a schedule looks at everything". */
  | { readonly kind: "none"; readonly because: string }
  | {
      readonly kind: "compare";
      readonly measure: Measure;
      /** Whose policy counts: with `base-and-head` the verdict is the worse of both, so that a change cannot loosen what judges it. */
      readonly policy: "base-and-head" | "head";
      /** What a base that cannot be had is: an error, or a reason to let all findings gate. */
      readonly whenMissing: "error" | "all";
      /** For people, as a noun: "pull request 12", "the commit before the push". */
      readonly name: string;
    };
