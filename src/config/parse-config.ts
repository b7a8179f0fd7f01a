// Raw text to Config, or every problem at once. Looks at no file: whether a path exists is found out where it is used.

import { isAbsolute, relative, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { SCANNER_IDS, type ScannerId } from "../findings/scanner-id.ts";
import { GATE_THRESHOLDS } from "../policy/gate.ts";
import type { ImageSource } from "../scanners/scanner.ts";
import { nearest } from "../text/nearest.ts";
import { withoutTrailing } from "../text/without-trailing.ts";
import { type Config, SCOPES, UPLOAD_MODES } from "./config.ts";
import type { RawInputs } from "./inputs.ts";

/** Longest a job may run on GitHub's runners, in minutes. */
const LONGEST_TIMEOUT = 360;

export interface ParseContext {
  /** Absolute directory that relative paths are resolved against. */
  readonly directory: string;
  /** `path` must lie inside `directory` (the workspace of an Actions job); on the command line it may lie anywhere. */
  readonly confined: boolean;
  readonly cores: number;
  /** Raw text of `--jobs`; empty: one process per core. */
  readonly jobs?: string;
}

type Report = (problem: string) => void;

/** Parses all inputs. Throws one ConfigError that lists every problem, each naming its input, the value and what is allowed. */
export function parseConfig(raw: RawInputs, context: ParseContext): Config {
  const problems: string[] = [];
  const report: Report = (problem) => problems.push(problem);
  const config: Config = {
    path: parsePath(raw.path, context, report),
    workspace: context.confined ? context.directory : null,
    scanners: parseScanners(raw.scanners, report),
    failOn: parseFailOn(raw["fail-on"], report),
    scope: parseChoice("scope", raw.scope, SCOPES, report) ?? "auto",
    baseRevision: parseRevision(raw.base.trim(), report),
    policyFile: optionalPath(raw.policy, context),
    category: parseCategory(raw.category, report),
    upload: parseChoice("upload", raw.upload, UPLOAD_MODES, report) ?? "auto",
    waitForProcessing: parseBoolean("wait-for-processing", raw["wait-for-processing"], report),
    image: parseImage(raw.image.trim(), raw["image-archive"].trim(), context, report),
    safetyDatabase: optionalPath(raw["safety-db"], context),
    trivyDatabase: optionalPath(raw["trivy-db"], context),
    trivyDatabaseRepositories: list(raw["trivy-db-repository"]),
    python: raw.python.trim() || null,
    pythonIndexUrl: parseIndexUrl(raw["python-index-url"].trim(), report),
    useCache: parseBoolean("cache", raw.cache, report),
    offline: parseBoolean("offline", raw.offline, report),
    timeoutMs: parseMinutes(raw["timeout-minutes"], report) * 60_000,
    maxDatabaseAgeDays: parseDatabaseAge(raw["max-database-age"].trim(), report),
    jobs: parseJobs(context, report),
  };
  if (/(?:^|[\\/])(?:upload\.sarif|report\.json)$/iu.test(raw["sarif-file"].trim()))
    report("`sarif-file` must not be named upload.sarif or report.json: files of these names are written beside it.");
  if (config.image !== null && !config.scanners.includes("trivy"))
    report("`image` and `image-archive` need the scanner trivy: add it to `scanners`.");
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function parsePath(text: string, { directory, confined }: ParseContext, report: Report): string {
  const path = resolve(directory, text.trim() || ".");
  if (confined && leaves(directory, path))
    report(`\`path\` is outside the workspace: ${text}. Give a directory inside it, relative to its top.`);
  return path;
}

/** Whether `path` lies outside `directory`, by spelling alone. */
export function leaves(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way === ".." || way.startsWith("../") || way.startsWith("..\\") || isAbsolute(way);
}

function parseScanners(text: string, report: Report): ScannerId[] {
  const names = list(text).map((name) => name.toLowerCase());
  for (const name of names) {
    if (!SCANNER_IDS.some((id) => id === name))
      report(`\`scanners\` names an unknown scanner: ${name}.${nearest(name, SCANNER_IDS)} Known: ${SCANNER_IDS.join(", ")}.`);
  }
  if (names.length === 0) report(`\`scanners\` is empty. Name at least one of ${SCANNER_IDS.join(", ")}.`);
  return SCANNER_IDS.filter((id) => names.includes(id));
}

function parseChoice<Choice extends string>(input: string, text: string, choices: readonly Choice[], report: Report): Choice | undefined {
  const word = text.trim().toLowerCase();
  const choice = choices.find((candidate) => candidate === word);
  if (choice === undefined)
    report(
      `\`${input}\` is ${text.trim() === "" ? "empty" : `\`${text.trim()}\``}.${nearest(word, choices)} Allowed: ${choices.join(", ")}.`,
    );
  return choice;
}

function parseFailOn(text: string, report: Report): Config["failOn"] {
  return text.trim() === "" ? null : (parseChoice("fail-on", text, GATE_THRESHOLDS, report) ?? null);
}

/** Only what git could take for an option, or a log for more than text, is refused here: whether it names a commit git tells. */
function parseRevision(text: string, report: Report): string | null {
  if (text.startsWith("-") || /[\p{Cc}\p{Cf}]/u.test(text))
    report(
      "`base` begins with `-` or holds control characters. Give a revision as git knows it: a commit, a tag, or a branch like `origin/main`.",
    );
  return text || null;
}

function parseBoolean(input: string, text: string, report: Report): boolean {
  return parseChoice(input, text, ["true", "false"], report) === "true";
}

function parseCategory(text: string, report: Report): string {
  const category = withoutTrailing(text.trim(), "/");
  if (category === "") report("`category` is empty. Give a name, e.g. `sarif-gate`.");
  if (/[\p{Cc}\p{Cf}]/u.test(category) || category.length > 200)
    report("`category` holds control characters or is longer than 200 characters. Give a short plain name.");
  return category;
}

function parseImage(reference: string, archive: string, context: ParseContext, report: Report): ImageSource | null {
  if (reference !== "" && archive !== "") report("`image` and `image-archive` are both set. Give one of them.");
  if (reference.startsWith("-") || /\s/u.test(reference))
    report(`\`image\` is not an image reference: \`${reference}\`. Give one like \`registry/name:tag\`.`);
  if (reference !== "") return { kind: "reference", reference };
  if (archive === "") return null;
  const path = resolve(context.directory, archive);
  return { kind: "archive", path, name: archiveName(path) };
}

/** `build/shop.tar.gz` is the image `shop`: its findings keep their place when the archive moves. */
function archiveName(path: string): string {
  const base = path.split(/[\\/]/u).at(-1) ?? path;
  return base.replace(/\.(tar\.gz|tgz|tar|oci)$/iu, "") || "image";
}

function parseIndexUrl(text: string, report: Report): string | null {
  if (text === "") return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "https:" && url?.protocol !== "http:" && url?.protocol !== "file:") {
    report(`\`python-index-url\` is not an http, https or file address: \`${text}\`. Give the address of a package index.`);
  }
  return text;
}

