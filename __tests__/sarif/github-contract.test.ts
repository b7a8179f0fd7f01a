import type { Location, Log, ReportingDescriptor, Result, Run } from "sarif";
import { beforeEach, describe, expect, it } from "vitest";
import { buildUploadLog } from "../../src/sarif/build-log.ts";
import { checkContract } from "../../src/sarif/github-contract.ts";
import { logSource, parsed } from "../support/sarif-logs.ts";
import { schemaErrors } from "../support/sarif-schema.ts";

/** The parts of a valid log that a test breaks. */
interface Parts {
  readonly log: Log;
  readonly run: Run;
  readonly rule: ReportingDescriptor;
  readonly result: Result;
  readonly location: Location;
}

let valid: Log;

beforeEach(async () => {
  const { log } = await buildUploadLog(logSource());
  if (log === null) throw new Error("no run may be uploaded");
  valid = parsed(log);
});

/** What the contract says of the valid log after one change. */
function complaints(change: (parts: Parts) => void): string[] {
  const log = structuredClone(valid);
  const run = log.runs[0];
  const rule = run?.tool.driver.rules?.[0];
  const result = run?.results?.[0];
  const location = result?.locations?.[0];
  if (run === undefined || rule === undefined || result === undefined || location === undefined) throw new Error("the log lacks a part");
  change({ log, run, rule, result, location });
  return checkContract(log);
}

function setUri(uri: string | undefined): (parts: Parts) => void {
  return ({ location }) => {
    location.physicalLocation = { ...location.physicalLocation, artifactLocation: uri === undefined ? {} : { uri } };
  };
}

function setRegion(region: Record<string, number>): (parts: Parts) => void {
  return ({ location }) => {
    location.physicalLocation = { ...location.physicalLocation, region };
  };
}

/** Properties that the types do not let through, because GitHub's users have written them all the same. */
function setAny(target: object, key: string, value: unknown): void {
  Reflect.set(target, key, value);
}

