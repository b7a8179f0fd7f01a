// Which values of an environment are secrets. Their names say so; a wrong guess only hides a word, a missing one is caught by its shape at best.

import { code, escapeMarkdown } from "./markdown.ts";

/** Words in names of secrets, e.g. `AWS_SECRET_ACCESS_KEY`, `npm_config__authToken`, `DB_PASS`, `SENTRY_DSN`; the first ones may end a longer word. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|passphrase)s?(?:_|$)|(?:^|_)(?:pass|pwd|pat|creds?|credentials?|dsn|webhook|conn(?:ection)?_?str(?:ing)?|auth_?config|auth$|(?:api|access|private|secret|signing|encryption|deploy|ssh|account|storage|master)_?key)(?:_|$)/i;

/** A shorter value is a setting, and so is one of plain words or digits that is not long: to hide `postgres` or `not-set` would tear names apart. */
const SHORTEST = 8;
const LONG = 16;
const PLAIN = /^(?:[a-z]+(?:[-_.][a-z]+)*|[A-Z]+|\d+)$/;

/**
 * Returns the secrets of an environment in every spelling in which they may leave: as they are, as text of JSON, of an address, of markdown, and in
 * base64. A value of several lines counts by its lines as well, and one of JSON by its texts, because each of them can be shown
 * alone.
 */
export function knownSecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(environment).flatMap(([name, value = ""]) => [...(isSecretName(name) ? [value] : []), ...secretsIn(value)]);
  const parts = values.flatMap((value) => [value, ...partsOf(value)]).map((value) => value.trim());
  return [...new Set(parts.filter(isSecret).flatMap(spellings))];
}

/** Names that speak of a secret and hold something about it: `PASSWORD_STORE_DIR`, `SECRET_DETECTION_EXCLUDED_PATHS`. `PWD` is the shell's. */
const ABOUT_SECRETS = /^(?:old)?pwd$|_(?:dir|directory|paths?|files?|name|version|type|enabled|disabled)$/i;

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ABOUT_SECRETS.test(name);
}

/** The frame of a key is none: without it no other key would be recognised. */
function partsOf(value: string): string[] {
  try {
    return textsIn(JSON.parse(value)).filter((text) => !text.includes("://"));
  } catch {
    return value.split(/\r?\n/).filter((line) => !line.startsWith("-----"));
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value, ...value.split("\n").filter((line) => !line.startsWith("-----"))];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function isSecret(value: string): boolean {
  return value.length >= SHORTEST && (value.length >= LONG || !PLAIN.test(value));
}

/** User and password of each address, such as a `SENTRY_DSN`; the password alone of one without a scheme, which may be a proxy, or mail; that of a connection string. */
function secretsIn(value: string): string[] {
  const addresses = value
    .split(/[\s,]+/)
    .flatMap((text) => (text.includes("://") ? credentialsOf(text) : credentialsOf(`http://${text}`).slice(2)));
  const fields = value.split(";").flatMap((field) => /^\s*(?:password|pwd|accountkey|sharedaccesskey)=(.*)$/i.exec(field)?.[1] ?? []);
  return [...addresses, ...fields];
}

/** User and password, each as it is written and as it is meant; empty when there are none. */
function credentialsOf(address: string): string[] {
  if (!/:\/\/[^/]*@/.test(address) || !URL.canParse(address)) return [];
  const { username, password } = new URL(address);
  const isName = password === "" && !/^(?=.*\d).{16}/.test(username);
  return [isName ? "" : username, password].flatMap((text) => [text, decoded(text)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const [base64 = ""] = bytes.toString("base64").split("=", 1);
  const inCode = code(secret).slice("<code>".length, -"</code>".length);
  const segments = bytes.toString().split("/").map(encodeURIComponent);
  return [secret, json, segments.join("%2F"), segments.join("/"), base64, escapeMarkdown(secret), inCode];
}
