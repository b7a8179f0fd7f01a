// Reads the event of the run from the runner's variables and its event file.

import { readFile } from "node:fs/promises";
import type { RunEvent } from "../github/event.ts";
import { decodeEventPayload } from "../github/event-payload.ts";
import { READ_TEXT } from "../host/read-regular-file.ts";

/** Returns the event. A payload that cannot be read counts as one that says nothing: what rests on it is refused then, never guessed. */
export async function readRunEvent(environment: NodeJS.ProcessEnv): Promise<RunEvent> {
  const text = await readFile(environment["GITHUB_EVENT_PATH"] ?? "", READ_TEXT).catch(() => "{}");
  return {
    name: environment["GITHUB_EVENT_NAME"] ?? "",
    ref: environment["GITHUB_REF"] ?? "",
    commit: environment["GITHUB_SHA"] ?? "",
    repository: environment["GITHUB_REPOSITORY"] ?? "",
    serverUrl: environment["GITHUB_SERVER_URL"] ?? "",
    payload: decodeEventPayload(parseJson(text)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
