// What a base that the user names asks for. Whether it names a commit is found out when git is asked.

import type { BaseRequest } from "./base-request.ts";

/** Asks for a comparison with the revision that the user names, judged as a pull request is: the policies of both sides count. */
export function baseOfInput(revision: string): BaseRequest {
  return {
    kind: "compare",
    measure: { by: "merge-base", revision },
    policy: "base-and-head",
    whenMissing: "error",
    name: `the base \`${revision}\``,
  };
}
