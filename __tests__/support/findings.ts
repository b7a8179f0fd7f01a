// Builders of findings and runs for tests: each has a valid default, and takes what the test is about as overrides. Nothing here is random.

import { ScannerError } from "../../src/errors.ts";
import type { Coverage, RunGap } from "../../src/findings/coverage.ts";
import type { DependencyFinding, Finding, Rule } from "../../src/findings/finding.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import type { RunId, ScannerId } from "../../src/findings/scanner-id.ts";
import type { CompletedRun, FailedRun, SkippedRun } from "../../src/findings/scanner-run.ts";
import type { Novelty, SuppressedBy, TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { GapStanding, JudgedGap } from "../../src/policy/judged-gap.ts";

/** Ids of the defaults: equal calls give equal findings. */
const CODE_ID = "c0de".padEnd(20, "0");
const SECRET_ID = "5ec".padEnd(20, "0");
const MISCONFIGURATION_ID = "d0c".padEnd(20, "0");
const DEPENDENCY_ID = "dead".padEnd(20, "0");

/** A finding id made from a number, for tests that need many. */
export function findingId(number: number): string {
  return number.toString(16).padStart(20, "0");
}

/** A rule of Bandit. */
export function rule(overrides: Partial<Rule> = {}): Rule {
  return {
    id: "B602",
    name: "subprocess_popen_with_shell_equals_true",
    title: "Subprocess call with a shell",
    description: "A shell is started with text that may come from outside.",
    help: "Pass the program and its arguments as a list, without a shell, and check values that come from outside.",
    helpUri: "https://bandit.readthedocs.io/en/latest/plugins/b602_subprocess_popen_with_shell_equals_true.html",
    cwes: [78],
    ...overrides,
  };
}

export type CodeFinding = Finding & { readonly kind: "code" };
export type SecretFinding = Finding & { readonly kind: "secret" };
export type MisconfigurationFinding = Finding & { readonly kind: "misconfiguration" };

/** B602 of Bandit, high, in `src/app.py` line 3. */
export function codeFinding(overrides: Partial<CodeFinding> = {}): CodeFinding {
  return {
    kind: "code",
    id: CODE_ID,
    scanner: "bandit",
    run: "bandit",
    rule: rule(),
    severity: "high",
    confidence: "high",
    message: "A subprocess is started with a shell.",
    location: { path: "src/app.py", startLine: 3, endLine: 3, startColumn: 1, endColumn: 10 },
    ...overrides,
  };
}

/** A token found by Trivy in `settings.py` line 7. */
export function secretFinding(overrides: Partial<SecretFinding> = {}): SecretFinding {
  return {
    kind: "secret",
    id: SECRET_ID,
    scanner: "trivy",
    run: "trivy",
    rule: rule({
      id: "github-pat",
      name: "github-pat",
      title: "GitHub personal access token",
      description: "A token in the source can be used by everyone who reads it.",
      help: "Revoke the secret at its issuer first, then remove it, and read its successor from the environment or a secret store.",
      helpUri: "https://trivy.dev/docs/latest/scanner/secret/",
      cwes: [798],
    }),
    severity: "critical",
    message: "A secret was found (rule github-pat).",
    location: { path: "settings.py", startLine: 7, endLine: 7 },
    ...overrides,
  };
}

/** A missing USER instruction found by Trivy in `Dockerfile` line 1. */
export function misconfigurationFinding(overrides: Partial<MisconfigurationFinding> = {}): MisconfigurationFinding {
  return {
    kind: "misconfiguration",
    id: MISCONFIGURATION_ID,
    scanner: "trivy",
    run: "trivy",
    rule: rule({
      id: "DS-0002",
      name: "DS-0002",
      title: "Image user should not be root",
      description: "A process that runs as root in a container can do more harm when it is taken over.",
      help: "Add a USER instruction.",
      helpUri: "https://avd.aquasec.com/misconfig/ds-0002",
      cwes: [250],
    }),
    severity: "medium",
    message: "Specify at least one USER command.",
    location: { path: "Dockerfile", startLine: 1, endLine: 1 },
    ...overrides,
  };
}

/** CVE-2019-14234 in django 2.2.0, found by Trivy in `requirements.txt` line 3. */
export function dependencyFinding(overrides: Partial<DependencyFinding> = {}): DependencyFinding {
  return {
    kind: "dependency",
    id: DEPENDENCY_ID,
    scanner: "trivy",
    run: "trivy",
    rule: rule({
      id: "CVE-2019-14234",
      name: "CVE-2019-14234",
      title: "SQL injection in key and index lookups",
      description: "Keys of a JSON field reach the database unescaped.",
      help: "Upgrade the package to a fixed version.",
      helpUri: "https://avd.aquasec.com/nvd/cve-2019-14234",
      cwes: [89],
    }),
    severity: "critical",
    message: "django 2.2.0 is open to CVE-2019-14234; fixed in 2.2.4.",
    location: { path: "requirements.txt", startLine: 3, endLine: 3 },
    package: pypiPackage("django", "2.2.0"),
    advisory: {
      id: "CVE-2019-14234",
      aliases: ["GHSA-6r97-cj55-9hrq", "PYSEC-2019-13"],
      url: "https://avd.aquasec.com/nvd/cve-2019-14234",
      cvss: 9.8,
      fixedVersions: ["2.2.4"],
    },
    ...overrides,
  };
}

/** The finding as an open one; by default only its own scanner reports it, and it was compared with nothing. */
export function open(finding: Finding, scanners: readonly ScannerId[] = [finding.scanner], novelty: Novelty | null = null): TriagedFinding {
  return { ...finding, triage: { state: "open", scanners, novelty } };
}

/** The finding as one that is suppressed; by default by the policy, without an end. */
export function suppressed(finding: Finding, by: Partial<SuppressedBy> = {}, novelty: Novelty | null = null): TriagedFinding {
  const complete = { kind: "policy", reason: "It is not reachable.", expires: null, ...by } as const;
  return { ...finding, triage: { state: "suppressed", scanners: [finding.scanner], novelty, by: complete } };
}

/** Gaps that were judged: each counts unless said otherwise. */
export function judged(gaps: readonly RunGap[], standing: GapStanding = "counts"): JudgedGap[] {
  return gaps.map((gap) => ({ ...gap, standing }));
}

/** The finding as a duplicate of the finding with id `of`. */
export function duplicate(finding: Finding, of: string): TriagedFinding {
  return { ...finding, triage: { state: "duplicate", of } };
}

export function scannerOf(run: RunId): ScannerId {
  return run === "trivy-image" ? "trivy" : run;
}

/** A coverage without gaps. */
export function coverage(overrides: Partial<Coverage> = {}): Coverage {
  return { expected: 1, covered: 1, unit: "Python files", missing: [], ...overrides };
}

/** A run that looked at everything; by default it found nothing. */
export function completedRun(run: RunId, overrides: Partial<CompletedRun> = {}): CompletedRun {
  return {
    run,
    scanner: scannerOf(run),
    status: "completed",
    version: "1.2.3",
    durationMs: 120,
    notices: [],
    coverage: coverage(),
    database: null,
    findings: [],
    comments: [],
    ...overrides,
  };
}

/** A run that had nothing to look at. */
export function skippedRun(run: RunId, overrides: Partial<SkippedRun> = {}): SkippedRun {
  return { run, scanner: scannerOf(run), status: "skipped", durationMs: 0, notices: [], reason: "there is no Python file", ...overrides };
}

/** A run whose scanner crashed. */
export function failedRun(run: RunId, overrides: Partial<FailedRun> = {}): FailedRun {
  const error = new ScannerError("scanner-crashed", `${run} ended with exit status 2`, { remedy: "Read its last words above." });
  return { run, scanner: scannerOf(run), status: "failed", durationMs: 80, notices: [], version: "1.2.3", error, ...overrides };
}
