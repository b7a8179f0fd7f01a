// GitHub's API over @actions/github. The token goes to the one origin it is made for: redirects are not followed, and certificates are always checked. What
// is temporary is repeated: after GitHub's rate limits by the throttling plugin, after everything else by the retry plugin as `adviceFor` says.

import { getOctokit } from "@actions/github";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import type { Clock, Logger } from "../host/ports.ts";
import { VERSION } from "../version.ts";
import { API_CALLS, type ApiCall } from "./api-calls.ts";
import type { Answer, CodeScanning } from "./code-scanning.ts";
import { readAnswer } from "./http-answer.ts";
import { isUnknownCommit } from "./refusal.ts";

export interface ClientOptions {
  /** Root of the REST API; see `parseApiUrl`. */
  readonly apiUrl: string;
  readonly token: string;
  /** `owner/name` */
  readonly repository: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One attempt, sending and reading included. */
const ATTEMPT_MS = 60_000;
/** How often a call is repeated; after trouble the waits are 1, 4 and 9 seconds. */
const MOST_REPEATS = 3;
/** The least to wait where GitHub limits and does not say how long. */
const LIMIT_SECONDS = 60;
/** The retry plugin judges no status itself: by itself it would repeat without reading a header. */
const EVERY_ERROR = Array.from({ length: 200 }, (_, index) => 400 + index);
/** How long a commit or a branch may need to reach all of GitHub's servers. */
const NOT_THERE_YET_SECONDS = 5;

/** Octokit's options of one call. The deadline is ours, the count the retry plugin's. */
interface CallOptions {
  readonly request: { deadline?: number; signal?: AbortSignal; redirect?: string; retryCount?: number };
}

/** What a plugin sees of octokit. */
interface Pluggable {
  readonly hook: {
    before(name: "request", prepare: (options: CallOptions) => void): void;
    error(name: "request", judge: (error: Error, options: CallOptions) => never): void;
  };
}

/** Returns the calls to one repository. */
export function connect({ apiUrl, token, repository, clock, logger }: ClientOptions): CodeScanning {
  const [owner = "", repo = ""] = repository.split("/");
  const onLimit = (seconds: number, { request }: CallOptions, _octokit: unknown, count: number) =>
    count < MOST_REPEATS && clock.monotonic() + seconds * 1000 < (request.deadline ?? 0);
  const log = { debug: () => {}, info: () => {}, warn: logger.debug, error: logger.debug };
  const octokit = getOctokit(
    token,
    {
      baseUrl: apiUrl,
      userAgent: `sarif-gate/${VERSION}`,
      log,
      retry: { doNotRetry: EVERY_ERROR },
      throttle: { onRateLimit: onLimit, onSecondaryRateLimit: onLimit },
    },
    (pluggable: Pluggable) => repeatByAnswer(pluggable, clock),
    retry,
    throttling,
  );
  const call = ({ route }: ApiCall, parameters: object, deadline: number): Promise<Answer> =>
    octokit.request(route, { owner, repo, ...parameters, request: { deadline } }).then(
      (response) => readAnswer(response, clock.now()),
      (thrown: unknown) => readAnswer(thrown, clock.now()),
    );
  return {
    upload: (body, deadline) => call(API_CALLS.upload, body, deadline),
    status: (sarifId, deadline) => call(API_CALLS.status, { sarif_id: sarifId }, deadline),
    analyses: (sarifId, deadline) => call(API_CALLS.analyses, { sarif_id: sarifId, per_page: 100 }, deadline),
  };
}

/**
 * Gives every attempt its own timeout, and tells the retry plugin what to repeat before the deadline. Must be the first plugin, so that it is asked before
 * the others.
 */
function repeatByAnswer({ hook }: Pluggable, clock: Clock): void {
  hook.before("request", ({ request }) => {
    const left = (request.deadline ?? 0) - clock.monotonic();
    request.signal = AbortSignal.timeout(Math.max(1, Math.min(ATTEMPT_MS, left)));
    request.redirect = "manual";
  });
  hook.error("request", (error, { request }) => {
    const left = (request.deadline ?? 0) - clock.monotonic();
    const advice = adviceFor(readAnswer(error, clock.now()), request.retryCount ?? 0);
    if (advice !== null && advice.afterSeconds * 1000 < left) tellRetryPlugin(error, advice);
    throw error;
  });
}

interface Advice {
  readonly repeats: number;
  readonly afterSeconds: number;
}

/** Whether a failed attempt is repeated, after `count` repeats. The throttling plugin knows GitHub's rate limits by itself. */
function adviceFor(answer: Answer, count: number): Advice | null {
  const backoff = (count + 1) ** 2;
  if (answer.kind === "silence") return { repeats: MOST_REPEATS, afterSeconds: backoff };
  const { status, rateLimited, waitSeconds } = answer;
  if (rateLimited) return null;
  if (isUnknownCommit(answer)) return { repeats: 1, afterSeconds: NOT_THERE_YET_SECONDS };
  if (status === 429 || (status === 403 && waitSeconds !== null))
    return { repeats: MOST_REPEATS, afterSeconds: waitSeconds ?? LIMIT_SECONDS };
  return status >= 500 ? { repeats: MOST_REPEATS, afterSeconds: waitSeconds ?? backoff } : null;
}

/** The retry plugin reads both numbers from the error. */
function tellRetryPlugin(error: Error, { repeats, afterSeconds }: Advice): void {
  if (!("request" in error) || typeof error.request !== "object" || error.request === null) return;
  const inner = "request" in error.request ? error.request.request : {};
  Object.assign(error.request, { request: { ...(typeof inner === "object" ? inner : {}), retries: repeats, retryAfter: afterSeconds } });
}
