import { describe, expect, it } from "vitest";
import { aliasesOf, idsInAddresses } from "../../src/scanners/advisory-ids.ts";

const GHSA = "GHSA-6r97-cj55-9hrq";
const OTHER = "GHSA-2gwj-7jmv-h26r";

describe("aliasesOf", () => {
  it("returns CVE, GHSA and PYSEC ids, sorted, once, without the advisory's own", () => {
    expect(aliasesOf("CVE-2019-14234", ["PYSEC-2019-13", GHSA, GHSA, "CVE-2019-14234", "CVE-2020-00001"])).toEqual([
      "CVE-2020-00001",
      GHSA,
      "PYSEC-2019-13",
    ]);
  });

  it.each([
    "",
    "RHSA-2020:1234",
    "DSA-1-1",
    "cve-2019-14234",
    "CVE-2019-14234 ",
    "CVE-19-1",
    "GHSA-aaaa-aaaa-aaaa",
    "__proto__",
    "see CVE-2019-14234",
  ])("passes over %j", (id) => {
    expect(aliasesOf("CVE-1999-0001", [id])).toEqual([]);
  });
});

describe("idsInAddresses", () => {
  it("takes the id an address of an advisory ends in", () => {
    expect(idsInAddresses([`https://github.com/advisories/${GHSA}`, "https://osv.dev/vulnerability/PYSEC-2019-13"])).toEqual([
      GHSA,
      "PYSEC-2019-13",
    ]);
  });

  it("takes none of two of one kind, for one of them is of another flaw", () => {
    expect(idsInAddresses([`https://github.com/advisories/${GHSA}`, `https://osv.dev/vulnerability/${OTHER}`])).toEqual([]);
  });

  it("takes one id that two addresses give", () => {
    expect(idsInAddresses([`https://github.com/advisories/${GHSA}`, `https://osv.dev/vulnerability/${GHSA}`])).toEqual([GHSA]);
  });

  it.each([
    `http://github.com/advisories/${GHSA}`,
    `https://github.com/advisories/${GHSA}/comments`,
    `https://github.com.example/advisories/${GHSA}`,
    `https://example.test/?next=https://github.com/advisories/${GHSA}`,
    `https://github.com/a/b/commit/${GHSA}`,
    "https://nvd.nist.gov/vuln/detail/CVE-2019-14234",
  ])("passes over %s", (address) => {
    expect(idsInAddresses([address])).toEqual([]);
  });
});
