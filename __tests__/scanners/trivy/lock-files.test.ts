import { describe, expect, it } from "vitest";
import { decode, edited, fixture, type Json } from "../fixture.ts";

const shop = fixture("trivy", "shop");

/** The recorded scan with further files, of which the report lists those in `listed`. */
function scanOf(added: Readonly<Record<string, string>>, listed: readonly string[] = [], kind = "lang-pkgs") {
  const result = (path: string) => ({
    Target: `tree/${path}`,
    Class: kind,
    Type: "npm",
    Packages: [{ Name: "lodash", Version: "4.17.20" }],
  });
  const reported = edited(shop, (json: Json) => json.Results.push(...listed.map(result)));
  const { target } = shop;
  const files = [...target.files, ...Object.keys(added)].sort();
  return decode({ ...reported, target: { ...target, files, text: (path) => added[path] ?? target.text(path) } });
}

const gaps = (...scan: Parameters<typeof scanOf>) => scanOf(...scan).coverage.missing.map(({ path }) => path);
const notices = (...scan: Parameters<typeof scanOf>) =>
  scanOf(...scan)
    .notices.filter(({ message }) => message.startsWith("Trivy lists no package of it"))
    .map(({ path }) => path);

describe("a lock file of another ecosystem", () => {
  it("that Trivy lists needs no word", () => {
    const lock = { "web/package-lock.json": "{}" };
    expect(gaps(lock, ["web/package-lock.json"])).toEqual([]);
    expect(notices(lock, ["web/package-lock.json"])).toEqual([]);
  });

  it.each(["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "go.mod", "Gemfile.lock", "Cargo.lock", "composer.lock"])(
    "that Trivy does not list is a notice: %s",
    (name) => {
      expect(notices({ [`web/${name}`]: "{}" })).toEqual([`web/${name}`]);
      expect(gaps({ [`web/${name}`]: "{}" })).toEqual([]);
    },
  );

  it("that Trivy lists for another reason than its packages is a notice", () => {
    expect(notices({ "package-lock.json": "{}" }, ["package-lock.json"], "secret")).toEqual(["package-lock.json"]);
  });

  it.each(["package-lock.json", "composer.lock", "packages.lock.json"])("that is not JSON is a gap: %s", (name) => {
    const { expected, covered, missing } = scanOf({ [name]: '{"packages": ' }).coverage;
    expect(missing).toEqual([{ path: name, reason: expect.stringContaining("cannot be parsed as JSON"), remedy: expect.any(String) }]);
    expect(expected - covered).toBe(1);
    expect(notices({ [name]: '{"packages": ' })).toEqual([]);
  });

  it("that cannot be read is a gap where it must be JSON", () => {
    const { target } = shop;
    const unread = decode({ ...shop, target: { ...target, files: [...target.files, "package-lock.json"], text: () => undefined } });
    expect(unread.coverage.missing.map(({ path }) => path)).toEqual(["package-lock.json"]);
  });

  it("of an installed package is passed over", () => {
    const installed = { "node_modules/a/package-lock.json": "{", "node_modules/a/yarn.lock": "" };
    expect(gaps(installed)).toEqual([]);
    expect(notices(installed)).toEqual([]);
  });
});
