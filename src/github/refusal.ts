// What it means that GitHub did not take an upload: one row per answer, with the words it is recognised by and what the user can do.

import type { Answer, HttpAnswer } from "./code-scanning.ts";
import type { UploadOutcome } from "./upload-outcome.ts";

/** What the meaning of an answer depends on besides the answer. */
export interface RefusalContext {
  /** Why GitHub gives this run a token that may only read, e.g. "a pull request from a fork"; null: it does not. */
  readonly readOnlyReason: string | null;
  readonly ref: string;
  readonly commit: string;
}

type Told = Pick<UploadOutcome, "status" | "message" | "remedy">;

interface Row {
  readonly matches: (answer: HttpAnswer) => boolean;
  readonly told: (answer: HttpAnswer, context: RefusalContext) => Told;
}

/** The lines that a job needs. */
export const PERMISSION_LINES = ["permissions:", "  contents: read", "  security-events: write"];
export const PERMISSIONS_REMEDY =
  "Give the job these lines: `permissions:` with `contents: read` and `security-events: write` below it; a token of your own needs the same.";
const STATUS_REMEDY = "See https://www.githubstatus.com, and run the job again; the SARIF file of this run is kept.";
const REPORT_REMEDY = "This should not happen: please report it with GitHub's words. The SARIF file is kept.";

const ROWS: readonly Row[] = [
  {
    // Reported by users of every upload action; a read-only token may also show as a bare 404.
    matches: ({ status, message }) =>
      (status === 403 && /resource not accessible by (?:integration|personal access token)/i.test(message)) ||
      (status === 404 && /^(?:not found)?$/i.test(message)),
    told: ({ status, message }, { readOnlyReason }) =>
      readOnlyReason === null
        ? failed(`The token may not upload to code scanning (${quote(status, message)}).`, PERMISSIONS_REMEDY)
        : {
            status: "skipped",
            message: `Nothing was uploaded: this is ${readOnlyReason}, and GitHub gives it a token that may only read. The gate decides all the same.`,
            remedy: "",
          },
  },
  {
    matches: ({ status, message }) =>
      status === 403 && /(?:code|advanced) security must be enabled|code scanning is not enabled/i.test(message),
    told: ({ status, message }) => ({
      status: "unavailable",
      message: `This repository has no code scanning, so nothing was uploaded (${quote(status, message)}).`,
      remedy:
        "Switch on GitHub Code Security (Advanced Security on GitHub Enterprise Server) in the repository's settings, or set `upload: never`. Public repositories have it without charge.",
    }),
  },
  {
    matches: ({ rateLimited, status, message, waitSeconds }) =>
      rateLimited || status === 429 || (status === 403 && (waitSeconds !== null || /rate limit/i.test(message))),
    told: ({ status, message, waitSeconds }) =>
      failed(
        `GitHub's rate limit was reached (${quote(status, message)})${waitSeconds === null ? "" : `; it ends in ${waitSeconds} seconds`}.`,
        "Run the job again later; the SARIF file of this run is kept.",
      ),
  },
  {
    matches: ({ status }) => status === 401,
    told: ({ status, message }) =>
      failed(`GitHub does not accept the token (${quote(status, message)}).`, "Leave `token` out, or renew the one that is given."),
  },
  {
    matches: ({ status }) => status === 403,
    told: ({ status, message }) =>
      failed(
        `GitHub forbids the upload (${quote(status, message)}).`,
        "The repository may be archived, or access to it be restricted by its organisation: mend that, or set `upload: never`.",
      ),
  },
  {
    matches: isUnknownCommit,
    told: ({ status, message }, { ref, commit }) =>
      failed(
        `GitHub does not know the commit ${commit} on ${ref} (${quote(status, message)}).`,
        "It was deleted or never pushed: check out the commit of the run, before any step that commits.",
      ),
  },
  {
    matches: ({ status }) => status === 413,
    told: ({ status, message }) => failed(`The SARIF is too large for GitHub (${quote(status, message)}).`, REPORT_REMEDY),
  },
  {
    matches: ({ status }) => status === 400 || status === 422,
    told: ({ status, message }) => failed(`GitHub does not accept the SARIF (${quote(status, message)}).`, REPORT_REMEDY),
  },
  {
    matches: ({ status }) => status >= 300 && status < 400,
    told: ({ location }) =>
      failed(
        `GitHub's API answered with a redirect to ${originOf(location)}, which is not followed: the token is for one address only.`,
        "Run the job again if the repository was renamed or moved just now; else look at GITHUB_API_URL and at the proxy.",
      ),
  },
  {
    matches: ({ status }) => status >= 500,
    told: ({ status, message }) => failed(`GitHub could not take the upload (${quote(status, message)}).`, STATUS_REMEDY),
  },
];

/** Returns the outcome of an upload that got this answer instead of "accepted". */
export function explainRefusal(answer: Answer, context: RefusalContext): UploadOutcome {
  return { sarifId: null, details: [], ...tell(answer, context) };
}

/** Returns whether GitHub says that it does not know the commit or the ref, which may also mean: not yet. */
export function isUnknownCommit({ status, message }: HttpAnswer): boolean {
  const said = message.toLowerCase();
  const ref = said.indexOf("ref ");
  const isRef = ref !== -1 && said.includes(" not found", ref + "ref ".length);
  return status === 404 && (isRef || said.includes("commit not found"));
}

function tell(answer: Answer, context: RefusalContext): Told {
  if (answer.kind === "silence") return failed(`GitHub's API did not answer: ${answer.message}.`, STATUS_REMEDY);
  const row = ROWS.find(({ matches }) => matches(answer));
  return row?.told(answer, context) ?? failed(`GitHub refused the upload (${quote(answer.status, answer.message)}).`, REPORT_REMEDY);
}

function failed(message: string, remedy: string): Told {
  return { status: "failed", message, remedy };
}

/** `422 "message"`, as GitHub said it. */
export function quote(status: number, message: string): string {
  return message === "" ? `${status}` : `${status} "${message}"`;
}

function originOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).origin : "another place";
}
