// Downloads a file whole or not at all. Refuses anything but https (http on loopback), redirects to hosts that were not named, more bytes than allowed,
// encoded bodies, and to run at all where certificate checks are switched off. What was downloaded is for the caller to verify.

import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import { InstallError, messageOf } from "../errors.ts";
import { type GetOptions, httpsGet } from "./https-get.ts";
import type { DownloadRequest, Downloads } from "./ports.ts";
import { isLoopback, type ProxyVariables } from "./proxy.ts";

/** What the environment says about the network, of which nothing else is looked at, and how patiently it is used. */
export interface DownloadOptions {
  /** Proxy variables, and SSL_CERT_FILE: authorities trusted besides node's own. */
  readonly network: ProxyVariables;
  /** Value of NODE_TLS_REJECT_UNAUTHORIZED. */
  readonly tlsRejectUnauthorized?: string | undefined;
  /** Ends every download when aborted, and lets none start afterwards. */
  readonly stop?: AbortSignal;
  /** Longest silence of a server, milliseconds. */
  readonly silenceMs?: number;
  /** Waits between two attempts; rejects when the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Longest silence of a server, in milliseconds; those we ask answer within one second. */
const SILENCE_MS = 15_000;
/** Milliseconds before the second and the third attempt; there is no fourth. */
const WAITS_MS = [500, 2000];
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Failures that may be over in a moment. */
const TRANSIENT = new Set(["ECONNRESET", "ECONNREFUSED", "ETIMEDOUT", "EPIPE", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

/** Downloads over https with node's own client. */
export function httpsDownloads(options: DownloadOptions): Downloads {
  const wait = options.wait ?? ((ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }));
  return {
    download: async (request) => {
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const signal = options.stop === undefined ? timeout : AbortSignal.any([timeout, options.stop]);
      try {
        if (options.tlsRejectUnauthorized === "0") throw new Error("NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of certificates");
        const get = {
          network: options.network,
          authorities: await readAuthorities(options.network),
          signal,
          silenceMs: options.silenceMs ?? SILENCE_MS,
        };
        for (const ms of WAITS_MS) {
          const receipt = await attempt(request, get).catch((cause: unknown) => {
            if (signal.aborted || !isTransient(cause)) throw cause;
          });
          if (receipt !== undefined) return receipt;
          await wait(ms, signal);
        }
        return await attempt(request, get);
      } catch (cause) {
        if (options.stop?.aborted) throw new InstallError("interrupted", `The download of ${request.url} was interrupted.`, { cause });
        throw failure(request, timeout.aborted ? new Error(`it took longer than ${request.timeoutMs / 1000} s`) : cause);
      }
    },
  };
}

type Receipt = Awaited<ReturnType<Downloads["download"]>>;

function failure(request: DownloadRequest, cause: unknown): InstallError {
  const remedy =
    cause instanceof Error && cause.message.includes("NODE_TLS_REJECT_UNAUTHORIZED")
      ? "Unset it; to trust an authority of your own, name its certificate in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE."
      : "Check the network and HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE, or provide the file without a download.";
  const address = URL.canParse(request.url) ? shown(new URL(request.url)) : "an address that is not a URL";
  return new InstallError("download-failed", `${address} could not be downloaded: ${reasonOf(cause)}`, { cause, remedy });
}

/** A connection that failed on several addresses has a code and no message. */
function reasonOf(cause: unknown): string {
  return messageOf(cause) || codeOf(cause) || "unknown reason";
}

/** Without query and credentials, which may be secret. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return "code" in cause && typeof cause.code === "string" ? cause.code : codeOf(cause.cause);
}

function isTransient(cause: unknown): boolean {
  const code = codeOf(cause) ?? "";
  return TRANSIENT.has(code) || /^HTTP_(?:429|5\d\d)$/.test(code);
}

/** Node's authorities and those of SSL_CERT_FILE. Node 20 cannot tell NODE_EXTRA_CA_CERTS: there, name one file or the other. */
async function readAuthorities(network: ProxyVariables): Promise<readonly string[] | undefined> {
  const file = network["SSL_CERT_FILE"] ?? network["ssl_cert_file"];
  if (file === undefined) return undefined;
  const known = typeof tls.getCACertificates === "function" ? tls.getCACertificates("default") : tls.rootCertificates;
  return [...known, await readFile(file, "utf8")];
}

/** The file is opened before anything is asked for: opened later, it could still appear after a broken transfer was cleaned up. */
async function attempt(request: DownloadRequest, get: GetOptions): Promise<Receipt> {
  const partial = `${request.destination}.partial-${randomBytes(8).toString("hex")}`;
  const file = await open(partial, "wx", 0o600);
  try {
    const receipt = await fetchInto(file, request, get).finally(() => file.close());
    await rename(partial, request.destination);
    return receipt;
  } finally {
    await rm(partial, { force: true });
  }
}

async function fetchInto(file: FileHandle, request: DownloadRequest, get: GetOptions): Promise<Receipt> {
  const response = await follow(request, get);
  try {
    return await save(response, file, request.limitBytes);
  } finally {
    response.destroy();
  }
}

/** Resolves with the response of status 200 at the end of the redirects. */
async function follow({ url, redirectHosts = [] }: DownloadRequest, get: GetOptions): Promise<IncomingMessage> {
  let current = new URL(url);
  const allowedHosts = [current.hostname, ...redirectHosts];
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    requireSafe(current);
    const response = await httpsGet(current, get);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return response;
    response.destroy();
    if (!REDIRECTS.has(statusCode) || headers.location === undefined) throw statusError(current, statusCode);
    current = redirectTarget(current, headers.location, allowedHosts);
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

function requireSafe({ protocol, hostname }: URL): void {
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return;
  throw new Error(`only https is allowed, not ${protocol}//`);
}

function statusError(url: URL, status: number): Error {
  return Object.assign(new Error(`${url.host} answered with status ${status}`), { code: `HTTP_${status}` });
}

function redirectTarget(from: URL, location: string, allowedHosts: readonly string[]): URL {
  if (!URL.canParse(location, from.href)) throw new Error("it redirects to something that is not a URL");
  const target = new URL(location, from);
  if (target.protocol !== from.protocol) throw new Error(`it redirects from ${from.protocol}// to ${target.protocol}//`);
  if (!allowedHosts.includes(target.hostname)) throw new Error(`it redirects to ${target.host}, which is not allowed`);
  return target;
}

async function save(response: IncomingMessage, file: FileHandle, limitBytes: number): Promise<Receipt> {
  const encoding = response.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new Error(`it was sent with the encoding ${encoding}, which was not asked for`);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw new Error(`it is larger than ${limitBytes} bytes`);
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}
