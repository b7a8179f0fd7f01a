// What GitHub rejects, drops or misreads although it is valid SARIF: neither the schema nor Microsoft's validator sees these. One line per rule, each with
// the answer users have reported or the documentation it stands in. A log with a complaint is not uploaded.

import type { Location, Log, Region, ReportingDescriptor, Result, Run } from "sarif";
import { GITHUB_LIMITS, MAX_NAME, MAX_RULES, MAX_RUNS, MAX_TAGS, MAX_TEXT } from "./limits.ts";

/** A log as it is read from a file, or as it is built. */
type CheckedRun = Omit<Run, "results"> & { readonly results?: Iterable<Result> | undefined };
type CheckedLog = Omit<Log, "runs"> & { readonly runs: readonly CheckedRun[] };

/** What is wrong, and the test for it. */
type Rule<Subject> = readonly [complaint: string, violates: (subject: Subject) => boolean];

const LOG_RULES: readonly Rule<CheckedLog>[] = [
  ["$schema or version is not that of SARIF 2.1.0", ({ $schema, version }) => !$schema?.includes("sarif-2.1.0") || version !== "2.1.0"],
  // 422 "1 item required; only 0 were supplied."
  ["there is no run", ({ runs }) => runs.length === 0],
  // "rejecting SARIF, as there are more runs than allowed (21 > 20)"
  [`there are more than ${MAX_RUNS} runs`, ({ runs }) => runs.length > MAX_RUNS],
  // "A delivery cannot contain multiple runs with the same category."
  ["two runs have one tool and category", ({ runs }) => new Set(runs.map(toolAndCategory)).size < runs.length],
];

const RUN_RULES: readonly Rule<CheckedRun>[] = [
  ["tool.driver.name is empty", ({ tool }) => isEmpty(tool.driver.name)],
  // Without a slash the whole id counts as the number of the run, and the category is empty.
  ["automationDetails.id does not end in `/`", ({ automationDetails }) => !/[^/]\/$/.test(automationDetails?.id ?? "")],
  // "Missing 'results' array in run"
  ["results are missing", ({ results }) => results === undefined || results === null],
  // What an unsuccessful run did not see is closed as fixed.
  ["executionSuccessful is not true", ({ invocations }) => invocations?.[0]?.executionSuccessful !== true],
  // "Analysis SARIF file rejected due to rule limits"
  [`there are more than ${MAX_RULES} rules`, ({ tool }) => (tool.driver.rules ?? []).length > MAX_RULES],
  // "tool.driver.rules contains duplicate item"
  ["two rules have one id", ({ tool }) => new Set(tool.driver.rules?.map(({ id }) => id)).size < (tool.driver.rules ?? []).length],
];

const DESCRIPTOR_RULES: readonly Rule<ReportingDescriptor>[] = [
  ["id is empty", ({ id }) => isEmpty(id)],
  [`name is longer than ${MAX_NAME}`, ({ name = "" }) => name.length > MAX_NAME],
  ["a description or the help is empty", (rule) => descriptionsOf(rule).some(isEmpty)],
  [`a description or the help is longer than ${MAX_TEXT}`, (rule) => descriptionsOf(rule).some((text = "") => text.length > MAX_TEXT)],
  // "could not convert rules: invalid security severity value, is not a number"; a JSON number is a parse error, 0.0 means none.
  ["security-severity is not a string from 0.1 to 10.0", ({ properties }) => !isScore(properties?.["security-severity"])],
  // Without the tag the score is ignored.
  ["the tag `security` is missing", ({ properties }) => !properties?.tags?.includes("security")],
  // "had 11 tags which is more than our limit of 10"; more than 20 reject the file.
  [`there are more than ${MAX_TAGS} tags`, ({ properties }) => (properties?.tags ?? []).length > MAX_TAGS],
];

const RESULT_RULES: readonly Rule<Result>[] = [
  // "Analysis processing failed"
  ["message.text is empty", ({ message }) => isEmpty(message?.text)],
  [
    "partialFingerprints.primaryLocationLineHash is missing",
    ({ partialFingerprints }) => isEmpty(partialFingerprints?.["primaryLocationLineHash"]),
  ],
  // GitHub reads none of these: what they excuse is shown as an open alert.
  ["kind is not fail", ({ kind = "fail" }) => kind !== "fail"],
  ["it is suppressed", ({ suppressions }) => (suppressions ?? []).length > 0],
  ["it is absent", ({ baselineState }) => baselineState === "absent"],
  // "locationFromSarifResult: expected at least one location"
  ["there is no location", ({ locations }) => (locations ?? []).length === 0],
  // "fixes" without changes fail GitHub's schema check.
  ["a fix changes nothing", ({ fixes }) => (fixes ?? []).some(({ artifactChanges }) => !artifactChanges?.length)],
];

