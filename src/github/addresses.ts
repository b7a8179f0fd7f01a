// Addresses of one GitHub instance, made from what the runner says of it: github.com, ghe.com and GitHub Enterprise Server differ in nothing else.

import { withoutTrailing } from "../text/without-trailing.ts";

/** Hosts that a token may reach without encryption: this machine, in tests and behind a local proxy. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Returns the root of the REST API (GITHUB_API_URL) without a slash at its end, or null when it is none that may be given a token: https, or http to this machine. */
export function parseApiUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return null;
  const encrypted = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  return encrypted ? withoutTrailing(url.href, "/") : null;
}

/** Returns the page that lists the open alerts of a branch or a pull request; null for a tag, whose alerts no page lists. */
export function alertsUrl(repositoryUrl: string, ref: string): string | null {
  const request = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (request === undefined && branch === undefined) return null;
  const filter = request === undefined ? `branch:${branch}` : `pr:${request}`;
  return `${repositoryUrl}/security/code-scanning?query=${encodeURIComponent(`is:open ${filter}`)}`;
}
