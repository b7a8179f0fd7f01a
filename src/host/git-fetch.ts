// Fetches single objects from the repository's own server into a private repository. The token stands only in a private file that is gone after the fetch:
// never in an argument, a variable or a message. Follows no redirect, uses no protocol but https, and asks nobody for a password.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GateError, WITHOUT_COMPARISON } from "../errors.ts";
import { redact } from "../text/redact.ts";
import { isolatedEnvironment, isolationFlags } from "./git-isolation.ts";
import { gitFor } from "./local-git.ts";
import type { ProcessEnd, Processes } from "./ports.ts";
import { isLoopback } from "./proxy.ts";

/** Where a repository is served. Comes from whoever runs us, never from the configuration of the checkout. */
export interface Remote {
  /** `https://host/owner/name`, without user and password; plain http only on loopback addresses. */
  readonly url: string;
  /** Sent to that address alone; empty for none. */
  readonly token: string;
}

/** Where fetched objects go, and what git may see on the way. */
export interface GitFetchOptions {
  readonly searchPath: string;
  readonly home: string;
  /** Private (0700); holds the settings of a fetch while it runs. */
  readonly scratch: string;
  readonly processes: Processes;
  /** Proxy and certificate variables. */
  readonly network: Readonly<Record<string, string>>;
  readonly system: Readonly<Record<string, string>>;
  readonly remote: Remote | null;
  readonly timeoutMs: number;
  readonly root: string;
  /** The private repository. */
  readonly gitDirectory: string;
}

/** One request to the server of the repository. */
export interface Fetch {
  /** What is missing, as the subject of a sentence with a singular verb: "commit 0123…". */
  readonly what: string;
  readonly ids: readonly string[];
  /** `tree:0` brings commits without trees, `blob:none` trees without files; an object that is asked for by its id always comes. */
  readonly filter: "tree:0" | "blob:none";
  /** `snapshot`: a commit without its parents; `unshallow`: also what a cut hides; `missing`: what `ids` name and lead to. */
  readonly reach: "snapshot" | "unshallow" | "missing";
  /** Whether the server is told what is here already, so that it need not send it. It then takes every tree and file of those commits for present. */
  readonly negotiate: boolean;
}

const REACH_FLAGS: Readonly<Record<Fetch["reach"], readonly string[]>> = {
  snapshot: ["--depth=1"],
  unshallow: ["--unshallow"],
  missing: [],
};
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** Name of the remote, known only to the settings of one fetch. */
const REMOTE_NAME = "base";

/** Builds the fetcher. It rejects with a GateError `base-unavailable` that names what is missing and quotes git, when not all of it came. */
export function gitFetch(options: GitFetchOptions): (fetch: Fetch) => Promise<void> {
  return async (fetch) => {
    const { remote, scratch } = options;
    if (remote === null) throw unavailable(`${fetch.what} is not in the checkout ${options.root}`, remote);
    const url = addressOf(remote);
    const place = await mkdtemp(join(scratch, "fetch-"));
    try {
      const settings = join(place, "settings");
      await writeFile(settings, settingsOf({ ...remote, url: url.href }, fetch, options.network), { mode: 0o600, flag: "wx" });
      const words = await runFetch(options, fetch, { settings, protocol: url.protocol.slice(0, -1) });
      if (words !== null) throw unavailable(`${fetch.what} cannot be fetched from ${url.href}: ${withoutToken(words, remote)}`, remote);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  };
}

/** Makes the error for what cannot be had; the remedy depends on whether there was somebody to ask. */
export function unavailable(message: string, remote: Remote | null): GateError {
  const way =
    remote === null
      ? "Fetch it first, e.g. `git fetch --unshallow origin`, or check out with `fetch-depth: 0`."
      : "Check that the token may read the repository (`contents: read`), or check out with `fetch-depth: 0`.";
  return new GateError("base-unavailable", message, { remedy: `${way} ${WITHOUT_COMPARISON}` });
}

function addressOf(remote: Remote): URL {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : null;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === null || !isSafe || url.username + url.password + url.search + url.hash !== "")
    throw unavailable(
      "The address of the repository is not one of the form https://host/owner/name, so nothing is fetched from it",
      remote,
    );
  return url;
}

/** Returns null, or in git's words why the fetch failed. */
async function runFetch(
  options: GitFetchOptions,
  { filter, reach }: Fetch,
  { settings, protocol }: { readonly settings: string; readonly protocol: string },
): Promise<string | null> {
  const { searchPath, home, processes, network, system, timeoutMs, root, gitDirectory } = options;
  const git = gitFor(searchPath, root);
  const place = ["-c", `include.path=${settings}`, `--git-dir=${gitDirectory}`];
  const flags = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", `--filter=${filter}`, ...REACH_FLAGS[reach]];
  const exit = await processes.run({
    argv: [git, ...isolationFlags(root), ...place, "fetch", ...flags, REMOTE_NAME],
    env: { ...isolatedEnvironment(git, home), ...network, ...system, GIT_ALLOW_PROTOCOL: protocol },
    cwd: gitDirectory,
    timeoutMs,
    outputLimitBytes: OUTPUT_LIMIT,
  });
  if (exit.end.kind === "exited" && exit.end.code === 0) return null;
  return [endText(exit.end), exit.lastWords].filter((words) => words !== "").join(": ");
}

/**
 * The settings of one fetch. What is wanted stands here too: as arguments, thousands of ids would be too long. The remote is a promisor only here, so that
 * git accepts what the filter leaves out, and a question asked without these settings fetches nothing.
 */
function settingsOf({ url, token }: Remote, { ids, negotiate }: Fetch, network: Readonly<Record<string, string>>): string {
  const certificates = network["SSL_CERT_FILE"] ?? network["ssl_cert_file"];
  const directory = network["SSL_CERT_DIR"] ?? network["ssl_cert_dir"];
  return [
    `[remote ${quoted(REMOTE_NAME)}]`,
    `url = ${quoted(url)}`,
    "promisor = true",
    "partialCloneFilter = blob:none",
    ...ids.map((id) => `fetch = ${id}`),
    "[http]",
    "followRedirects = false",
    "sslVerify = true",
    ...(certificates === undefined ? [] : [`sslCAInfo = ${quoted(certificates)}`]),
    ...(directory === undefined ? [] : [`sslCAPath = ${quoted(directory)}`]),
    ...(token === "" ? [] : [`[http ${quoted(url)}]`, `extraHeader = ${quoted(`Authorization: basic ${credentials(token)}`)}`]),
    ...(negotiate ? [] : ["[fetch]", "negotiationAlgorithm = noop"]),
    // No housekeeping that would go on in the background.
    "[gc]",
    "auto = 0",
    "[maintenance]",
    "auto = false",
    "",
  ].join("\n");
}

/** A value or a section's name in the syntax of git-config. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** How GitHub takes a token over git's http (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app). */
function credentials(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString("base64");
}

function withoutToken(words: string, { token }: Remote): string {
  return redact(words, token === "" ? [] : [token, credentials(token)]);
}

function endText(end: ProcessEnd): string {
  switch (end.kind) {
    case "exited":
      return "";
    case "signalled":
      return `git was ended by ${end.signal}`;
    case "timed-out":
      return `git did not finish within ${end.timeoutMs / 1000} s`;
    case "flooded":
      return `git wrote more than ${end.limitBytes} bytes`;
    case "interrupted":
      return "it was interrupted";
    case "not-started":
      return `git did not start: ${end.message}`;
  }
}
