import { chmodSync, lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AdoptPolicyOptions, adoptPolicy } from "../../src/cli/policy-adopt.ts";
import { ConfigError, GateError } from "../../src/errors.ts";
import { evaluateGate } from "../../src/policy/gate.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { codeFinding, failedRun, findingId, judged, open } from "../support/findings.ts";
import { policy } from "../support/policies.ts";
import { scanReport } from "../support/scan-report.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();
const POLICY = ".github/sarif-gate.yml";
const FINDINGS = [1, 2].map((number) => open(codeFinding({ id: findingId(number) })));
const GAP = { run: "bandit" as const, path: "a.py", reason: "Bandit cannot parse it." };

async function adopt(root: string, overrides: Partial<ScanReport> = {}, options: Partial<AdoptPolicyOptions> = {}) {
  let [out, err, scans] = ["", "", 0];
  const outcome = adoptPolicy({
    config: { policyFile: null },
    expires: "2027-06-30",
    directory: root,
    clock: { now: () => new Date("2026-11-21T10:00:00Z") },
    scan: async () => {
      scans += 1;
      return scanReport({ findings: FINDINGS, ...overrides, root });
    },
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
    ...options,
  });
  const settled = await outcome.catch((thrown: unknown) => thrown);
  return { settled, out, err, scans };
}

function policyIn(root: string): string {
  return readFileSync(join(root, POLICY), "utf8");
}

