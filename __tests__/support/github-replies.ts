// What GitHub is documented, or was publicly seen, to answer to an upload, and faults of the network. It decides nothing: a script of the
// fake GitHub lines these up. Sections are those of docs.github.com/rest; threads are public ones.

/** What a reply may depend on. */
export interface Asked {
  /** Root of the REST API. */
  readonly apiUrl: string;
  /** `owner/name` */
  readonly repository: string;
  /** The upload that the request is about; the default id where it names none. */
  readonly sarifId: string;
  /** `ref` and `commit_sha` of the last upload. */
  readonly ref: string;
  readonly commit: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** A body that is sent as it is: a fault, held to no description. */
  readonly text?: string;
  /** True for a status that GitHub answers although its description does not list it. */
  readonly undescribed?: true;
}

/** Makes an answer, destroys the connection, or never answers. */
export type Reply = (asked: Asked) => Answer | "reset" | "hang";

/** The id of an upload where a test names none; the shape is that of the example in "Upload an analysis as SARIF data". */
export const SARIF_ID = "47177e22-5596-11eb-80a1-c1e54ef945c6";

const DOCUMENTATION_URL = "https://docs.github.com/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data";

function failure(status: number, message: string, more: Partial<Answer> = {}): Reply {
  return () => ({ status, json: { message, documentation_url: DOCUMENTATION_URL, status: String(status) }, ...more });
}

/** 202. Source: "Upload an analysis as SARIF data". */
export function accepted(id: string = SARIF_ID): Reply {
  return ({ apiUrl, repository }) => ({ status: 202, json: { id, url: `${apiUrl}/repos/${repository}/code-scanning/sarifs/${id}` } });
}

function statusReply(processingStatus: "pending" | "complete" | "failed", errors: readonly string[] | null): Reply {
  return ({ apiUrl, repository, sarifId }) => {
    const analyses = `${apiUrl}/repos/${repository}/code-scanning/analyses?sarif_id=${sarifId}`;
    const analysesUrl = processingStatus === "pending" ? null : analyses;
    return { status: 200, json: { processing_status: processingStatus, analyses_url: analysesUrl, errors } };
  };
}

/** Processing came to its end. Source: "Get information about a SARIF upload". */
export function processed(): Reply {
  return statusReply("complete", null);
}

/** Not processed yet. Source: "Get information about a SARIF upload". */
export function pending(): Reply {
  return statusReply("pending", null);
}

/** Not processed, or in part only. Source: "Get information about a SARIF upload"; the texts: codeql-action 2000, 3051. */
export function processingFailed(errors: readonly string[]): Reply {
  return statusReply("failed", errors);
}

/** One analysis with a warning (results ignored) or an error. Source: "List code scanning analyses for a repository". */
export function analysesWith(warning: string, error = ""): Reply {
  return ({ apiUrl, repository, sarifId, ref, commit }) => {
    const analysis = {
      ...{ ref, commit_sha: commit, analysis_key: "(default)", environment: "{}", category: "bandit", error, warning },
      ...{ created_at: "2026-01-02T03:04:05Z", results_count: 1, rules_count: 1, id: 201, sarif_id: sarifId, deletable: true },
      ...{ url: `${apiUrl}/repos/${repository}/code-scanning/analyses/201`, tool: { name: "Bandit", guid: null, version: null } },
    };
    return { status: 200, json: [analysis] };
  };
}

/** No analysis of this upload, which is also what a repository answers before the first one. */
export function noAnalyses(): Reply {
  return () => ({ status: 200, json: [] });
}

/** The token may not write. Source: "Troubleshooting: Resource not accessible by integration"; haskell-actions/hlint-scan 48. */
export function readOnlyToken(): Reply {
  return failure(403, "Resource not accessible by integration");
}

/** A private repository without GitHub Code Security. Source: pax8labs/pax8-cli 138. */
export function codeSecurityOff(): Reply {
  return failure(403, "Code Security must be enabled for this repository to use code scanning.");
}

