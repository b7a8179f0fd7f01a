import { describe, expect, it } from "vitest";
import { ScannerError } from "../../src/errors.ts";
import { withoutSecrets } from "../../src/text/without-secrets.ts";

const hide = (text: string) => text.replaceAll("hunter2", "***");

describe("withoutSecrets", () => {
  it("cleans every string at any depth and keeps all else", () => {
    const value = { a: ["x hunter2", 1, null, { b: "hunter2" }], c: true, d: "plain", e: undefined };
    expect(withoutSecrets(value, hide)).toEqual({ a: ["x ***", 1, null, { b: "***" }], c: true, d: "plain", e: undefined });
    expect(value.a[0]).toBe("x hunter2");
  });

  it("copies nothing that holds no secret", () => {
    const clean = { rule: { id: "B101" }, at: new Date(0) };
    const value = { kept: clean, other: ["hunter2"] };
    expect(withoutSecrets(clean, hide)).toBe(clean);
    expect(withoutSecrets(value, hide).kept).toBe(clean);
  });

  it("cleans message and remedy of an error and keeps its code", () => {
    const error = withoutSecrets({ error: new ScannerError("scanner-crashed", "said hunter2", { remedy: "ask hunter2" }) }, hide).error;
    expect([error.code, error.message, error.remedy]).toEqual(["scanner-crashed", "said ***", "ask ***"]);
  });

  it("cleans the value of a key like `__proto__` as any other", () => {
    const value: object = JSON.parse('{"__proto__": "hunter2", "constructor": "hunter2"}');
    expect(JSON.stringify(withoutSecrets(value, hide))).toBe('{"__proto__":"***","constructor":"***"}');
  });
});
