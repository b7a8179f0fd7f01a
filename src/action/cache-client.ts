// The cache service of GitHub's runners: finds, fetches and stores one object per key. It speaks the messages of @actions/cache (github.actions.results.api.v1),
// but neither starts a program nor prints a line, and ends when it is told to. It unpacks nothing: what an object holds is not its business.

import { openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import { z } from "zod";
import type { Environment } from "../host/node-host.ts";
import { isLoopback } from "../host/proxy.ts";
import { textDigest } from "../tools/file-digest.ts";

/** A stored object. Its key is what the service says, and the text of whoever stored it. */
export interface StoredObject {
  readonly key: string;
  readonly url: URL;
}

/** Every method rejects with an Error that names the status or the cause, and never an address: a signed one is a secret. */
export interface CacheClient {
  readonly readable: boolean;
  readonly writable: boolean;
  /** The newest object whose key begins with `prefix`, of the run's own ref before those of the branches above it; null: none. */
  find(prefix: string, signal: AbortSignal): Promise<StoredObject | null>;
  fetch(object: StoredObject, signal: AbortSignal): Promise<Readable>;
  /** Stores a file under a key that nobody used. */
  store(key: string, file: string, signal: AbortSignal): Promise<void>;
}

/** Members that have their default value may be left out. */
const ok = z.boolean().default(false);
const Found = z.object({ ok, signed_download_url: z.string().optional(), matched_key: z.string().optional() });
const Created = z.object({ ok, signed_upload_url: z.string().optional() });
const Finished = z.object({ ok });

/** The service tells objects of one key apart by this; @actions/cache makes it of paths, and we of what is ours alone. */
const VERSION = textDigest("sarif-gate, tar and gzip");
const SERVICE = "/twirp/github.actions.results.api.v1.CacheService/";

/** Whether GitHub throws the machine away after the job. A machine of one's own keeps its tool cache, which may hold results of other repositories. */
export function isThrownAway(environment: Environment): boolean {
  return environment["RUNNER_ENVIRONMENT"] === "github-hosted";
}

/** Returns the service of a machine that is thrown away, or null: for a machine of one's own, and for GitHub Enterprise Server, which has another protocol. */
export function cacheClientOf(environment: Environment): CacheClient | null {
  const address = environment["ACTIONS_RESULTS_URL"] ?? "";
  const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
  const isHosted = isThrownAway(environment) && isGitHubCom(environment["GITHUB_SERVER_URL"] ?? "");
  if (!isHosted || !environment["ACTIONS_CACHE_SERVICE_V2"] || address === "" || token === "") return null;
  const ask = caller(address, token);
  return {
    ...permissions(environment["ACTIONS_CACHE_MODE"] ?? ""),
    find: async (prefix, signal) => {
      const request = { key: prefix, restore_keys: [prefix], version: VERSION };
      const { ok, matched_key: key, signed_download_url: url } = Found.parse(await ask("GetCacheEntryDownloadURL", request, signal));
      return ok && key !== undefined && url !== undefined ? { key, url: safeUrl(url) } : null;
    },
    fetch: async ({ url }, signal) => {
      const { body } = await request(url, { signal });
      if (body === null) throw new Error("the storage sent nothing");
      return Readable.fromWeb(body);
    },
    store: async (key, file, signal) => {
      const { ok, signed_upload_url: url } = Created.parse(await ask("CreateCacheEntry", { key, version: VERSION }, signal));
      if (!ok || url === undefined) throw new Error("the service takes nothing under this key");
      const body = await openAsBlob(file);
      // https://learn.microsoft.com/en-us/rest/api/storageservices/put-blob
      await request(safeUrl(url), { method: "PUT", headers: { "x-ms-blob-type": "BlockBlob" }, body, signal });
      const size = { key, size_bytes: String(body.size), version: VERSION };
      if (!Finished.parse(await ask("FinalizeCacheEntryUpload", size, signal)).ok) throw new Error("the service did not finish the upload");
    },
  };
}

/** As the runner says since 2.336; what it does not know is no restriction, as in @actions/cache. */
function permissions(mode: string): Pick<CacheClient, "readable" | "writable"> {
  const named = mode.trim().toLowerCase();
  return { readable: !["none", "write-only"].includes(named), writable: !["none", "read"].includes(named) };
}

function isGitHubCom(server: string): boolean {
  if (!URL.canParse(server)) return false;
  const { hostname } = new URL(server);
  return hostname === "github.com" || hostname.endsWith(".ghe.com");
}

function caller(address: string, token: string) {
  return async (method: string, message: unknown, signal: AbortSignal): Promise<unknown> => {
    const url = safeUrl(new URL(`${SERVICE}${method}`, address).href);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "user-agent": "sarif-gate" };
    const response = await request(url, { method: "POST", headers, body: JSON.stringify(message), signal });
    return await response.json();
  };
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { redirect: "error", ...init });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`the answer was ${response.status}`);
}

/** What goes there is a token, or what later runs read: never in clear, but for a test on the same machine. */
function safeUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return url;
  throw new Error("the service named an address that is not https");
}
