// How long after the end of GitHub's processing we hear of it: our waiting against a server that needs so many seconds, on a clock that costs no time.

import { awaitProcessing } from "../../src/github/analysis-status.ts";
import type { Answer, CodeScanning } from "../../src/github/code-scanning.ts";
import type { Clock } from "../../src/host/ports.ts";
import type { Bench } from "../bench.ts";
import { against, type Line, ResultsDiffer } from "../table.ts";

/** Seconds that the server needs. */
const PROCESSING = [3, 6, 16, 40];
/** When upload-sarif asks, seconds after the upload: github/codeql-action, src/upload-lib.ts. */
const UPLOAD_SARIF_ASKS = [5, 15, 35, 75, 155];

/** One line for each processing time. */
export async function uploadWaitRows({ sizes }: Bench): Promise<Line[]> {
  const lines: Line[] = [];
  for (const needed of PROCESSING) {
    const heard = await heardAfter(needed);
    const judgement = against(heard, { atMost: needed + Math.max(1, needed / 4), unit: " s" }, sizes.judged);
    const theirs = UPLOAD_SARIF_ASKS.find((asked) => asked >= needed);
    const common = { results: "processed", note: `on a clock that is not real; upload-sarif: ${theirs} s` };
    lines.push({
      what: `wait for an upload that takes ${needed} s`,
      figure: `${heard.toFixed(1)} s`,
      ...judgement,
      ...common,
    });
  }
  return lines;
}

async function heardAfter(needed: number): Promise<number> {
  let now = 0;
  const clock: Clock = {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
  const github: CodeScanning = {
    upload: async () => answer({ id: "an-id" }),
    status: async () => answer({ processing_status: now >= needed * 1000 ? "complete" : "pending", errors: null }),
    analyses: async () => answer([]),
  };
  const { status } = await awaitProcessing("an-id", github, clock);
  if (status !== "processed") throw new ResultsDiffer(`an upload that takes ${needed} s ends as ${status}`);
  return now / 1000;
}

function answer(body: unknown): Answer {
  return { kind: "answer", status: 200, message: "", body, location: null, rateLimited: false, waitSeconds: null };
}