/** The same under the product's older name, which servers still say. Source: "GitHub Advanced Security must be enabled". */
export function advancedSecurityOff(): Reply {
  return failure(403, "Advanced Security must be enabled for this repository to use code scanning.");
}

/** Source: 403 of "Upload an analysis as SARIF data"; the text is that of every write to an archived repository. */
export function archived(): Reply {
  return failure(403, "Repository was archived so is read-only.");
}

/** Unknown repository, or a permission that is missing (codeql-action 1931). */
export function notFound(): Reply {
  return failure(404, "Not Found");
}

/** A commit that was not pushed. Source: codeql-action 952, 2623. */
export function commitNotFound(): Reply {
  return failure(404, "commit not found");
}

/** A ref that is gone, as in a merge queue. Source: codeql-action 1572. */
export function refNotFound(ref: string): Reply {
  return failure(404, `ref '${ref}' not found in this repository`);
}

/** Source: 413 of "Upload an analysis as SARIF data", and "SARIF results file is too large". */
export function tooLarge(): Reply {
  return failure(413, "SARIF upload is rejected (bigger than allowed size for zip archive)");
}

/** A body that GitHub refuses: 400 is documented, 422 was seen (atlanhq/application-sdk PR 2279). */
export function invalid(message: string, status: 400 | 422 = 422): Reply {
  return failure(status, message, status === 422 ? { undescribed: true } : {});
}

/** Source: "Authenticating to the REST API". */
export function badCredentials(): Reply {
  return failure(401, "Bad credentials", { undescribed: true });
}

/** 429; `retryAfter` in seconds. Source: "Rate limits for the REST API". */
export function rateLimited({ retryAfter }: { readonly retryAfter: number }): Reply {
  return failure(429, "API rate limit exceeded", { headers: { "retry-after": String(retryAfter) }, undescribed: true });
}

/** The hourly limit is used up; the reset counts from the answer, in seconds of the server. Source: "Rate limits for the REST API". */
export function primaryLimit({ resetInSeconds }: { readonly resetInSeconds: number }): Reply {
  return (asked) => {
    const reset = Math.ceil(Date.now() / 1000) + resetInSeconds;
    const headers = { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
    return failure(403, "API rate limit exceeded for installation.", { headers })(asked);
  };
}

/** Too fast or too many at once; `retryAfter` in seconds. Source: "Rate limits for the REST API", secondary rate limits. */
export function secondaryLimit({ retryAfter }: { readonly retryAfter: number }): Reply {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return failure(403, message, { headers: { "retry-after": String(retryAfter) } });
}

/** Source: github/gh-gei 921 (502 `Server Error`). */
export function serverError(status: 500 | 502 | 504): Reply {
  return failure(status, "Server Error", { undescribed: true });
}

/** Source: 503 of "Upload an analysis as SARIF data". */
export function serviceUnavailable(): Reply {
  const json = { code: "503", message: "Service unavailable", documentation_url: DOCUMENTATION_URL };
  return () => ({ status: 503, json });
}

/** The connection is destroyed before an answer. Source: none, a fault of the network. */
export function reset(): Reply {
  return () => "reset";
}

/** No answer ever comes. Source: SAP/jenkins-library PR 4409. */
export function hang(): Reply {
  return () => "hang";
}

/** A renamed or moved repository. Source: "Best practices for using the REST API", redirects. */
export function redirect(location: string): Reply {
  return failure(307, "Moved Temporarily", { headers: { location }, undescribed: true });
}

/** 202 whose body is no JSON although it says so. Source: none, a broken proxy. */
export function malformed(): Reply {
  return () => ({ status: 202, headers: { "content-type": "application/json; charset=utf-8" }, text: '{"id": ' });
}

/** A page for people. Source: none, a proxy or a login page in front of a server. */
export function html(status: number): Reply {
  return () => ({ status, headers: { "content-type": "text/html" }, text: "<!DOCTYPE html><title>Unicorn!</title>" });
}
