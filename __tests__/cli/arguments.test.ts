import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { INPUT_NAMES, INPUTS } from "../../src/config/inputs.ts";
import { ConfigError } from "../../src/errors.ts";

function parse(...argv: string[]) {
  let out = "";
  const request = parseArguments(argv, "1.2.3", {
    writeOut: (text) => {
      out += text;
    },
    writeErr: () => {},
  });
  return { request, out };
}

describe("parseArguments", () => {
  it("fills every input with its default", () => {
    const { request } = parse("scan");
    expect(request).toMatchObject({ raw: Object.fromEntries(INPUT_NAMES.map((name) => [name, INPUTS[name].default])) });
  });

  it("takes the path, the inputs and the options of the report", () => {
    const { request } = parse(
      "scan",
      "src",
      "--fail-on",
      "low",
      "--offline",
      "--no-cache",
      "--timeout",
      "3",
      "--out",
      "o",
      "--format",
      "json",
      "--jobs",
      "4",
      "--quiet",
    );
    expect(request).toMatchObject({
      command: "scan",
      raw: { path: "src", "fail-on": "low", offline: "true", cache: "false", "timeout-minutes": "3" },
      out: "o",
      format: "json",
      jobs: "4",
      quiet: true,
    });
  });

  it("offers every input that makes sense on a command line, under the same name", () => {
    const { out } = parse("scan", "--help");
    const offered = INPUT_NAMES.filter((name) => INPUTS[name].offered !== "action");
    expect(offered.filter((name) => !out.includes(`--${name}`))).toEqual([]);
    expect(out).not.toContain("--token");
  });

  it("takes the policy file to check, or none", () => {
    expect(parse("policy", "check", "p.yml").request).toEqual({ command: "policy check", file: "p.yml" });
    expect(parse("policy", "check").request).toEqual({ command: "policy check", file: null });
  });

  it("adopts with the options of a scan, but without those of a comparison and of a report", () => {
    const { request } = parse("policy", "adopt", "src", "--expires", "never", "--fail-on", "low", "--no-cache", "--jobs", "2");
    const raw = { path: "src", "fail-on": "low", cache: "false", scope: "auto", base: "" };
    expect(request).toMatchObject({ command: "policy adopt", expires: "never", raw, jobs: "2", quiet: false });
    const { out } = parse("policy", "adopt", "--help");
    expect(["--base", "--scope", "--out", "--format"].filter((option) => out.includes(option))).toEqual([]);
  });

  it("prints the version and asks for nothing", () => {
    expect(parse("--version")).toEqual({ request: null, out: "1.2.3\n" });
  });

  it.each([
    [["scan", "a", "b"], /too many arguments/u],
    [["scan", "--nope"], /unknown option '--nope'/u],
    [["scan", "--out"], /argument missing/u],
    [["scan", "--format", "xml"], /xml.*Allowed choices are text, json/u],
    [["policy", "adopt"], /required option '--expires <DATE>' not specified/u],
    [["policy", "nope"], /unknown command 'nope'/u],
    [["policy"], /No command given/u],
    [["nope"], /unknown command 'nope'/u],
    [[], /No command given\. Commands: demo, scan, policy check, policy adopt, doctor/u],
  ])("refuses %j with one line that names the mistake", (argv, message) => {
    const attempt = () => parse(...argv);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(message);
  });
});
