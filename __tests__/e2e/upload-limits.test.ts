// More findings than GitHub takes, found by the real Trivy: what is cut is the least severe, the verdict does not know of it, and everybody is told.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Log } from "sarif";
import { beforeAll, describe, expect, it } from "vitest";
import { checkContract } from "../../src/sarif/github-contract.ts";
import { checkOutCommit } from "../support/checkouts.ts";
import { type FakeGitHub, SARIF_ID, startFakeGitHub } from "../support/fake-github.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { type ActionResult, runAction } from "../support/run-action.ts";

const MEDIUM = 26_999;
const CUT = "22000 of 27000 findings";

/** Web hooks of a chat (medium), and a key of a cloud account (critical) as the very last line. Nobody's: made from a counter. */
function secrets(): string {
  const hooks = Array.from({ length: MEDIUM }, (_, index) => {
    const digits = String(index).padStart(8, "0");
    return `hook${index} = https://hooks.slack.com/services/T${digits}/B${digits}/${`Q${digits}`.repeat(3).slice(0, 24)}`;
  });
  return [...hooks, ["key = AK", "IAQX7NB2MKPL4WZTRC\n"].join("")].join("\n");
}

describe("27,000 findings of one scanner, the last one critical", () => {
  let result: ActionResult;
  let github: FakeGitHub;
  let log: Log;
  let compressed: Buffer;

  beforeAll(async () => {
    github = await startFakeGitHub({}, { untilClosed: true });
    const { root, commit } = checkOutCommit({ "hooks.txt": secrets() });
    const env = { GITHUB_SHA: commit, GITHUB_API_URL: github.apiUrl, FAST_CLOCK_PATIENCE: "60000" };
    result = await runAction(root, { scanners: "trivy", ...freshDatabases() }, { env, fastClock: true });
    await github.close();
    const [upload] = github.requests as readonly { readonly body: { readonly sarif: string } }[];
    compressed = Buffer.from(upload?.body.sarif ?? "", "base64");
    log = JSON.parse(gunzipSync(compressed).toString("utf8")) as Log;
  }, 120_000);

  it("fail the gate, with exact counts, and are uploaded all the same", () => {
    expect(github.violations).toEqual([]);
    expect([result.status, result.outputs.get("verdict"), result.outputs.get("sarif-id")]).toEqual([1, "fail", SARIF_ID]);
    expect(["findings", "critical", "medium"].map((name) => result.outputs.get(name))).toEqual(["27000", "1", String(MEDIUM)]);
  });

  it("are cut to what GitHub takes, the critical one first", () => {
    const results = log.runs[0]?.results ?? [];
    expect(results).toHaveLength(5_000);
    expect(results.filter(({ ruleId }) => ruleId === "aws-access-key-id")).toHaveLength(1);
    expect(checkContract(log)).toEqual([]);
    expect(compressed.length).toBeLessThanOrEqual(10_000_000);
  });

  it("are all in the local SARIF", () => {
    const local = JSON.parse(readFileSync(result.outputs.get("sarif-file") ?? "", "utf8")) as Log;
    expect(local.runs[0]?.results).toHaveLength(27_000);
  });

  it("have the cut stated in the uploaded SARIF, the summary, the log and the report", () => {
    const notes = log.runs[0]?.invocations?.[0]?.toolExecutionNotifications ?? [];
    expect(notes.map(({ message }) => message.text)).toContainEqual(expect.stringContaining("5000 of 27000 findings are listed"));
    expect(result.summary).toContain(CUT);
    expect(result.log).toContain(CUT);
    const report = JSON.parse(readFileSync(result.outputs.get("report-file") ?? "", "utf8")) as { truncated: unknown[] };
    expect(report.truncated).toEqual([expect.objectContaining({ run: "trivy", kept: 5_000, total: 27_000 })]);
  });

  it("leave a summary that GitHub shows", () => {
    expect(Buffer.byteLength(result.summary)).toBeLessThan(1_048_576);
    expect(result.summary).toContain("27000 findings: critical 1, medium 26999");
  });
});
