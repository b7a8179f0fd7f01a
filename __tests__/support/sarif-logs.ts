// A scan to build logs from, and logs as their readers see them.

import type { Log } from "sarif";
import type { LogSource, StreamedLog } from "../../src/sarif/log.ts";
import { renderLog } from "../../src/sarif/render-log.ts";
import { codeFinding, completedRun, dependencyFinding, duplicate, misconfigurationFinding, open, secretFinding } from "./findings.ts";

const TOOLS: LogSource["tools"] = {
  bandit: { name: "Bandit", informationUri: "https://bandit.readthedocs.io/" },
  safety: { name: "Safety", informationUri: "https://safetycli.com/" },
  trivy: { name: "Trivy", informationUri: "https://trivy.dev/" },
  "trivy-image": { name: "Trivy", informationUri: "https://trivy.dev/" },
};

/** Three complete runs; Safety and Trivy report one flaw. */
export function logSource(overrides: Partial<LogSource> = {}): LogSource {
  const trivys = dependencyFinding();
  const safetys = dependencyFinding({ id: "5afe".padEnd(20, "0"), scanner: "safety", run: "safety" });
  return {
    category: "sarif-gate",
    runs: [completedRun("bandit"), completedRun("safety"), completedRun("trivy")],
    findings: [
      open(codeFinding()),
      open(trivys, ["trivy", "safety"]),
      duplicate(safetys, trivys.id),
      open(secretFinding()),
      open(misconfigurationFinding()),
    ],
    gaps: [],
    notices: [],
    startedAt: new Date("2026-01-02T03:04:05.000Z"),
    revision: "0123456789abcdef0123456789abcdef01234567",
    repositoryUri: "https://github.com/octo-org/shop",
    tools: TOOLS,
    fingerprint: (finding) => `${finding.id}:1`,
    ...overrides,
  };
}

/** The log as whoever reads the written file sees it. */
export function parsed(log: StreamedLog): Log {
  return JSON.parse([...renderLog(log)].join(""));
}
