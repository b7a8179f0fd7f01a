import { describe, expect, it } from "vitest";
import { imagePath } from "../../../src/scanners/trivy/image.ts";
import { complaint, decode, edited, fixture } from "../fixture.ts";

const archive = fixture("trivy-image", "archive");

describe("findings in an image", () => {
  it("stand at the image's name and say where in it they are", () => {
    expect(
      decode(archive).findings.map(({ location, message }) => [`${location.path}:${location.startLine}`, message.slice(0, 62)]),
    ).toEqual([
      ["team/shop:1", "django 2.2.0 (usr/local/lib/python3.11/site-packages/Django-2."],
      ["team/shop:1", "django 2.2.0 (usr/local/lib/python3.11/site-packages/Django-2."],
      ["team/shop:1", "A secret was found in /app/secret.env (rule github-pat)."],
      ["team/shop:1", "A secret was found in /app/tests/x.md (rule github-pat)."],
    ]);
  });

  it("are the same from an archive and from a layout", () => {
    expect(decode(fixture("trivy-image", "layout")).findings).toEqual(decode(archive).findings);
  });

  it("keep the package URL of system packages", () => {
    const system = edited(archive, (json) => {
      const [result] = json.Results;
      const PkgIdentifier = result.Packages[0].Identifier;
      result.Vulnerabilities = [
        { VulnerabilityID: "CVE-2019-14697", PkgName: "musl", InstalledVersion: "1.1.20-r4", PkgIdentifier, Severity: "CRITICAL" },
      ];
    });
    expect(decode(system).findings[0]).toMatchObject({
      rule: { id: "CVE-2019-14234" },
    });
    expect(decode(system).findings.find(({ rule }) => rule.id === "CVE-2019-14697")).toMatchObject({
      severity: "critical",
      package: { name: "musl", version: "1.1.20-r4", purl: "pkg:apk/alpine/musl@1.1.20-r4?arch=x86_64&distro=3.9.4" },
    });
  });
});

describe("coverage of an image", () => {
  it("is proven layer by layer", () => {
    expect(decode(archive).coverage).toEqual({ expected: 2, covered: 2, unit: "image layers", missing: [] });
  });

  it("names a layer Trivy did not look at", () => {
    const partial = edited(archive, (json) => json.Metadata.DiffIDs.pop());
    expect(decode(partial).coverage).toMatchObject({
      expected: 2,
      covered: 1,
      missing: [{ path: "team/shop", reason: expect.stringContaining("sha256:") }],
    });
  });

  it("says when system packages may have unknown flaws", () => {
    expect(decode(archive).notices[0]?.message).toMatch(/^alpine 3\.9\.4 gets no security updates/u);
    const supported = edited(archive, (json) => Object.assign(json.Metadata.OS, { EOSL: false }));
    expect(decode(supported).notices).toEqual([]);
    const unknown = edited(archive, (json) => Object.assign(json.Metadata, { OS: null }));
    expect(decode(unknown).notices[0]?.message).toContain("no operating system");
  });
});

describe("a report on an image that cannot be believed", () => {
  it("comes without layers", () => {
    expect(complaint(edited(archive, (json) => Object.assign(json.Metadata.ImageConfig.rootfs, { diff_ids: [] })))).toContain("no layers");
    expect(complaint(edited(archive, (json) => Object.assign(json, { Metadata: undefined })))).toContain("no layers");
  });

  it("comes with a canary that was missed", () => {
    const withoutVulnerability = edited(
      archive,
      (json) => {
        for (const result of json.Results) result.Vulnerabilities = [];
      },
      1,
    );
    expect(complaint(withoutVulnerability)).toMatch(/^canary-missed/u);
  });

  it("comes alone", () => {
    expect(complaint({ ...archive, reports: archive.reports.slice(0, 1) })).toMatch(/^report-unreadable/u);
  });
});

describe("imagePath", () => {
  it.each([
    ["alpine", "alpine"],
    ["alpine:3.20", "alpine"],
    ["team/shop@sha256:0123", "team/shop"],
    ["registry.test:5000/team/shop:1.2@sha256:0123", "registry.test_5000/team/shop"],
    ["registry.test:5000/team/shop", "registry.test_5000/team/shop"],
    ["/../a//./b:1", "a/b"],
    ["a b%2e\\c\n:1", "a_b_2e_c_"],
    [":1", "image"],
  ])("makes %j a relative path", (reference, path) => {
    expect(imagePath({ kind: "reference", reference })).toBe(path);
  });

  it("takes an archive's name as it is given, made safe", () => {
    expect(imagePath({ kind: "archive", path: "/x", name: "../shop:1@2.tar" })).toBe("shop_1_2.tar");
  });
});
