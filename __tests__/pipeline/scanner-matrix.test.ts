// Every way a scanner can end beside everything it can leave behind: which of them is believed, and what the gate makes of it. The reports are those of the
// real tools, the processes are real ones, and only the program is not.

import { describe, expect, it } from "vitest";
import type { RunId } from "../../src/findings/scanner-id.ts";
import { collectGaps } from "../../src/pipeline/coverage.ts";
import type { RunOutcome } from "../../src/pipeline/run-scanner.ts";
import { judge } from "../../src/policy/judge.ts";
import { type Fixture, fixture } from "../scanners/fixture.ts";
import { type FakeScanner, runFake } from "../support/fake-scanner.ts";
import { open } from "../support/findings.ts";
import { facts, gateRule, policy } from "../support/policies.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();

const EXITS = ["0", "1", "2", "64", "65", "137", "SIGKILL"] as const;
const KINDS = ["absent", "empty", "{}", "truncated", "without findings", "with findings", "another tool's"] as const;
type Exit = (typeof EXITS)[number];
type Kind = (typeof KINDS)[number];

interface Reports {
  readonly clean: Fixture;
  readonly vulnerable: Fixture;
  /** Written by a tool whose report this scanner must not take for its own. */
  readonly foreign: string;
}

const firstReport = (run: RunId, name: string): string => fixture(run, name).reports[0]?.text ?? "";

/** An image in which nothing was found: the recorded one without its results. */
function emptyImage(): Fixture {
  const recorded = fixture("trivy-image", "archive");
  const [image, ...canary] = recorded.reports;
  if (image === undefined) throw new Error("no report was recorded");
  const { Results: _, ...rest } = JSON.parse(image.text);
  return { ...recorded, reports: [{ ...image, text: JSON.stringify(rest) }, ...canary] };
}

const REPORTS: Readonly<Record<RunId, Reports>> = {
  bandit: { clean: fixture("bandit", "clean"), vulnerable: fixture("bandit", "shop"), foreign: firstReport("trivy", "shop") },
  safety: { clean: fixture("safety", "clean"), vulnerable: fixture("safety", "shop"), foreign: firstReport("bandit", "clean") },
  trivy: { clean: fixture("trivy", "clean"), vulnerable: fixture("trivy", "shop"), foreign: firstReport("safety", "clean") },
  "trivy-image": { clean: emptyImage(), vulnerable: fixture("trivy-image", "archive"), foreign: firstReport("bandit", "shop") },
};

/** What the fake writes as each of its reports; null for none at all. */
function textsOf(kind: Kind, { clean, vulnerable, foreign }: Reports): (string | null)[] {
  const recorded = kind === "with findings" ? vulnerable : clean;
  return recorded.reports.map(({ text }, index) => {
    if (kind === "without findings" || kind === "with findings" || index > 0) return text;
    if (kind === "absent") return null;
    if (kind === "truncated") return text.slice(0, -Math.ceil(text.length / 3));
    return kind === "another tool's" ? foreign : kind === "{}" ? "{}" : "";
  });
}

function fakeOf(exit: Exit, kind: Kind, reports: Reports): FakeScanner {
  const texts = textsOf(kind, reports).map((text, index) => [String(index), text] as const);
  return {
    recorded: kind === "with findings" ? reports.vulnerable : reports.clean,
    reports: Object.fromEntries(texts.flatMap(([index, text]) => (text === null ? [] : [[index, text]]))),
    script: `[ -f "$reports/$index" ] && cat "$reports/$index" >"$out"\n${exit === "SIGKILL" ? "kill -9 $$" : `exit ${exit}`}`,
  };
}

/** The verdict of a scan of this one run, under a policy that no finding passes. */
function verdictOf(outcome: RunOutcome): string {
  const { run } = outcome;
  const findings = run.status === "completed" ? run.findings.map((finding) => open(finding)) : [];
  const gaps = collectGaps({ gaps: [] }, { manifests: [], pins: [], gaps: [], notices: [], unpinned: [] }, [outcome]);
  const strict = policy({ gate: { rules: [gateRule({ severity: "low" })] } });
  return judge(facts({ runs: [run], findings, gaps: gaps.map((gap) => ({ ...gap, unchanged: false })) }), [strict]).gate.verdict;
}

/** The cells that are no `error`, as `exit status, report: verdict`. */
async function believed(run: RunId): Promise<string[]> {
  const directory = temporary();
  const cells = EXITS.flatMap((exit) => KINDS.map((kind) => ({ exit, kind })));
  const verdicts = [];
  for (const { exit, kind } of cells) {
    const verdict = verdictOf(await runFake(fakeOf(exit, kind, REPORTS[run]), directory));
    verdicts.push(`${exit}, ${kind}: ${verdict}`);
  }
  expect(verdicts).toHaveLength(49);
  return verdicts.filter((cell) => !cell.endsWith(": error"));
}

describe.skipIf(process.platform === "win32")("49 pairs of an end and a report", () => {
  it("of Bandit: only a clean report with 0 passes, only one with findings and 1 fails, and all else is an error", async () => {
    expect(await believed("bandit")).toEqual(["0, without findings: pass", "1, with findings: fail"]);
  });

  it("of Safety: both kinds of report hold the canary, so they are believed with 64 alone, and all else is an error", async () => {
    expect(await believed("safety")).toEqual(["64, without findings: pass", "64, with findings: fail"]);
  });

  it("of Trivy: findings do not change its exit status, so both kinds of report are believed with 0 alone, and all else is an error", async () => {
    expect(await believed("trivy")).toEqual(["0, without findings: pass", "0, with findings: fail"]);
  });

  it("of Trivy on an image: as on a tree", async () => {
    expect(await believed("trivy-image")).toEqual(["0, without findings: pass", "0, with findings: fail"]);
  });
});
