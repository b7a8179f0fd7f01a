// From what octokit gives or throws to an Answer: total, so that no surprise of the network becomes a crash of ours.

import type { Answer } from "./code-scanning.ts";

/** Reads a response, or anything thrown in its place. `now` is the wall time, to which the end of a rate limit is relative. */
export function readAnswer(given: unknown, now: Date): Answer {
  const response = responseOf(given);
  if (response === null) return { kind: "silence", message: given instanceof Error ? given.message : "neither a response nor an error" };
  const { status, data, headers } = response;
  const message = messageIn(data);
  const exhausted = headers["x-ratelimit-remaining"] === "0";
  const reset = exhausted ? wholeNumber(headers["x-ratelimit-reset"]) : null;
  return {
    kind: "answer",
    status,
    message,
    body: data,
    location: typeof headers["location"] === "string" ? headers["location"] : null,
    rateLimited: (status === 403 || status === 429) && (exhausted || /\bsecondary rate\b/i.test(message)),
    // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    waitSeconds: wholeNumber(headers["retry-after"]) ?? (reset === null ? null : secondsUntil(reset, now)),
  };
}

interface Response {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A network error has a status too (500), but no response. */
function responseOf(given: unknown): Response | null {
  const response = given instanceof Error ? member(given, "response") : given;
  const status = member(response, "status");
  const headers = member(response, "headers");
  if (typeof status !== "number" || !isRecord(headers)) return null;
  return { status, data: member(response, "data"), headers };
}

/** GitHub's errors are `{message, errors?}`; a proxy in between may answer anything. */
function messageIn(data: unknown): string {
  const message = member(data, "message");
  const errors = member(data, "errors");
  const reasons = Array.isArray(errors) ? errors.map((error) => (typeof error === "string" ? error : JSON.stringify(error))) : [];
  return [typeof message === "string" ? message : "", ...reasons].filter((text) => text !== "").join(": ");
}

/** `reset` in seconds since 1970; one more, so that it has passed. */
function secondsUntil(reset: number, now: Date): number {
  return Math.max(0, Math.ceil(reset - now.getTime() / 1000) + 1);
}

function wholeNumber(header: unknown): number | null {
  return typeof header === "string" && /^\d{1,12}$/.test(header) ? Number(header) : null;
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
