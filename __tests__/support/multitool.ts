// Microsoft's SARIF validator, as an opinion that is independent of ours. It takes about a second per log, so it belongs in integration tests.

import { execFile } from "node:child_process";
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Log, Result } from "sarif";

const PACKAGE = dirname(createRequire(import.meta.url).resolve("@microsoft/sarif-multitool-linux/package.json"));

/** GitHub's rules that are off by default. GH1001 crashes on a log without artifact locations and GH1004 knows outdated limits, so these stay off. */
const EXTRA_RULES = [
  "GH1002.InlineThreadFlowLocations",
  "GH1003.ProvideRequiredRegionProperties",
  "GH1005.LocationsMustBeRelativeUrisOrFilePaths",
  "GH1006.ProvideCheckoutPath",
  "GH1007.ProvideFullyFormattedMessageStrings",
];

/** Validates the log at `path` and returns its findings of level error, `<rule> <message>`; its exit status says nothing, so its report is read. */
export async function validateWithMultitool(path: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), "sarif-multitool-"));
  try {
    const report = join(directory, "report.sarif");
    const config = join(directory, "rules.xml");
    await writeFile(config, configuration());
    const options = ["--rule-kind", "Sarif;Ghas", "--config", config, "--output", report, "--log", "ForceOverwrite"];
    await promisify(execFile)(await executable(directory), ["validate", path, ...options], { maxBuffer: 64 * 1024 * 1024 });
    const log: Log = JSON.parse(await readFile(report, "utf8"));
    return log.runs.flatMap((run) => (run.results ?? []).filter(({ level }) => level === "error").map(complaint));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Install scripts are off, so the program lacks its execute bit; a copy gets it where the package cannot be changed. */
async function executable(directory: string): Promise<string> {
  const installed = join(PACKAGE, "Sarif.Multitool");
  try {
    await chmod(installed, 0o755);
    return installed;
  } catch {
    const copy = join(directory, "Sarif.Multitool");
    await copyFile(installed, copy);
    await chmod(copy, 0o755);
    return copy;
  }
}

function configuration(): string {
  const rules = EXTRA_RULES.map(
    (rule) => `<Properties Key="${rule}.Options"><Property Key="RuleEnabled" Value="Error" Type="Driver.RuleEnabledState"/></Properties>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n<Properties>${rules.join("")}</Properties>\n`;
}

function complaint({ ruleId = "", message, locations }: Result): string {
  const region = locations?.[0]?.physicalLocation?.region;
  return `${ruleId} ${(message.arguments ?? [message.text ?? message.id ?? ""]).join(" | ")} (${region?.startLine}:${region?.startColumn})`;
}
