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
    "DOCKER_AUTH_CONFIG",
    "DEPLOY_CREDS",
    "MY_TOKENS",
    "SECRET_KEY_BASE",
    "TOKEN_GITHUB",
    "SSH_PRIVATE_KEY_PEM",
    "SENTRY_DSN",
    "SLACK_WEBHOOK_URL",
    "AZURE_STORAGE_CONNECTION_STRING",
  ])("knows the value of %s", (name) => {
    expect(knownSecrets({ [name]: VALUE })).toContain(VALUE);
  });

  it.each([
    "PATH",
    "PWD",
    "OLDPWD",
    "HOME",
    "SSH_AUTH_SOCK",
    "KEYBOARD",
    "GITHUB_SHA",
    "TOKENIZERS_PARALLELISM",
    "CACHE_KEY",
    "SONAR_PROJECT_KEY",
    "PASSWORD_STORE_DIR",
    "SECRET_DETECTION_EXCLUDED_PATHS",
  ])("takes %s for no secret", (name) => {
    expect(knownSecrets({ [name]: VALUE })).toEqual([]);
  });

  it.each(["", "short", "postgres", "12345678", "TRUE", "rule-violated"])(
    "takes the value %j for none: to hide it would tear other text apart",
    (value) => {
      expect(knownSecrets({ DB_PASSWORD: value })).toEqual([]);
    },
  );

  it("knows the password of an address, as it is written and as it is meant", () => {
    expect(knownSecrets({ DATABASE_URL: "postgres://shop:p%40ss-word@db/shop" })).toEqual(
      expect.arrayContaining(["p%40ss-word", "p@ss-word"]),
    );
    expect(knownSecrets({ HTTPS_PROXY: "me:p%40ss-word@proxy:80" })).toContain("p@ss-word");
    expect(knownSecrets({ DATABASE_URL: "postgres://db/shop", MAIL: "me.and.my.friends.99@example.org" })).toEqual([]);
  });

  it("takes a long word for a secret all the same", () => {
    expect(knownSecrets({ APP_PASSWORD: "correcthorsebatterystaple" })).toContain("correcthorsebatterystaple");
  });

  it("knows the secrets of every address and connection string, whatever the variable is called", () => {
    expect(knownSecrets({ INDEXES: "https://a:first-one-1@x/ https://b:second-one-2@y/" })).toEqual(
      expect.arrayContaining(["first-one-1", "second-one-2"]),
    );
    expect(knownSecrets({ STORE: "Server=db;Password=third-one-3;Timeout=5" })).toContain("third-one-3");
  });

  it("takes the user of an address without a password for a name, unless it looks like a key", () => {
    expect(knownSecrets({ BUILD_REPOSITORY_URI: "https://MyOrganization@dev.example/shop" })).toEqual([]);
    expect(knownSecrets({ TRACKER: "https://abcdef0123456789@o1.example/2" })).toContain("abcdef0123456789");
  });

  it("knows the texts of a value of JSON, and takes its frame for none", () => {
    const secrets = knownSecrets({ REGISTRY_AUTH_CONFIG: JSON.stringify({ auths: { "https://x/": { auth: "dXNlcjpwYXNz" } } }, null, 2) });
    expect(redact("before dXNlcjpwYXNz after", secrets)).toBe("before [REDACTED] after");
    expect(redact('  "auths": {', secrets)).toBe('  "auths": {');
  });

  it("leaves a key in the environment the frame by which other keys are recognised", () => {
    const key = (body: string) => `-----BEGIN PRIVATE KEY-----\n${body.repeat(20)}\n-----END PRIVATE KEY-----`;
    const secrets = knownSecrets({ DEPLOY_KEY: key("MIIAAAA1") });
    expect(redact(`one ${key("MIIBBBB2")} two`, secrets)).toBe("one [REDACTED] two");
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
    ["a path in an address", VALUE.split("/").map(encodeURIComponent).join("/")],
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
