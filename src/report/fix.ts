// What mends a vulnerable package: the version to go to, and the line or command that goes there. It guesses neither: null where none is known.

import { compare, explain, valid } from "@renovatebot/pep440";
import type { DependencyFinding } from "../findings/finding.ts";
import type { PackageRef } from "../findings/package-ref.ts";
import type { LockTool } from "../findings/pinning.ts";

/** A version and how many of the advisories it was asked about it closes. */
export interface CommonFix {
  readonly version: string;
  readonly closes: number;
}

/**
 * Returns the smallest fixed version above the installed one (PEP 440), a pre-release only when there is nothing else. Outside PyPI versions are not
 * compared: the first that the scanner lists. Null when no version is known to be fixed.
 */
export function smallestFix(fixedVersions: readonly string[], installed: PackageRef): string | null {
  return commonFix([fixedVersions], installed)?.version ?? null;
}

/**
 * Returns the smallest version that closes every advisory that has a fix at all; one list of fixed versions each. A version between two fixes of an
 * advisory counts as fixed only when its release series is that of the lower one: 3.2.1 is not mended by a fix in 2.2.28 when the next is 3.2.13.
 */
export function commonFix(fixedVersions: readonly (readonly string[])[], installed: PackageRef): CommonFix | null {
  if (!isPypi(installed)) return firstListed(fixedVersions);
  if (valid(installed.version) === null) return null;
  const newer = fixedVersions.map((list) => newerThan(list, installed.version)).filter((list) => list.length > 0);
  const ranked = [...new Set(newer.flat())].sort(compare).map((version) => ({ version, ...releaseOf(version) }));
  const rankOf = new Map(ranked.map(({ version }, rank) => [version, rank]));
  const advisories = newer.map((list) => list.flatMap((version) => rankOf.get(version) ?? []));
  const closesAll = (rank: number) => advisories.every((fixes) => closes(rank, fixes, ranked));
  const ranks = [...ranked.keys()].filter(closesAll);
  const best = ranks.find((rank) => ranked[rank]?.isPrerelease === false) ?? ranks[0];
  const version = best === undefined ? undefined : ranked[best]?.version;
  return version === undefined ? null : { version, closes: newer.length };
}

/**
 * Returns the line or command that moves a pinned package to `version`, by the manifest that pins it and the tool that wrote it; null for an image, outside PyPI,
 * and for a name, version, extra or marker that is not plain enough to be pasted into a shell or a file.
 */
export function fixLine(finding: DependencyFinding, version: string): string | null {
  const { name } = finding.package;
  const isPlain = /^[a-z0-9][a-z0-9-]*$/.test(name) && valid(version) !== null && /^[\w.+!-]+$/.test(version);
  if (finding.run === "trivy-image" || !isPypi(finding.package) || !isPlain) return null;
  const file = fileName(finding);
  // An epoch's exclamation mark means something to interactive shells.
  const target = version.includes("!") ? `'${name}==${version}'` : `${name}==${version}`;
  if (file === "poetry.lock") return `poetry update ${name}`;
  if (file === "uv.lock") return `uv lock --upgrade-package ${target}`;
  if (file === "Pipfile.lock") return `pipenv upgrade ${target}`;
  if (finding.tool !== undefined) return TOOL_COMMANDS[finding.tool](name, target);
  return isPylock(file) ? `lock again with ${name}>=${version}` : requirementLine(finding, version);
}

/**
 * Returns, in one or two sentences, what has to be minded with `fixLine`: the rest of the command, hashes, who holds the version back. Null where there is
 * nothing, or no line.
 */
