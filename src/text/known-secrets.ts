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
 * base64. A value of several lines counts by its lines, because each of them can be shown alone.
 */
export function knownSecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(environment).flatMap(([name, value = ""]) => [...(isSecretName(name) ? [value] : []), ...secretsIn(value)]);
  const lines = values.flatMap((value) => [value, ...value.split(/\r?\n/)]).map((value) => value.trim());
  return [...new Set(lines.filter(isSecret).flatMap(spellings))];
}

/** `PWD` and `OLDPWD` are the shell's. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !/^(?:old)?pwd$/i.test(name);
}

function isSecret(value: string): boolean {
  return value.length >= SHORTEST && (value.length >= LONG || !PLAIN.test(value));
}

/** User and password of each address, such as a `DATABASE_URL`, where a proxy may have no scheme; and the password of a connection string. */
function secretsIn(value: string): string[] {
  const addresses = value.split(/[\s,]+/).flatMap((text) => credentialsOf(text.includes("://") ? text : `http://${text}`));
  const fields = value.split(";").flatMap((field) => /^\s*(?:password|pwd|accountkey|sharedaccesskey)=(.*)$/i.exec(field)?.[1] ?? []);
  return [...addresses, ...fields];
}

function credentialsOf(address: string): string[] {
  if (!/:\/\/[^/]*@/.test(address) || !URL.canParse(address)) return [];
  const { username, password } = new URL(address);
  return [username, password].flatMap((text) => [text, decoded(text)]);
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
