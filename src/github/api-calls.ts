// Every call this program makes to GitHub's API, and the permission of the token that it needs. The README's table of permissions is held to this one.

/** A call by the name of its route in GitHub's REST description. */
export interface ApiCall {
  readonly route: string;
  /** As a workflow grants it. `write` includes `read`. */
  readonly permission: "security-events: write" | "security-events: read";
}

/** https://docs.github.com/en/rest/code-scanning/code-scanning, "Fine-grained access tokens" of each call. */
export const API_CALLS = {
  upload: { route: "POST /repos/{owner}/{repo}/code-scanning/sarifs", permission: "security-events: write" },
  status: { route: "GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}", permission: "security-events: read" },
  analyses: { route: "GET /repos/{owner}/{repo}/code-scanning/analyses", permission: "security-events: read" },
} as const satisfies Record<string, ApiCall>;
