// The last pass over text that leaves us: removes what has the shape of a credential, and the values of secrets we know. It is a net below
// the rules that keep secrets out in the first place, not a replacement for them. Every pattern takes linear time on any text.

import { remember } from "./remember.ts";

const REDACTED = "[REDACTED]";

/** Shorter ones are words: removing them would destroy the text and hide nothing. */
const SHORTEST_SECRET = 6;

const PATTERNS: readonly RegExp[] = [
  // GitHub: classic, OAuth, user-to-server, server-to-server, refresh; fine-grained (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
  /gh[pousr]_[A-Za-z0-9]{16,}/g,
  /github_pat_[A-Za-z0-9_]{22,}/g,
  // AWS: access key ids by their prefix; a secret key has no prefix, so only after its name.
  /A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  /(?<=secret_?(?:access_?)?key["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
  /xox[a-z]-[A-Za-z0-9-]{10,}/g,
  // GitLab, npm, PyPI, Docker Hub, Google, Stripe and SendGrid, by the prefixes that each documents.
  /glpat-[\w-]{20,}/g,
  /npm_[A-Za-z0-9]{36}/g,
  /pypi-AgE[\w-]{50,}/g,
  /dckr_pat_[\w-]{20,}/g,
  /AIza[\w-]{35}/g,
  /[rs]k_live_[A-Za-z0-9]{16,}/g,
  /SG\.[\w-]{22}\.[\w-]{43}/g,
  // A JSON Web Token (RFC 7519): the header and the claims are objects, so both begin with `{"` in base64url.
  // What stands before it may be an escape: `\t`, `\u0009`, `%09`.
  /(?:(?<![A-Za-z0-9_-])|(?<=\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|\\[bfnrt]))eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*/g,
  // A private key (RFC 7468), its line breaks real or escaped; without an end it reaches as far as a key could. Escapes go whole: half of one would
  // leave broken JSON.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?:[\w+/=\s,:.-]|\\[nrt\\/]|\\u[0-9A-Fa-f]{4})*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?:[\w+/=\s,:.-]|\\[nrt\\/]|\\u[0-9A-Fa-f]{4})*)/g,
  // The user and password of an address, or the token alone; the rest of the address stays.
  /(?<=:\/\/)[^\s/?#@:"'<>]*:[^\s/?#"'<>]+(?=@)/g,
  /(?<=https?:\/\/)[^\s/?#@:"'<>]+(?=@)/gi,
];

/** Without any of these no pattern can match: most texts are done with one look. */
const MAY_MATCH = /gh[pousr]_|github_pat_|A[KS]IA|key|xox|glpat-|npm_|pypi-|dckr_|AIza|k_live_|SG\.|eyJ|-----BEGIN|:\/\//i;

/** The last pass over text: secrets go, everything else stays as it is. */
export type Clean = (text: string) => string;

/** Replaces every known secret (of at least 6 UTF-16 units) and everything with the shape of a credential by `[REDACTED]`. */
export function redact(text: string, knownSecrets: readonly string[]): string {
  return redactor(knownSecrets)(text);
}

/** The same for many texts. It remembers some: each is cleaned several times on its way out, and most stand in thousands of findings. */
export function redactor(knownSecrets: readonly string[]): Clean {
  const longestFirst = knownSecrets.filter((secret) => secret.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  const clean = remember((text) => withoutShapes(longestFirst.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text)));
  // Nothing shorter is a secret or has the shape of one, and many texts are single words.
  return (text) => (text.length < SHORTEST_SECRET ? text : clean(text));
}

function withoutShapes(text: string): string {
  return MAY_MATCH.test(text) ? PATTERNS.reduce((rest, pattern) => rest.replace(pattern, REDACTED), text) : text;
}
