// Waits until GitHub has processed an upload, and hears what it says of it. No answer in time is an outcome of its own, never a success.

import { z } from "zod";
import type { Clock } from "../host/ports.ts";
import type { Answer, CodeScanning } from "./code-scanning.ts";
import type { UploadOutcome } from "./upload-outcome.ts";

/** GitHub needs two seconds at the least. After that a pause is a quarter of the time waited, so that the end is heard of at most that much late. Milliseconds. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 5_000;
const PATIENCE = 5 * 60_000;

/** https://docs.github.com/en/rest/code-scanning/code-scanning#get-information-about-a-sarif-upload */
const statusSchema = z.object({
  processing_status: z.enum(["pending", "complete", "failed"]),
  errors: z.array(z.string()).nullish(),
});

/** https://docs.github.com/en/rest/code-scanning/code-scanning#list-code-scanning-analyses-for-a-repository */
const analysesSchema = z.array(
  z.object({
    tool: z.object({ name: z.string() }).nullish(),
    category: z.string().nullish(),
    warning: z.string().nullish(),
    error: z.string().nullish(),
  }),
);

/** Asks for the upload's status until GitHub is done with it, for five minutes at most. */
export async function awaitProcessing(sarifId: string, github: CodeScanning, clock: Clock): Promise<UploadOutcome> {
  const started = clock.monotonic();
  const deadline = started + PATIENCE;
  let unread = "";
  for (let pause = FIRST_PAUSE; clock.monotonic() + pause < deadline; pause = Math.min(LONGEST_PAUSE, (clock.monotonic() - started) / 4)) {
    await clock.sleep(pause);
    const answer = await github.status(sarifId, deadline);
    const status = readStatus(answer);
    const isRejected = status?.processing_status === "failed" || (status?.errors ?? []).length > 0;
    if (status !== null && isRejected) return rejected(sarifId, status.errors ?? []);
    if (status?.processing_status === "complete") return await readAnalyses(sarifId, github, deadline);
    unread = status === null ? describe(answer) : "";
    if (isFinal(answer)) break;
  }
  return {
    status: "pending",
    sarifId,
    message:
      unread === ""
        ? `GitHub took the upload and did not finish processing it within ${PATIENCE / 60_000} minutes, so nothing proves that its alerts are shown.`
        : `GitHub took the upload, but what became of it cannot be read: ${unread}.`,
    remedy: "Look at the repository's code scanning page and run the job again; `wait-for-processing: false` does without the answer.",
    details: [],
  };
}

function readStatus(answer: Answer): z.infer<typeof statusSchema> | null {
  if (answer.kind !== "answer" || answer.status !== 200) return null;
  return statusSchema.safeParse(answer.body).data ?? null;
}

function describe(answer: Answer): string {
  return answer.kind === "silence" ? answer.message : `it answered ${answer.status} ${answer.message}`.trim();
}

/** A token that may not ask now may not ask later. An unknown id (404) may become known. */
function isFinal(answer: Answer): boolean {
  return answer.kind === "answer" && (answer.status === 401 || (answer.status === 403 && !answer.rateLimited));
}

/** What users can mend themselves, by GitHub's words. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /too many logical alerts/i,
    "The repository has reached GitHub's limit of alerts: ask GitHub Support to remove old ones, and give every job a stable `category`.",
  ],
  [/multiple runs with the same category/i, "Give every step that uploads a `category` of its own."],
  [/merge commit/i, "Check out the commit of the run: `ref` of actions/checkout may be left out."],
];
const REPORT_REMEDY = "Please report this with GitHub's words; the SARIF file is kept.";

function rejected(sarifId: string, errors: readonly string[]): UploadOutcome {
  const remedy = REMEDIES.find(([words]) => errors.some((error) => words.test(error)))?.[1] ?? REPORT_REMEDY;
  const message = "GitHub could not process the upload, or only in part.";
  return { status: "failed", sarifId, message, remedy, details: errors };
}

/** Processing can be complete and results be ignored all the same: GitHub says so on each analysis. */
async function readAnalyses(sarifId: string, github: CodeScanning, deadline: number): Promise<UploadOutcome> {
  const answer = await github.analyses(sarifId, deadline);
  const analyses = answer.kind === "answer" && answer.status === 200 ? analysesSchema.safeParse(answer.body).data : undefined;
  if (analyses === undefined) {
    const details = [`Whether GitHub ignored a part of it cannot be read: ${describe(answer)}`];
    return { status: "processed", sarifId, message: "GitHub processed the upload.", remedy: "", details };
  }
  const said = (text: "error" | "warning") =>
    analyses.flatMap((analysis) =>
      analysis[text] ? [`${analysis.tool?.name ?? "?"} (${analysis.category ?? ""}): ${analysis[text]}`] : [],
    );
  const errors = said("error");
  if (errors.length > 0) return rejected(sarifId, [...errors, ...said("warning")]);
  return { status: "processed", sarifId, message: "GitHub processed the upload.", remedy: "", details: said("warning") };
}
