// One GET request, through a proxy's tunnel where one is set. Follows no redirect, sends no cookie and keeps no connection. Certificates are always checked.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import { type ProxyVariables, proxyFor } from "./proxy.ts";

/** What one request needs to know. */
export interface GetOptions {
  readonly network: ProxyVariables;
  /** Trusted certificate authorities in PEM; undefined: node's own. */
  readonly authorities: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds without a byte, connecting included, after which the request is given up: a network that drops packets must not use up the whole time. */
  readonly silenceMs: number;
}

const HEADERS = { "user-agent": "sarif-gate", accept: "*/*", "accept-encoding": "identity" };

/** Resolves with the response as soon as its head is there, whatever its status. Rejects with an Error of the network, or of the proxy. */
export async function httpsGet(url: URL, options: GetOptions): Promise<IncomingMessage> {
  const limits = { signal: options.signal, timeout: options.silenceMs };
  if (url.protocol === "http:") return await respond(httpRequest(url, { headers: HEADERS, agent: false, ...limits }));
  const tls = trust(options);
  const proxy = proxyFor(url, options.network);
  if (proxy === null) return await respond(httpsRequest(url, { ...tls, headers: HEADERS, agent: false, ...limits }));
  const tunnel = await openTunnel(proxy, url, options);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const createConnection = () =>
    connect({ ...tls, socket: tunnel, host, ...(isIP(host) === 0 ? { servername: host } : {}), ALPNProtocols: ["http/1.1"] });
  return await respond(httpsRequest(url, { headers: HEADERS, createConnection, ...limits }));
}

function trust({ authorities }: GetOptions): { rejectUnauthorized: true; ca?: string[] } {
  return { rejectUnauthorized: true, ...(authorities === undefined ? {} : { ca: [...authorities] }) };
}

/** `error` stays listened to: a request may fail once more after its response began. */
function respond(request: ClientRequest): Promise<IncomingMessage> {
  endWhenSilent(request);
  return new Promise((resolve, reject) => {
    request.once("response", resolve).on("error", reject).end();
  });
}

function endWhenSilent(request: ClientRequest): void {
  request.once("timeout", () => request.destroy(new Error("nothing was heard from it")));
}

/** Asks the proxy for a connection to the host of `url` (CONNECT, RFC 9110 section 9.3.6). */
function openTunnel(proxy: URL, url: URL, options: GetOptions): Promise<Socket> {
  const authority = `${url.hostname}:${url.port || "443"}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = {
    host: authority,
    ...(credentials === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` }),
  };
  const address = {
    hostname: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port,
    method: "CONNECT",
    path: authority,
    headers,
    agent: false,
    signal: options.signal,
    timeout: options.silenceMs,
  };
  const request = proxy.protocol === "https:" ? httpsRequest({ ...address, ...trust(options) }) : httpRequest(address);
  endWhenSilent(request);
  return new Promise((resolve, reject) => {
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode}`));
    });
    request.on("error", (cause) => reject(new Error(`the proxy ${proxy.host} did not connect: ${cause.message}`, { cause })));
    request.end();
  });
}
