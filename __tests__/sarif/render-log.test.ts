import type { Result } from "sarif";
import { describe, expect, it } from "vitest";
import type { StreamedLog } from "../../src/sarif/log.ts";
import { renderLog } from "../../src/sarif/render-log.ts";
import { redactor } from "../../src/text/redact.ts";

function logOf(results: Iterable<Result>, runs = 1): StreamedLog {
  return { version: "2.1.0", runs: Array.from({ length: runs }, () => ({ tool: { driver: { name: "Bandit" } }, results })) };
}

function* numbered(count: number, made: number[] = []): Generator<Result> {
  for (let index = 0; index < count; index += 1) {
    made.push(index);
    yield { message: { text: `${index} ${"x".repeat(1_000)}` } };
  }
}

describe("renderLog", () => {
  it.each([0, 1, 2])("writes %i results as the JSON of the plain log", (count) => {
    const results = [...numbered(count)];
    expect(JSON.parse([...renderLog(logOf(results, 2))].join(""))).toEqual({ ...logOf(results, 2) });
  });

  it("writes a log without runs", () => {
    expect(JSON.parse([...renderLog({ version: "2.1.0", runs: [] })].join(""))).toEqual({ version: "2.1.0", runs: [] });
  });

  it("escapes half of a surrogate pair, so that the file is valid UTF-8", () => {
    const written = [...renderLog(logOf([{ message: { text: "\uD800" } }]))].join("");
    expect(Buffer.from(written).toString()).toBe(written);
    expect(JSON.parse(written).runs[0].results[0].message.text).toBe("\uD800");
  });

  it("cleans every string by its value, so that no escape of JSON is torn apart", () => {
    const clean = (text: string) => text.replaceAll(/nom|"results":\[/gu, "*");
    const text = `a\nom "results":[`;
    const written = [...renderLog(logOf([{ message: { text } }]), clean)].join("");
    expect(JSON.parse(written).runs[0].results[0].message.text).toBe("a\nom *");
  });

  it.each(['secret_key = "KEY"', '"aws_secret_access_key": "KEY"', "secret_key =\tKEY"])(
    "hides a secret that only its value shows: %j",
    (text) => {
      const key = "aB3dE5gHaB3dE5gHaB3dE5gHaB3dE5gHaB3dE5gH";
      const written = [...renderLog(logOf([{ message: { text: text.replace("KEY", key) } }]), redactor([]))].join("");
      expect(written).toContain("[REDACTED]");
      expect(written).not.toContain(key);
    },
  );

  it("leaves of an address an address", () => {
    const location = { physicalLocation: { artifactLocation: { uri: "a/hunter2.py" } } };
    const result = { message: { text: "hunter2" }, locations: [location] };
    const [written] = renderLog(logOf([result]), (text) => text.replaceAll("hunter2", "[REDACTED]"));
    const [found] = JSON.parse(written ?? "").runs[0].results;
    expect([found.message.text, found.locations[0].physicalLocation.artifactLocation.uri]).toEqual(["[REDACTED]", "a/%5BREDACTED%5D.py"]);
  });

  it("makes results only as far as they are read", () => {
    const made: number[] = [];
    const pieces = renderLog(logOf(numbered(1_000, made)));
    pieces.next();
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThan(100);
  });
});
