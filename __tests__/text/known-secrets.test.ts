import { describe, expect, it } from "vitest";
import { knownSecrets } from "../../src/text/known-secrets.ts";
import { code, escapeMarkdown } from "../../src/text/markdown.ts";
import { redact } from "../../src/text/redact.ts";

const VALUE = 'c0rrect_horse"@/=+';

describe("knownSecrets", () => {
  it.each([
    "INPUT_TOKEN",
    "GITHUB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "SAFETY_API_KEY",
    "DB_PASSWORD",
    "DB_PASSWORD_2",
    "MYSQL_PWD",
    "npm_config__authToken",
    "CLIENT_SECRET",
    "SIGNING_KEY",
    "GH_PAT",
    "DB_PASS",
    "GOOGLE_CREDENTIALS",
  ])("knows the value of %s", (name) => {
    expect(knownSecrets({ [name]: VALUE })).toContain(VALUE);
  });

  it.each(["PATH", "PWD", "OLDPWD", "HOME", "SSH_AUTH_SOCK", "KEYBOARD", "GITHUB_SHA", "TOKENIZERS_PARALLELISM"])(
    "takes %s for no secret",
    (name) => {
      expect(knownSecrets({ [name]: VALUE })).toEqual([]);
    },
  );

  it.each(["", "short", "postgres", "12345678", "TRUE"])("takes the value %j for none: to hide it would tear other text apart", (value) => {
    expect(knownSecrets({ DB_PASSWORD: value })).toEqual([]);
  });

  it("knows the password of an address, as it is written and as it is meant", () => {
    expect(knownSecrets({ DATABASE_URL: "postgres://shop:p%40ss-word@db/shop" })).toEqual(
      expect.arrayContaining(["p%40ss-word", "p@ss-word"]),
    );
    expect(knownSecrets({ HTTPS_PROXY: "me:p%40ss-word@proxy:80" })).toContain("p@ss-word");
    expect(knownSecrets({ DATABASE_URL: "postgres://db/shop", MAIL: "me@example.org" })).toEqual([]);
  });

  it("knows each line of a value of several", () => {
    expect(knownSecrets({ DEPLOY_KEY: "first-line-1\r\nsecond-line-2\n" })).toEqual(
      expect.arrayContaining(["first-line-1", "second-line-2"]),
    );
  });

  it.each([
    ["itself", VALUE],
    ["text of JSON", JSON.stringify({ message: VALUE })],
    ["part of an address", encodeURIComponent(VALUE)],
    ["base64", Buffer.from(VALUE).toString("base64")],
    ["markdown", escapeMarkdown(VALUE)],
    ["code in markdown", code(VALUE)],
  ])("is enough to hide it as %s", (_, text) => {
    const shown = redact(`before ${text} after`, knownSecrets({ API_KEY: VALUE }));
    expect(shown).toContain("[REDACTED]");
    expect(shown).not.toMatch(/c0rrect|YzBycmVjd/u);
    expect(shown).toMatch(/^before .* after$/u);
  });
});
