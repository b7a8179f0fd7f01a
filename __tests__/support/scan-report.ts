// Builders of scan reports for tests: a small one to override, one that shows everything, and one of any size.

import type { DependencyFinding } from "../../src/findings/finding.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import type { DatabaseFacts } from "../../src/findings/scanner-run.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import { bySeverityThenPlace, evaluateGate } from "../../src/policy/gate.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import {
  type CodeFinding,
  codeFinding,
  completedRun,
  coverage,
  dependencyFinding,
  duplicate,
  findingId,
  judged,
  misconfigurationFinding,
  open,
  rule,
  secretFinding,
  skippedRun,
} from "./findings.ts";
import { policy } from "./policies.ts";

/** A report of these parts: sorted and judged under `fail-on: high` as a scan does it, unless a gate is given. */
export function scanReport(overrides: Partial<ScanReport> = {}): ScanReport {
  const runs = overrides.runs ?? [completedRun("bandit"), completedRun("trivy")];
  const findings = [...(overrides.findings ?? [])].sort(bySeverityThenPlace(policy().gate.unknownAs));
  const gaps = overrides.gaps ?? [];
  const scope = overrides.scope ?? "all";
  const base = overrides.base ?? null;
  const evidence = { findings, runs, gaps, comments: overrides.newComments ?? [], scope, baseError: null };
  return {
    toolVersion: "0.1.0",
    root: "/home/dev/shop",
    within: "",
    revision: "3f786850e387550fdab836ed7e6dc881de23b001",
    startedAt: new Date("2026-11-21T10:00:00Z"),
    durationMs: 2_340,
    category: "sarif-gate",
    policy: "fail-on: high",
    policyChanges: [],
    changedWorkflows: [],
    exclusions: [],
    scope,
    base,
    noBase: base === null ? "no base was given" : null,
    stale: [],
    expiring: [],
    expired: [],
    newComments: [],
    commentCount: 0,
    notices: [],
    gate: evaluateGate(evidence, policy()),
    ...overrides,
    runs,
    findings,
    gaps,
  };
}

export function database(overrides: Partial<DatabaseFacts> = {}): DatabaseFacts {
  return { updatedAt: "2026-11-20T06:00:00Z", ageDays: 1, digest: "ab".repeat(32), origin: "downloaded", ...overrides };
}

/** An advisory about a package at a line of a manifest, as Trivy reports it. */
export function advisoryIn(
  place: { readonly path: string; readonly line: number; readonly name: string; readonly version: string },
  advisory: { readonly id: string; readonly title: string; readonly fixed: readonly string[] },
  overrides: Partial<DependencyFinding> = {},
): DependencyFinding {
  return dependencyFinding({
    id: findingId(Number(advisory.id.replace(/\D/g, "")) + place.line),
    rule: rule({ id: advisory.id, name: advisory.id, title: advisory.title }),
    message: `${place.name} ${place.version}: ${advisory.title}`,
    location: { path: place.path, startLine: place.line, endLine: place.line },
    package: pypiPackage(place.name, place.version),
    advisory: { id: advisory.id, aliases: [], fixedVersions: advisory.fixed },
    ...overrides,
  });
}

/** What Trivy says of the shop's packages; the first is also Safety's. */
function shopPackages(): DependencyFinding[] {
  const django = { path: "requirements.txt", line: 3, name: "django", version: "2.2.0" };
  const flask = { path: "services/payments/poetry.lock", line: 214, name: "flask", version: "0.12" };
  const py = { path: "requirements.txt", line: 9, name: "py", version: "1.11.0" };
  const lookups = {
    id: "CVE-2019-14234",
    title: "SQL injection through JSON and hstore key lookups",
    fixed: ["1.11.23", "2.1.11", "2.2.4"],
  };
  const aliases = { id: "CVE-2022-28346", title: "SQL injection through column aliases", fixed: ["2.2.28", "3.2.13", "4.0.4"] };
  const encoding = { id: "CVE-2018-1000656", title: "Memory exhaustion by JSON in an unexpected encoding", fixed: ["0.12.3"] };
  const svnwc = { id: "CVE-2022-42969", title: "Regular expression that takes quadratic time in svnwc", fixed: [] };
  return [
    advisoryIn(django, lookups),
    advisoryIn(django, aliases),
    advisoryIn(flask, encoding, { severity: "high" }),
    advisoryIn(py, svnwc, { severity: "high" }),
  ];
}

