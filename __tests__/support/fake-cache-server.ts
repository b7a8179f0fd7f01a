// GitHub's cache service (version 2) and its blob storage on loopback, for one test: one scope, as that of a branch. Its faults are scripted.
// Whether it is like GitHub's is shown by GitHub's own client, which works with it.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** What goes wrong: every message is answered with a status, or with nothing at all; the storage likewise. */
export interface CacheFaults {
  readonly service?: number | "hang";
  readonly storage?: number | "hang";
}

export interface CacheMessage {
  readonly method: string;
  readonly authorization: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeCacheServer {
  /** ACTIONS_RESULTS_URL */
  readonly url: string;
  /** Variables with which a job of github.com finds the service. */
  readonly environment: Readonly<Record<string, string>>;
  /** Messages to the service, in the order of arrival. */
  readonly messages: CacheMessage[];
  /** Complete objects by key, the newest last. */
  readonly objects: Map<string, StoredBlob>;
  /** Headers of uploads. */
  readonly uploads: Readonly<Record<string, unknown>>[];
}

export interface StoredBlob {
  readonly version: string;
  readonly content: Buffer;
}

const SCOPES = Buffer.from(JSON.stringify({ ac: "[]", scp: "Actions.Results:1:2" })).toString("base64url");
/** In the form of a runner's token. */
export const RUNTIME_TOKEN = `x.${SCOPES}.made-up-runtime-token-of-the-test`;

/** Starts the fake; it ends with the test. */
export async function startFakeCache(faults: CacheFaults = {}): Promise<FakeCacheServer> {
  const messages: CacheMessage[] = [];
  const objects = new Map<string, StoredBlob>();
  const uploads: Readonly<Record<string, unknown>>[] = [];
  const reserved = new Map<string, { readonly version: string; content: Buffer | null }>();

  const answer = (method: string, body: Readonly<Record<string, unknown>>): object => {
    const [key, version] = [String(body["key"]), String(body["version"])];
    if (method === "CreateCacheEntry") {
      if (objects.has(key) || reserved.has(key)) return { ok: false };
      reserved.set(key, { version, content: null });
      return { ok: true, signed_upload_url: `${url}blob/${encodeURIComponent(key)}?sig=made-up-signature` };
    }
    if (method === "FinalizeCacheEntryUpload") {
      const content = reserved.get(key)?.content ?? null;
      if (content === null || String(content.length) !== body["size_bytes"]) return { ok: false };
      objects.set(key, { version, content });
      return { ok: true, entry_id: String(objects.size) };
    }
    const asked = [key, ...((body["restore_keys"] as string[] | undefined) ?? [])];
    const keys = [...objects].filter(([, stored]) => stored.version === version).map(([name]) => name);
    const found = keys.findLast((name) => asked.some((prefix) => name.startsWith(prefix)));
    // As protobuf writes `ok: false`.
    if (found === undefined) return {};
    return { ok: true, matched_key: found, signed_download_url: `${url}blob/${encodeURIComponent(found)}?sig=made-up-signature` };
  };

  const store = async (key: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "PUT") {
      uploads.push(request.headers);
      const entry = reserved.get(key);
      if (entry !== undefined) entry.content = await buffer(request);
      response.writeHead(entry === undefined ? 404 : 201, { etag: '"1"', "last-modified": new Date(0).toUTCString() }).end();
      return;
    }
    const { content } = objects.get(key) ?? {};
    if (content === undefined) return void response.writeHead(404).end();
    const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/u.exec(String(request.headers["x-ms-range"] ?? request.headers.range ?? "")) ?? [];
    const part = content.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
    const headers = {
      "content-length": part.length,
      etag: '"1"',
      "content-range": `bytes ${from}-${Number(from) + part.length - 1}/${content.length}`,
    };
    response.writeHead(part.length < content.length ? 206 : 200, headers);
    response.end(request.method === "HEAD" ? undefined : part);
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", url);
    const isBlob = pathname.startsWith("/blob/");
    const fault = isBlob ? faults.storage : faults.service;
    if (fault === "hang") return;
    const reply = async () => {
      if (fault !== undefined) return void response.writeHead(fault).end("{}");
      if (isBlob) return await store(decodeURIComponent(pathname.slice("/blob/".length)), request, response);
      const method = pathname.replace("/twirp/github.actions.results.api.v1.CacheService/", "");
      const body = JSON.parse((await buffer(request)).toString("utf8"));
      messages.push({ method, authorization: request.headers.authorization ?? "", body });
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer(method, body)));
    };
    reply().catch(() => request.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const environment = {
    GITHUB_SERVER_URL: "https://github.com",
    RUNNER_ENVIRONMENT: "github-hosted",
    ACTIONS_CACHE_SERVICE_V2: "true",
    ACTIONS_RESULTS_URL: url,
    ACTIONS_RUNTIME_TOKEN: RUNTIME_TOKEN,
  };
  return { url, environment, messages, objects, uploads };
}
