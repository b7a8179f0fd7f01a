// Which values of an environment are secrets. Their names say so; a wrong guess only hides a word, a missing one is caught by its shape at best.

import { code, escapeMarkdown } from "./markdown.ts";

/** How names of secrets end; `SSH_AUTH_SOCK`, `PWD` and `KEYBOARD` do not. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|passphrase|pwd|api_?key|access_?key|private_?key|_key|_pass|_pat|_auth|credentials?)(?:_\d+)?$/i;

/** A shorter value, and one plain word or number, is a setting or a default such as `postgres`: to hide it would tear names and paths apart. */
const SHORTEST = 8;
const PLAIN = /^(?:[a-z]+|[A-Z]+|\d+)$/;

/**
 * Returns the secrets of an environment in every spelling in which they may leave: as they are, as text of JSON, of an address, of markdown, and in
 * base64. A value of several lines counts by its lines, because each of them can be shown alone.
 */
export function knownSecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(environment).flatMap(([name, value = ""]) => [
    ...(isSecretName(name) ? [value] : []),
    ...passwordsIn(value),
  ]);
  const lines = values.flatMap((value) => [value, ...value.split(/\r?\n/)]).map((value) => value.trim());
  return [...new Set(lines.filter((value) => value.length >= SHORTEST && !PLAIN.test(value)).flatMap(spellings))];
}

/** `PWD` and `OLDPWD` are the shell's. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !/^(?:old)?pwd$/i.test(name);
}

/** The password of an address, such as a `DATABASE_URL`; that of a proxy may be written without its scheme. */
function passwordsIn(value: string): string[] {
  const address = value.includes("://") ? value : `http://${value}`;
  if (!/:\/\/[^/\s]*@/.test(address) || !URL.canParse(address)) return [];
  const { password } = new URL(address);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const [base64 = ""] = bytes.toString("base64").split("=", 1);
  const inCode = code(secret).slice("<code>".length, -"</code>".length);
  return [secret, json, encodeURIComponent(bytes.toString()), base64, escapeMarkdown(secret), inCode];
}