/** What Bandit says of the shop's code. */
function shopCode(): CodeFinding[] {
  return [
    codeFinding({
      message: "subprocess call with shell=True identified, security issue.",
      location: { path: "shop/reports/export.py", startLine: 41, endLine: 43 },
    }),
    codeFinding({
      id: findingId(608),
      rule: rule({
        id: "B608",
        name: "hardcoded_sql_expressions",
        help: "Keep the statement constant and pass values as bound parameters.",
      }),
      severity: "medium",
      message: "Possible SQL injection vector through string-based query construction.",
      location: { path: "shop/views.py", startLine: 27, endLine: 27 },
    }),
    codeFinding({
      id: findingId(101),
      rule: rule({
        id: "B101",
        name: "assert_used",
        help: "Raise an exception where the check must hold; asserts in tests are fine.",
      }),
      severity: "low",
      message: "Use of assert detected.",
      location: { path: "shop/cart.py", startLine: 8, endLine: 8 },
    }),
  ];
}

/** A shop with findings of every kind, one of them reported by two scanners, and notices; verdict `fail`. */
export function shopReport(): ScanReport {
  const code = shopCode();
  const packages = shopPackages();
  const others = [secretFinding(), misconfigurationFinding({ severity: "high" })];
  const shared = packages.slice(0, 1);
  const bySafety = shared.map((finding) => ({ ...finding, id: findingId(0x5afe), scanner: "safety" as const, run: "safety" as const }));
  return scanReport({
    runs: [
      completedRun("bandit", {
        version: "1.9.4",
        durationMs: 482,
        coverage: coverage({ expected: 12, covered: 12 }),
        findings: code,
      }),
      completedRun("safety", {
        version: "3.7.0",
        durationMs: 1_204,
        coverage: coverage({ expected: 23, covered: 23, unit: "pinned packages" }),
        database: database({ updatedAt: "2026-11-01T00:00:00Z", ageDays: 20 }),
        findings: bySafety,
      }),
      completedRun("trivy", {
        version: "0.74.0",
        durationMs: 913,
        coverage: coverage({ expected: 26, covered: 26, unit: "packages and files" }),
        database: database({ origin: "cached" }),
        notices: [{ path: "shop/deploy.tf", message: "2 of Trivy's findings are suppressed" }],
        findings: [...packages, ...others],
      }),
    ],
    findings: [
      ...shared.map((finding) => open(finding, ["trivy", "safety"])),
      ...bySafety.map((finding, index) => duplicate(finding, shared[index]?.id ?? "")),
      ...[...packages.slice(1), ...code, ...others].map((finding) => open(finding)),
    ],
    notices: [
      ...["cart", "mail", "orders", "payments"].map((service) => ({
        path: `services/${service}/requirements-dev.txt`,
        message: "1 requirement (pytest) without an exact version: no version to check, pin or lock",
      })),
      { message: "1 file that Trivy takes for binary is not searched for secrets (shop/static/logo.bin)" },
    ],
  });
}

/** The shop with a scan that is not complete: two gaps of Bandit, one of the tree, the image skipped; verdict `error`. */
export function brokenShopReport(): ScanReport {
  const syntax = {
    run: "bandit" as const,
    reason: "Bandit cannot parse it with Python 3.12",
    remedy: "Mend its syntax; if it is written for a newer Python, name that with `python` (up to 3.14).",
  };
  const gaps = judged([
    {
      path: "vendor/forms",
      reason: "submodule not initialised",
      remedy: "Check out with `submodules: recursive`, or run `git submodule update --init --recursive`.",
    },
    { ...syntax, path: "shop/legacy.py", line: 3 },
    { ...syntax, path: "shop/typing_3_12.py", line: 11 },
  ]);
  const shop = shopReport();
  const runs = shop.runs.map((run) =>
    run.run === "bandit" && run.status === "completed"
      ? { ...run, coverage: coverage({ expected: 14, covered: 12, missing: gaps.slice(1) }) }
      : run,
  );
  runs.push(skippedRun("trivy-image", { reason: "no image was given" }));
  const { gate: _, ...rest } = shop;
  return scanReport({ ...rest, runs, gaps });
}

/** A report of `count` gating findings: code, and packages with ten advisories each. */
export function manyFindings(count: number): ScanReport {
  const findings: TriagedFinding[] = Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? open(
          codeFinding({
            id: findingId(index),
            location: { path: `src/module_${index % 997}.py`, startLine: index + 1, endLine: index + 1 },
          }),
        )
      : open(
          advisoryIn(
            { path: "poetry.lock", line: Math.floor(index / 20) + 1, name: `package-${Math.floor(index / 20)}`, version: "1.0.0" },
            { id: `CVE-2024-${100_000 + index}`, title: "A flaw", fixed: [`1.0.${(index % 7) + 1}`, `2.${index % 5}.0`] },
            { id: findingId(index) },
          ),
        ),
  );
  return scanReport({ findings, runs: [completedRun("trivy", { findings })] });
}
