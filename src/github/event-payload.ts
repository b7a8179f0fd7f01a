// From the JSON of an event (the file that GITHUB_EVENT_PATH names) to the few members that decide where findings belong and what they are
// compared with. It never throws:
// a member that is absent, or of another type than GitHub documents, is null, and whoever needs it then refuses instead of guessing.

import { z } from "zod";

/** What is used of an event, whatever the event is. Text in it is untrusted; commits are lower case. */
export type EventPayload = z.output<typeof payloadSchema>;

/** Decodes an event's payload; members: https://docs.github.com/en/webhooks/webhook-events-and-payloads. Total: anything that is no object gives nulls. */
export function decodeEventPayload(json: unknown): EventPayload {
  const decoded = payloadSchema.safeParse(json);
  return decoded.success ? decoded.data : payloadSchema.parse({});
}

/** A whole commit id, SHA-1 or SHA-256, in lower case. */
export const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.catch(z.nullable(schema), null);
}

const text = orNull(z.string().min(1));
const flag = orNull(z.boolean());
const count = orNull(z.int().positive());
const commit = orNull(z.string().toLowerCase().regex(COMMIT));
const account = orNull(z.object({ login: text }));
/** Null also where the repository, a fork, was deleted. */
const namedRepository = orNull(z.object({ full_name: text }));
const pullRequest = z.object({
  number: count,
  head: orNull(z.object({ sha: commit, repo: namedRepository })),
  /** The tip of the branch it is to be merged into, when the event happened. */
  base: orNull(z.object({ sha: commit })),
});

const workflowRun = z.object({
  /** Name of the event that started that run. */
  event: text,
  /** Without `refs/heads/`. */
  head_branch: text,
  head_sha: commit,
  head_repository: namedRepository,
});

const payloadSchema = z.object({
  repository: orNull(z.object({ default_branch: text })),
  sender: account,
  pull_request: orNull(pullRequest),
  workflow_run: orNull(workflowRun),
  /** The commit that a merge queue's group is put upon. */
  merge_group: orNull(z.object({ base_sha: commit })),
  /** Of a push: what its ref was at; zeros for a new one. */
  before: commit,
  created: flag,
  deleted: flag,
});