describe("adoptPolicy", () => {
  it("writes one suppression per finding and says where", async () => {
    const root = makeDirectory();
    expect(await adopt(root)).toMatchObject({
      settled: "pass",
      out: `2 findings adopted in ${POLICY}, accepted up to 2027-06-30.\n`,
      err: "",
    });
    expect(policyIn(root).match(/finding: /gu)).toHaveLength(2);
    expect(readdirSync(join(root, ".github"))).toEqual(["sarif-gate.yml"]);
  });

  it("writes to the policy that is named, and keeps its mode", async () => {
    const root = makeDirectory();
    const file = join(writeTree(makeDirectory(), { "ours.yml": "version: 1\n" }), "ours.yml");
    chmodSync(file, 0o600);
    expect((await adopt(root, {}, { config: { policyFile: file } })).settled).toBe("pass");
    expect(readFileSync(file, "utf8")).toContain("finding: ");
    expect(lstatSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(root)).toEqual([]);
  });

  it("accepts for good where the policy allows it", async () => {
    const root = makeDirectory();
    expect((await adopt(root, {}, { expires: "never" })).out).toContain("accepted without an end");
    expect(policyIn(root)).toContain("expires: never");
  });

  it("accepts for good no more than the policy allows, and leaves it as it was", async () => {
    const text = "version: 1\nlimits: {permanent: 1}\n";
    const root = writeTree(makeDirectory(), { [POLICY]: text });
    const { settled } = await adopt(root, {}, { expires: "never" });
    expect(settled).toBeInstanceOf(ConfigError);
    expect(String(settled)).toMatch(/Nothing was adopted, because .*\n.*`limits\.permanent` is 1/u);
    expect(policyIn(root)).toBe(text);
  });

  it("adopts no more than a policy can hold", async () => {
    const root = makeDirectory();
    const findings = Array.from({ length: 1001 }, (_, number) => open(codeFinding({ id: findingId(number) })));
    const { settled } = await adopt(root, { findings });
    expect(String(settled)).toMatch(/Adopt fewer findings.*\n.*larger than/u);
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    ["a gap", { gaps: judged([GAP]) }, /a\.py: Bandit cannot parse it/u],
    ["a gap that the policy only warns of", { gaps: judged([GAP], "warned") }, /a\.py: Bandit cannot parse it/u],
    ["a failed scanner", { runs: [failedRun("bandit")] }, /bandit failed: /u],
  ])("adopts nothing beside %s, and says why", async (_, overrides, reason) => {
    const root = makeDirectory();
    const { settled, out, err } = await adopt(root, overrides);
    expect([settled, out]).toEqual(["error", ""]);
    expect(err).toMatch(/^Nothing was adopted: the scan is not complete/u);
    expect(err).toMatch(reason);
    expect(readdirSync(root)).toEqual([]);
  });

  it("adopts beside a gap that the policy accepts", async () => {
    expect((await adopt(makeDirectory(), { gaps: judged([GAP], "accepted") })).settled).toBe("pass");
  });

  it("writes nothing where no finding gates", async () => {
    const root = makeDirectory();
    expect(await adopt(root, { findings: [] })).toMatchObject({
      settled: "pass",
      out: "No finding gates, so there is nothing to adopt.\n",
    });
    expect(readdirSync(root)).toEqual([]);
  });

  it("says what goes on failing because no suppression can accept it", async () => {
    const comments = [{ scanner: "bandit" as const, path: "a.py", line: 1, text: "#nosec", novelty: null }];
    const evidence = { findings: FINDINGS, runs: [], gaps: [], comments, scope: "all" as const, baseError: null };
    const gate = evaluateGate(evidence, policy({ limits: { nosec: 0 } }));
    const { settled, out } = await adopt(makeDirectory(), { gate });
    expect(settled).toBe("fail");
    expect(out).toMatch(/^2 findings adopted .*\nThe gate still fails: 1 comments? /u);
  });

  it.each([
    ["2026-11-20", /has passed/u],
    ["2027-11-23", /more than 366 days ahead/u],
    ["2027-02-30", /no day of the calendar/u],
    ["30.6.2027", /neither a date like 2030-01-31 nor `never`/u],
    ["", /neither a date/u],
  ])("refuses `--expires %s` before it scans", async (expires, message) => {
    const { settled, scans } = await adopt(makeDirectory(), {}, { expires });
    expect([settled, scans]).toEqual([expect.any(ConfigError), 0]);
    expect(String(settled)).toMatch(message);
  });

  it.each(["2026-11-21", "2027-11-22"])("takes `--expires %s`", async (expires) => {
    expect((await adopt(makeDirectory(), {}, { expires })).settled).toBe("pass");
  });

  it("replaces no link", async () => {
    const root = writeTree(makeDirectory(), { ".github/x": "", "target.yml": "version: 1\n" });
    symlinkSync("../target.yml", join(root, POLICY));
    const { settled } = await adopt(root);
    expect(settled).toBeInstanceOf(ConfigError);
    expect(readFileSync(join(root, "target.yml"), "utf8")).toBe("version: 1\n");
  });

  it("replaces no link outside of the root, which a scan would follow", async () => {
    const outside = writeTree(makeDirectory(), { "target.yml": "version: 1\n" });
    symlinkSync("target.yml", join(outside, "link.yml"));
    const { settled } = await adopt(makeDirectory(), {}, { config: { policyFile: join(outside, "link.yml") } });
    expect(String(settled)).toMatch(/is a link, and is not replaced/u);
    expect([readFileSync(join(outside, "target.yml"), "utf8"), lstatSync(join(outside, "link.yml")).isSymbolicLink()]).toEqual([
      "version: 1\n",
      true,
    ]);
  });

  it("leaves the old policy and nothing else where it cannot write", async () => {
    // No name is left for a file beside one whose name is as long as a name can be.
    const name = `${"p".repeat(251)}.yml`;
    const root = writeTree(makeDirectory(), { [name]: "version: 1\n" });
    const { settled } = await adopt(root, {}, { config: { policyFile: join(root, name) } });
    expect(settled).toBeInstanceOf(GateError);
    expect(String(settled)).toMatch(/cannot be written: ENAMETOOLONG/u);
    expect([readdirSync(root), readFileSync(join(root, name), "utf8")]).toEqual([[name], "version: 1\n"]);
  });
});
