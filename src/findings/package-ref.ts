// A package at a version, as a package URL names it.

import { explain } from "@renovatebot/pep440";
import { PackageURL } from "packageurl-js";

export interface PackageRef {
  /** PEP 503 normalised for PyPI; as the ecosystem spells it otherwise. */
  readonly name: string;
  /** As the manifest writes it. */
  readonly version: string;
  /** Package URL, e.g. `pkg:pypi/django@2.2.0` (https://github.com/package-url/purl-spec). */
  readonly purl: string;
}

/** Returns a PyPI project name in its one normalised form (PEP 503): lower case, every run of `-`, `_` and `.` as one `-`. */
export function normalizeProjectName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Builds the reference of a PyPI package; `version` is kept as written. */
export function pypiPackage(name: string, version: string): PackageRef {
  const normalized = normalizeProjectName(name);
  return { name: normalized, version, purl: packageUrl("pypi", normalized, version) };
}

/** Builds a package URL of any text: a lone surrogate, which no address can hold, is replaced as every decoder does. */
export function packageUrl(type: "pypi" | "generic", name: string, version: string): string {
  const wellFormed = (text: string) => text.replace(/\p{Cs}/gu, "\uFFFD");
  return new PackageURL(type, undefined, wellFormed(name), wellFormed(version), undefined, undefined).toString();
}

/**
 * Returns the canonical form of a PEP 440 version, equal for equal versions (`1.0.0` and `1`, `1.0-RC1` and `1rc1`), or null when the text is not a version.
 */
export function canonicalVersion(version: string): string | null {
  const parts = explain(version.trim());
  if (parts === null) return null;
  const release = [...parts.release];
  while (release.length > 1 && release.at(-1) === 0) release.pop();
  const suffix = parts.public.slice(parts.base_version.length);
  const local = parts.local === null ? "" : `+${parts.local}`;
  return `${parts.epoch}!${release.join(".")}${suffix}${local}`;
}

/** The key of one package at one version: equal for every spelling of the same name and version. A version that is not PEP 440 stands for itself. */
export function packageKey(name: string, version: string): string {
  return `${normalizeProjectName(name)}==${canonicalVersion(version) ?? version}`;
}
