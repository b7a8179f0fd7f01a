import { describe, expect, it } from "vitest";
import { redact } from "../../src/text/redact.ts";
import { expectLinear } from "../support/processor-time.ts";

// Put together at run time, so that no scanner of this repository takes them for real.
const letters = (length: number) => "aB3dE5gH".repeat(Math.ceil(length / 8)).slice(0, length);
const pem = (begin: string, end: string, newline: string) =>
  `-----BEGIN ${begin}-----${newline}${letters(64)}${newline}${letters(20)}==${newline}-----END ${end}-----`;

describe("redact", () => {
  it.each([
    ["a GitHub classic token", `ghp_${letters(36)}`],
    ["a GitHub OAuth token", `gho_${letters(36)}`],
    ["a GitHub user token", `ghu_${letters(36)}`],
    ["a GitHub installation token", `ghs_${letters(36)}`],
    ["a GitHub refresh token", `ghr_${letters(36)}`],
    ["a fine-grained GitHub token", `github_pat_${letters(22)}_${letters(59)}`],
    ["an AWS access key id", `AKIA${"IOSFODNN7EXAMPLE"}`],
    ["a Slack token", `xoxb-1234567890-${letters(24)}`],
    ["a JSON Web Token", `eyJ${letters(20)}.eyJ${letters(30)}.${letters(40)}`],
    ["a private key", pem("RSA PRIVATE KEY", "RSA PRIVATE KEY", "\n")],
    ["a private key in a JSON string", pem("PRIVATE KEY", "PRIVATE KEY", "\\n")],
  ])("removes %s and nothing around it", (_, secret) => {
    expect(redact(`before "${secret}" after`, [])).toBe('before "[REDACTED]" after');
  });

  it.each(["aws_secret_access_key = ", 'SecretAccessKey": "', "AWS_SECRET_KEY="])("removes an AWS secret key after %j", (name) => {
    expect(redact(`${name}${letters(38)}/+`, [])).toBe(`${name}[REDACTED]`);
  });

  it("removes a private key that has no end, and keeps the JSON around it", () => {
    const text = JSON.stringify({ message: `-----BEGIN EC PRIVATE KEY-----\n${letters(64)}`, next: 1 });
    expect(JSON.parse(redact(text, []))).toEqual({ message: "[REDACTED]", next: 1 });
  });

  it("removes user and password of an address and keeps the host", () => {
    expect(redact("postgres://shop:hunter2@db.internal:5432/shop", [])).toBe("postgres://[REDACTED]@db.internal:5432/shop");
  });

  it.each(["\\t", "\\u0009", "%09", "x"])("removes an AWS key that stands after %j", (before) => {
    expect(redact(`${before}AKIA${"IOSFODNN7EXAMPLE"}`, [])).toBe(`${before}[REDACTED]`);
  });

  it.each(["\\n", "\\u000A", "%0A"])("removes a JSON Web Token that stands after the escape %j", (before) => {
    expect(redact(`${before}eyJ${letters(20)}.eyJ${letters(30)}.${letters(40)}`, [])).toBe(`${before}[REDACTED]`);
  });

  it("removes a token that stands alone before the host of an address", () => {
    expect(redact("git+https://aB3dE5gH@git.internal/shop.git", [])).toBe("git+https://[REDACTED]@git.internal/shop.git");
  });

  it.each([
    ["GitLab", `glpat-${letters(20)}`],
    ["npm", `npm_${letters(36)}`],
    ["PyPI", `pypi-AgE${letters(60)}`],
    ["Docker Hub", `dckr_pat_${letters(27)}`],
    ["Google", `AIza${letters(35)}`],
    ["Stripe", `sk_live_${letters(24)}`],
    ["SendGrid", `SG.${letters(22)}.${letters(43)}`],
  ])("removes a token of %s", (_, secret) => {
    expect(redact(`before "${secret}" after`, [])).toBe('before "[REDACTED]" after');
  });

  it("removes the value of a known secret wherever it stands", () => {
    expect(redact("a correct-horse b correct-horse", ["correct-horse"])).toBe("a [REDACTED] b [REDACTED]");
  });

  it("removes the longer of two secrets whole", () => {
    expect(redact("abcdef-ghi", ["abcdef", "abcdef-ghi"])).toBe("[REDACTED]");
  });

  it("ignores known secrets that are too short to be any", () => {
    expect(redact("the main branch", ["main", ""])).toBe("the main branch");
  });

  it("takes a known secret literally", () => {
    expect(redact("a.c$&.* abcd", ["c$&.* "])).toBe("a.[REDACTED]abcd");
  });

  it.each([
    "a commit 3f786850e387550fdab836ed7e6dc881de23b001",
    "http://localhost:8080/a@b",
    "https://example.org:443/x",
    "ghp_short",
    "AKIA",
    "pkg:pypi/django@2.2.0",
    "-----BEGIN PUBLIC KEY-----",
    "eyJhbGciOi",
  ])("leaves %j as it is", (text) => {
    expect(redact(text, [])).toBe(text);
  });

  it.each([
    "ghp_",
    "a",
    "eyJ",
    "eyJaaaaaa.",
    "eyJ.",
    "AKIA",
    "xox",
    "xoxb-",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "-----END ",
    "-",
    "://",
    "://a:",
    "https://",
    "https://a",
    ":",
    "//a:b",
    "secret_key= ",
    " ",
  ])("takes linear time on a million units of %j", (seed) => {
    const text = seed.repeat(Math.ceil(1_000_000 / seed.length));
    expectLinear(() => redact(text, ["never-there"]));
  });
});
