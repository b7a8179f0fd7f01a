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
    expect(request?.raw).toEqual(Object.fromEntries(INPUT_NAMES.map((name) => [name, INPUTS[name].default])));
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

  it("prints the version and asks for nothing", () => {
    expect(parse("--version")).toEqual({ request: null, out: "1.2.3\n" });
  });

  it.each([
    [["scan", "a", "b"], /too many arguments/u],
    [["scan", "--nope"], /unknown option '--nope'/u],
    [["scan", "--out"], /argument missing/u],
    [["scan", "--format", "xml"], /xml.*Allowed choices are text, json/u],
    [["nope"], /unknown command 'nope'/u],
    [[], /No command given\. Commands: demo, scan, doctor/u],
  ])("refuses %j with one line that names the mistake", (argv, message) => {
    const attempt = () => parse(...argv);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(message);
  });
});