function parseMinutes(text: string, report: Report): number {
  const minutes = /^\d+(\.\d+)?$/u.test(text.trim()) ? Number(text) : Number.NaN;
  if (minutes > 0 && minutes <= LONGEST_TIMEOUT) return minutes;
  report(`\`timeout-minutes\` (\`--timeout\`) is \`${text.trim()}\`. Give a number of minutes above 0 and at most ${LONGEST_TIMEOUT}.`);
  return 0;
}

function parseJobs({ cores, jobs = "" }: ParseContext, report: Report): number {
  if (jobs === "") return cores;
  if (!/^[1-9]\d{0,2}$/u.test(jobs)) report(`\`--jobs\` is \`${jobs}\`. Give a whole number above 0.`);
  return Number(jobs);
}

function parseDatabaseAge(text: string, report: Report): Config["maxDatabaseAgeDays"] {
  if (text === "") return null;
  if (text.toLowerCase() === "any") return { safety: null, trivy: null };
  if (!/^\d{1,6}$/u.test(text)) report(`\`max-database-age\` is \`${text}\`. Give a whole number of days, or \`any\`.`);
  return { safety: Number(text), trivy: Number(text) };
}

function optionalPath(text: string, { directory }: ParseContext): string | null {
  return text.trim() === "" ? null : resolve(directory, text.trim());
}

function list(text: string): string[] {
  return text
    .split(/[\s,]+/u)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
