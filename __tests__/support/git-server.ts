// A real git server on loopback for one test: git's own http-backend behind node's http, as a forge runs it. Remembers what it was asked for.

import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { KeyPair } from "./certificate.ts";
import { git } from "./temporary-tree.ts";

export interface GitRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly authorization: string | null;
}

export interface GitServer {
  /** Address of the repository. */
  readonly url: string;
  /** Requests in the order they came, refused ones included. */
  readonly requests: GitRequest[];
}

/** The token the server demands unless told otherwise. */
export const TOKEN = "ghs_0123456789abcdefABCDEF0123456789abcd";

/** Serves a repository, bare or not, to whoever sends the token as the password of `x-access-token`. Ends with the test. */
export async function serveGit(repository: string, { token = TOKEN, tls }: { token?: string; tls?: KeyPair } = {}): Promise<GitServer> {
  for (const name of ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"]) git(repository, "config", name, "true");
  const requests: GitRequest[] = [];
  const expected = `basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const { url } = await listen((request, response) => {
    const authorization = request.headers.authorization ?? null;
    requests.push({ method: request.method ?? "", target: request.url ?? "", authorization });
    if (authorization !== expected) response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    else runBackend(dirname(repository), request, response);
  }, tls);
  return { url: `${url}/${basename(repository)}`, requests };
}

/** Serves with `answer` on a free port of 127.0.0.1 until the test ends; over TLS when it is given a certificate. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  tls?: KeyPair,
): Promise<{ url: string }> {
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}` };
}

/** Speaks CGI (RFC 3875) with git-http-backend. */
function runBackend(projects: string, request: IncomingMessage, response: ServerResponse): void {
  const backend = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const child = spawn(backend, {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: projects,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REQUEST_METHOD: request.method ?? "",
      PATH_INFO: path,
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      REMOTE_USER: "test",
      REMOTE_ADDR: "127.0.0.1",
    },
  });
  child.stdin.on("error", () => {});
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    const heading = output.toString("latin1", 0, end).split("\r\n");
    const headers = heading.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const);
    const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
    for (const [name, value] of headers) if (name !== "Status") response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10)).end(output.subarray(end + 4));
  });
}