const LOCATION_RULES: readonly Rule<Location>[] = [
  // "locationFromSarifResult: expected artifact location"
  ["artifactLocation.uri is empty", (location) => uriOf(location) === ""],
  // "SARIF URI scheme "git" did not match the checkout URI scheme "file"", "first path segment in URL cannot contain colon"
  ["the URI is absolute or has a scheme", (location) => /^\/|^[^/]*:/.test(uriOf(location))],
  // "an invalid URI was provided as a SARIF location"
  ["the URI holds a character that must be encoded", (location) => !/^(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9A-F]{2})*$/i.test(uriOf(location))],
  [
    "the URI leaves the repository",
    (location) =>
      uriOf(location)
        .replace(/%2e/gi, ".")
        .split(/\/|%2f|%5c/i)
        .includes(".."),
  ],
  // "region.startLine must be greater than or equal to 1"
  ["a line or column is below 1", ({ physicalLocation }) => positionsOf(physicalLocation?.region).some((position) => !(position >= 1))],
  ["the region ends before it starts", ({ physicalLocation }) => endsEarly(physicalLocation?.region)],
];

/** Returns what GitHub would not take, one sentence each with its place in the log; empty for a log that can be uploaded. Reads every result once. */
export function checkContract(log: CheckedLog): string[] {
  return [...complaints("log", log, LOG_RULES), ...log.runs.flatMap((run, index) => checkRun(run, `runs[${index}]`))];
}

function checkRun(run: CheckedRun, place: string): string[] {
  const rules = run.tool.driver.rules ?? [];
  const found = [
    ...complaints(place, run, RUN_RULES),
    ...rules.flatMap((rule, index) => complaints(`${place}.tool.driver.rules[${index}]`, rule, DESCRIPTOR_RULES)),
  ];
  let count = 0;
  for (const result of run.results ?? []) {
    found.push(...checkResult(result, rules, `${place}.results[${count}]`));
    count += 1;
  }
  // "rejecting SARIF, as there are more results per run than allowed (42118 > 25000)"; above 5,000 they are dropped.
  if (count > GITHUB_LIMITS.resultsPerRun) found.push(`${place}: there are more than ${GITHUB_LIMITS.resultsPerRun} results`);
  return found;
}

function checkResult(result: Result, rules: readonly ReportingDescriptor[], place: string): string[] {
  const found = complaints(place, result, RESULT_RULES);
  // GitHub finds the rule by its id.
  if (isEmpty(result.ruleId) || rules[result.ruleIndex ?? -1]?.id !== result.ruleId)
    found.push(`${place}: ruleId is not the id of the rule at ruleIndex`);
  for (const location of result.locations ?? []) found.push(...complaints(place, location, LOCATION_RULES));
  return found;
}

function complaints<Subject>(place: string, subject: Subject, rules: readonly Rule<Subject>[]): string[] {
  return rules.filter(([, violates]) => violates(subject)).map(([complaint]) => `${place}: ${complaint}`);
}

/** The server's key is described as tool and category; case is ignored to be on the safe side. */
function toolAndCategory({ tool, automationDetails }: CheckedRun): string {
  const id = automationDetails?.id ?? "";
  return JSON.stringify([tool.driver.name?.toLowerCase(), id.slice(0, id.lastIndexOf("/") + 1)]);
}

function descriptionsOf({ shortDescription, fullDescription, help }: ReportingDescriptor): (string | undefined)[] {
  return [shortDescription?.text, fullDescription?.text, help?.text];
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

function isScore(value: unknown): boolean {
  return typeof value === "string" && /^\d{1,2}\.\d$/.test(value) && Number(value) > 0 && Number(value) <= 10;
}

function uriOf({ physicalLocation }: Location): string {
  return physicalLocation?.artifactLocation?.uri ?? "";
}

function positionsOf(region: Region = {}): number[] {
  const { startLine, startColumn, endLine, endColumn } = region;
  return [startLine ?? 0, startColumn ?? 1, endLine ?? 1, endColumn ?? 1];
}

function endsEarly(region: Region = {}): boolean {
  const { startLine = 1, startColumn = 1, endLine = startLine, endColumn = startColumn } = region;
  return endLine < startLine || (endLine === startLine && endColumn < startColumn);
}
