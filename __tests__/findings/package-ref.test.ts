import { PackageURL } from "packageurl-js";
import { describe, expect, it } from "vitest";
import { canonicalVersion, normalizeProjectName, packageKey, pypiPackage } from "../../src/findings/package-ref.ts";

describe("normalizeProjectName", () => {
  it.each([
    ["Django", "django"],
    ["zope.interface", "zope-interface"],
    ["ruamel__yaml.-clib", "ruamel-yaml-clib"],
  ])("spells %s as %s", (name, normalized) => {
    expect(normalizeProjectName(name)).toBe(normalized);
  });
});

describe("canonicalVersion", () => {
  it.each([
    ["1.0.0", "1"],
    ["1.0-RC1", "1rc1"],
    ["v1.0.post1", "1.0-1"],
    ["1.0.dev3", "1.dev3"],
    ["1!1.0+Local.1", "1!1+local.1"],
    ["0", "0.0"],
  ])("is equal for %s and %s", (a, b) => {
    expect(canonicalVersion(a)).toBe(canonicalVersion(b));
    expect(canonicalVersion(a)).not.toBeNull();
  });

  it.each([
    ["1.0", "1.0.1"],
    ["1.0", "1!1.0"],
    ["1.0", "1.0rc1"],
    ["1.0", "1.0.post1"],
    ["1.0", "1.0+local"],
    ["10", "1"],
  ])("differs for %s and %s", (a, b) => {
    expect(canonicalVersion(a)).not.toBe(canonicalVersion(b));
  });

  it("is null for what is not a version", () => {
    expect(canonicalVersion("abc")).toBeNull();
  });
});

describe("packageKey", () => {
  it("is equal for every spelling of one package at one version", () => {
    expect(packageKey("Zope.Interface", "4.0.0")).toBe(packageKey("zope-interface", "4"));
  });

  it("lets a version that is none stand for itself", () => {
    expect(packageKey("a", "abc")).not.toBe(packageKey("a", "abd"));
  });
});

describe("pypiPackage", () => {
  it("names the package by its package URL and keeps the version as written", () => {
    expect(pypiPackage("Django", "2.2.0")).toEqual({ name: "django", version: "2.2.0", purl: "pkg:pypi/django@2.2.0" });
    expect(PackageURL.fromString(pypiPackage("foo", "1!1.0+local").purl).version).toBe("1!1.0+local");
  });
});
