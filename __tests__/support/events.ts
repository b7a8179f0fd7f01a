// Events of runs for tests, with payloads in the shape GitHub sends (https://docs.github.com/en/webhooks/webhook-events-and-payloads).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/github/event.ts";
import { decodeEventPayload } from "../../src/github/event-payload.ts";

/** GITHUB_SHA of every run, unless a test says otherwise, and a commit that is none of the events'. */
export const RUN = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
export const OTHER = "0ddba11000ddba11000ddba11000ddba11000000";

export type Members = Record<string, unknown>;

/** The payload of a fixture by its name. */
export function json(name: string): Members {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", "fixtures", "events", `${name}.json`), "utf8"));
}

/** An event of the repository of the fixtures. */
export function event(name: string, ref: string, payload: unknown, commit = RUN): RunEvent {
  return { name, ref, commit, repository: "octo/shop", serverUrl: "https://github.com", payload: decodeEventPayload(payload) };
}