export function fixNote(finding: DependencyFinding, version: string): string | null {
  if (fixLine(finding, version) === null) return null;
  const { tool, requirement, introducedBy } = finding;
  const isWritten = tool !== undefined || /\.lock$/.test(fileName(finding)) || isPylock(fileName(finding));
  const notes = [
    tool === "pip-compile" || tool === "uv pip compile" ? "Add the files and options of the command at the top of the file." : "",
    fileName(finding) === "Pipfile.lock" ? "It writes the package into Pipfile too." : "",
    tool === "uv export" ? "Then export the file again." : "",
    requirement?.hashed && !isWritten ? "Replace the line's hashes too: they are those of the old version." : "",
    introducedBy === undefined
      ? isWritten && "Where the project's own requirement excludes the version, raise that first."
      : `It comes with ${introducedBy.join(", ")}: what excludes the version has to be upgraded too.`,
  ].filter((note) => note);
  return notes.length === 0 ? null : notes.join(" ");
}

/** By the tool that wrote a manifest whose name does not tell it; the target is `name==version`, quoted where a shell needs it. */
const TOOL_COMMANDS: Readonly<Record<LockTool, (name: string, target: string) => string>> = {
  "pip-compile": (_, target) => `pip-compile --upgrade-package ${target}`,
  "uv pip compile": (_, target) => `uv pip compile --upgrade-package ${target}`,
  "uv export": (_, target) => `uv lock --upgrade-package ${target}`,
  pdm: (name) => `pdm update ${name}`,
};

/** Characters of markers (PEP 508) in this limit, and nothing that a shell would expand. */
const MARKER_LIMIT = 200;
const MARKER = /^[\w .,'"()<>=!~+*-]+$/;

/** The line to write in place of the pin: extras and marker stay. */
function requirementLine({ package: { name }, requirement }: DependencyFinding, version: string): string | null {
  const { extras = [], marker = null } = requirement ?? {};
  const isPlain =
    extras.every((extra) => /^[\w.-]+$/.test(extra)) && (marker === null || (marker.length <= MARKER_LIMIT && MARKER.test(marker)));
  if (!isPlain) return null;
  return `${name}${extras.length === 0 ? "" : `[${extras.join(",")}]`}==${version}${marker === null ? "" : ` ; ${marker}`}`;
}

function fileName({ location: { path } }: DependencyFinding): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function isPylock(file: string): boolean {
  return /^pylock(?:\.[^.]+)?\.toml$/.test(file);
}

interface Release {
  readonly release: readonly number[];
  readonly isPrerelease: boolean;
}

function isPypi({ purl }: PackageRef): boolean {
  return purl.startsWith("pkg:pypi/");
}

/** Versions of other ecosystems cannot be compared here, so several advisories have a common fix only where the scanner names one version for all. */
function firstListed(fixedVersions: readonly (readonly string[])[]): CommonFix | null {
  const firsts = fixedVersions.flatMap((list) => list[0] ?? []);
  const version = firsts[0];
  return version === undefined || firsts.some((first) => first !== version) ? null : { version, closes: firsts.length };
}

function newerThan(versions: readonly string[], installed: string): string[] {
  return versions.filter((version) => valid(version) !== null && compare(version, installed) > 0);
}

function releaseOf(version: string): Release {
  const parts = explain(version);
  return { release: parts?.release ?? [], isPrerelease: parts?.is_prerelease ?? false };
}

function closes(rank: number, fixes: readonly number[], ranked: readonly Release[]): boolean {
  const below = fixes.filter((fix) => fix <= rank);
  if (below.length === 0) return false;
  const lower = Math.max(...below);
  const upper = Math.min(...fixes.filter((fix) => fix > rank));
  return (
    lower === rank || upper === Number.POSITIVE_INFINITY || inCommon(ranked[rank], ranked[lower]) > inCommon(ranked[rank], ranked[upper])
  );
}

/** The number of leading release components that two versions share. */
function inCommon(a: Release | undefined, b: Release | undefined): number {
  const other = b?.release ?? [];
  const differing = (a?.release ?? []).findIndex((component, index) => component !== other[index]);
  return differing < 0 ? other.length : differing;
}