describe("checkContract", () => {
  it("has nothing to say of a valid log", () => {
    expect(complaints(() => undefined)).toEqual([]);
  });

  it("reads a log as it is built too", async () => {
    const { log } = await buildUploadLog(logSource());
    expect(log && checkContract(log)).toEqual([]);
  });

  it.each<[string, (parts: Parts) => void]>([
    ["log: $schema or version is not that of SARIF 2.1.0", ({ log }) => setAny(log, "version", "2.0.0")],
    ["log: $schema or version is not that of SARIF 2.1.0", ({ log }) => setAny(log, "$schema", undefined)],
    ["log: there is no run", ({ log }) => log.runs.splice(0)],
    ["log: there are more than 20 runs", ({ log, run }) => addRuns(log, run, 18)],
    ["log: two runs have one tool and category", ({ log, run }) => log.runs.push(run)],
    ["log: two runs have one tool and category", ({ log, run }) => log.runs.push(renamed(run, "BANDIT", "sarif-gate/bandit/2"))],
  ])("complains of the log: %s", (complaint, change) => {
    expect(complaints(change)).toContain(complaint);
  });

  it.each<[string, (parts: Parts) => void]>([
    ["tool.driver.name is empty", ({ run }) => setAny(run.tool.driver, "name", " ")],
    ["automationDetails.id does not end in `/`", ({ run }) => setAny(run, "automationDetails", { id: "sarif-gate" })],
    ["automationDetails.id does not end in `/`", ({ run }) => setAny(run, "automationDetails", undefined)],
    ["results are missing", ({ run }) => setAny(run, "results", undefined)],
    ["results are missing", ({ run }) => setAny(run, "results", null)],
    ["executionSuccessful is not true", ({ run }) => setAny(run, "invocations", [{ executionSuccessful: false }])],
    ["executionSuccessful is not true", ({ run }) => setAny(run, "invocations", [])],
    ["there are more than 25000 rules", ({ run, rule }) => addRules(run, rule, 25_000)],
    ["two rules have one id", ({ run, rule }) => run.tool.driver.rules?.push({ ...rule, name: "other" })],
    ["there are more than 5000 results", ({ run, result }) => setAny(run, "results", Array(5_001).fill(result))],
  ])("complains of a run: %s", (complaint, change) => {
    expect(complaints(change)).toEqual([`runs[0]: ${complaint}`]);
  });

  it.each<[string, (parts: Parts) => void]>([
    ["name is longer than 255", ({ rule }) => setAny(rule, "name", "x".repeat(256))],
    ["a description or the help is empty", ({ rule }) => setAny(rule, "shortDescription", undefined)],
    ["a description or the help is empty", ({ rule }) => setAny(rule, "help", { text: "" })],
    ["a description or the help is longer than 1024", ({ rule }) => setAny(rule, "fullDescription", { text: "x".repeat(1_025) })],
    ...["High", 8.8, undefined, null, "0.0", "10.1", "-1", "1e1", "NaN", ""].map((score): [string, (parts: Parts) => void] => [
      "security-severity is not a string from 0.1 to 10.0",
      ({ rule }) => setAny(rule.properties ?? {}, "security-severity", score),
    ]),
    ["the tag `security` is missing", ({ rule }) => setAny(rule.properties ?? {}, "tags", ["code"])],
    ["there are more than 10 tags", ({ rule }) => rule.properties?.tags?.push(..."abcdefgh")],
  ])("complains of a rule: %s", (complaint, change) => {
    expect(complaints(change)).toEqual([`runs[0].tool.driver.rules[0]: ${complaint}`]);
  });

  it("complains of a rule without an id, and of its results", () => {
    expect(
      complaints(({ rule, result }) => {
        rule.id = "";
        result.ruleId = "";
      }),
    ).toEqual(["runs[0].tool.driver.rules[0]: id is empty", "runs[0].results[0]: ruleId is not the id of the rule at ruleIndex"]);
  });

  it.each<[string, (parts: Parts) => void]>([
    ["message.text is empty", ({ result }) => setAny(result, "message", { text: "" })],
    ["partialFingerprints.primaryLocationLineHash is missing", ({ result }) => setAny(result, "partialFingerprints", {})],
    ["kind is not fail", ({ result }) => setAny(result, "kind", "pass")],
    ["it is suppressed", ({ result }) => setAny(result, "suppressions", [{ kind: "inSource" }])],
    ["it is absent", ({ result }) => setAny(result, "baselineState", "absent")],
    ["there is no location", ({ result }) => setAny(result, "locations", [])],
    ["a fix changes nothing", ({ result }) => setAny(result, "fixes", [{ artifactChanges: [] }])],
    ["ruleId is not the id of the rule at ruleIndex", ({ result }) => setAny(result, "ruleId", "B101")],
    ["ruleId is not the id of the rule at ruleIndex", ({ result }) => setAny(result, "ruleIndex", 1)],
  ])("complains of a result: %s", (complaint, change) => {
    expect(complaints(change)).toEqual([`runs[0].results[0]: ${complaint}`]);
  });

  it.each<[string, (parts: Parts) => void]>([
    ["artifactLocation.uri is empty", setUri("")],
    ["artifactLocation.uri is empty", setUri(undefined)],
    ["artifactLocation.uri is empty", ({ location }) => setAny(location, "physicalLocation", undefined)],
    ["the URI is absolute or has a scheme", setUri("/etc/passwd")],
    ["the URI is absolute or has a scheme", setUri("//host/share")],
    ["the URI is absolute or has a scheme", setUri("git::https://example.org/module")],
    ["the URI is absolute or has a scheme", setUri("debian:8")],
    ["the URI holds a character that must be encoded", setUri("a b.py")],
    ["the URI holds a character that must be encoded", setUri("100%.py")],
    ["the URI holds a character that must be encoded", setUri("a\\b.py")],
    ["the URI leaves the repository", setUri("src/../../x.py")],
    ["the URI leaves the repository", setUri("%2e%2E%2Fx.py")],
    ["a line or column is below 1", setRegion({ startLine: 0 })],
    ["a line or column is below 1", setRegion({})],
    ["a line or column is below 1", setRegion({ startLine: 1, endLine: 2, endColumn: 0 })],
    ["the region ends before it starts", setRegion({ startLine: 3, endLine: 2 })],
    ["the region ends before it starts", setRegion({ startLine: 3, startColumn: 5, endColumn: 4 })],
  ])("complains of a location: %s", (complaint, change) => {
    expect(complaints(change)).toContain(`runs[0].results[0]: ${complaint}`);
  });

  it.each(["src/a%20b.py", "registry.example/team%3Ashop", "a%3Ab/c.py", "src/a:b.py", "..hidden/x.py"])("accepts the URI %s", (uri) => {
    expect(complaints(setUri(uri))).toEqual([]);
  });

  it("sees what the schema does not", () => {
    const log = structuredClone(valid);
    log.runs.splice(0);
    expect([schemaErrors(log), checkContract(log)]).toEqual([[], ["log: there is no run"]]);
  });
});

function addRuns(log: Log, run: Run, count: number): void {
  for (let number = 0; number < count; number += 1) log.runs.push(renamed(run, run.tool.driver.name, `sarif-gate/${number}/`));
}

function renamed(run: Run, name: string, id: string): Run {
  return { ...run, tool: { driver: { ...run.tool.driver, name } }, automationDetails: { id } };
}

function addRules(run: Run, rule: ReportingDescriptor, count: number): void {
  for (let number = 0; number < count; number += 1) run.tool.driver.rules?.push({ ...rule, id: String(number) });
}
