// The last pass over text that leaves us: removes what has the shape of a credential, and the values of secrets we know. It is a net below
// the rules that keep secrets out in the first place, not a replacement for them. Every pattern takes linear time on any text.

const REDACTED = "[REDACTED]";

/** Secrets shorter than this are words: removing them would destroy the text and hide nothing. */
const SHORTEST_SECRET = 6;

const PATTERNS: readonly RegExp[] = [
  // GitHub: classic, OAuth, user-to-server, server-to-server, refresh; fine-grained (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
  /gh[pousr]_[A-Za-z0-9]{16,}/g,
  /github_pat_[A-Za-z0-9_]{22,}/g,
  // AWS: access key ids by their prefix; a secret key has no prefix, so only after its name.
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  /(?<=secret_?(?:access_?)?key["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
  /xox[a-z]-[A-Za-z0-9-]{10,}/g,
  // A JSON Web Token (RFC 7519): the header and the claims are objects, so both begin with `{"` in base64url.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*/g,
  // A private key (RFC 7468), its line breaks real or escaped; without an end it reaches as far as a key could.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\w+/=\s\\,:.-]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\w+/=\s\\,:.-]*)/g,
  // The user and password of an address; the rest of the address stays.
  /(?<=:\/\/)[^\s/?#@:"'<>]*:[^\s/?#"'<>]+(?=@)/g,
];

/** Replaces every known secret (of at least 6 UTF-16 units) and everything with the shape of a credential by `[REDACTED]`. */
export function redact(text: string, knownSecrets: readonly string[]): string {
  const longestFirst = knownSecrets.filter((secret) => secret.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  const withoutKnown = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return PATTERNS.reduce((rest, pattern) => rest.replace(pattern, REDACTED), withoutKnown);
}
