import { describe, expect, it } from "vitest";
import type { Pin } from "../../../src/manifests/pin.ts";
import { context, scannerOf, target } from "../fixture.ts";

const safety = scannerOf("safety");
const [part] = safety.parts;

function pin(name: string, version: string): Pin {
  return { name, version, format: "requirements", path: "requirements.txt", startLine: 1, endLine: 1 };
}

function inputOf(pins: readonly Pin[], name: string): string {
  const [command] = part.commands(target({ pins }), context());
  return command?.inputs.find((input) => input.name === name)?.text ?? "";
}

const requirements = (...pins: Pin[]) => inputOf(pins, "sarif-gate-requirements.txt");

describe("the requirements Safety is given", () => {
  it("begin with the canary", () => {
    expect(requirements(pin("flask", "0.12.2"))).toBe("django==2.2.0\nflask==0.12.2\n");
  });

  it("hold each package and version once, under the normalised name and the first spelling of the version", () => {
    const pins = [pin("Zope.Interface", "5.0"), pin("zope_interface", "5.0.0"), pin("zope-interface", "5.1"), pin("Flask", "1!1.0+local")];
    expect(requirements(...pins)).toBe("django==2.2.0\nflask==1!1.0+local\nzope-interface==5.0\nzope-interface==5.1\n");
  });

  it("hold the canary once where the project pins it", () => {
    expect(requirements(pin("Django", "2.2"), pin("django", "2.3"))).toBe("django==2.2.0\ndjango==2.3\n");
  });

  it("do not depend on the order of pins", () => {
    const pins = [pin("b", "1"), pin("a", "2"), pin("a", "1")];
    expect(requirements(...pins)).toBe(requirements(...pins.toReversed()));
  });
});

describe("Safety's command", () => {
  const [command] = part.commands(target({ pins: [pin("flask", "1")] }), context());

  it("names our file, our database and our policy, and ignores nothing", () => {
    expect(command?.argv).toEqual(
      ["/opt/scanner", "--disable-optional-telemetry", "check", "-r", "/private/0/sarif-gate-requirements.txt", "--db", "/db"].concat(
        ["--policy-file", "/private/0/policy.yml", "--output", "json", "--save-json", "/private/0/report.json"],
        ["--check-unpinned-requirements", "-i", "SARIF-GATE-NONE"],
      ),
    );
    expect(command?.output).toBe("report.json");
  });

  it("knows no server but one that does not exist", () => {
    expect(command?.env["SAFETY_SYSTEM_CONFIG_PATH"]).toBe("/private/0/system");
    const servers = [...inputOf([], "system/.safety/config.ini").matchAll(/^\w+ = (.*)$/gmu)].map((match) => match[1]);
    expect(servers).toHaveLength(5);
    expect(new Set(servers)).toEqual(new Set(["http://127.0.0.1:9"]));
  });

  it("is not built without a database", () => {
    expect(() => part.commands(target({}), context(null))).toThrow("Safety has no vulnerability database");
  });

  it("is for projects with pinned packages", () => {
    expect(safety.appliesTo(target({ pins: [pin("flask", "1")] }))).toEqual({ applies: true });
    expect(safety.appliesTo(target({}))).toEqual({ applies: false, because: "there are no pinned packages" });
  });
});

describe("Safety's exit status", () => {
  it.each([
    [0, "clean"],
    [64, "findings"],
    ...[1, 2, 63, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 137].map((code): [number, string] => [code, "error"]),
  ])("%i means %s", (code, meaning) => {
    expect(safety.classifyExit(code)).toBe(meaning);
  });
});
