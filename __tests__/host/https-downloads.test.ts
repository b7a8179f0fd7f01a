// Downloads from servers on loopback: plain ones for what is decided about an answer, TLS ones and a proxy for how it is reached.

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InstallError } from "../../src/errors.ts";
import { type DownloadOptions, httpsDownloads } from "../../src/host/https-downloads.ts";
import { createHost } from "../../src/host/node-host.ts";
import type { DownloadRequest } from "../../src/host/ports.ts";
import { selfSignedCertificate } from "../support/certificate.ts";

const PAIR = selfSignedCertificate();

let directory = "";
const servers: TcpServer[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "downloads-"));
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) (server as Server).closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(directory, { recursive: true, force: true });
});

async function listen(server: TcpServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

function request(url: string, overrides: Partial<DownloadRequest> = {}): DownloadRequest {
  return { url, destination: join(directory, "file"), limitBytes: 1000, timeoutMs: 10_000, ...overrides };
}

const waits: number[] = [];

function downloads(overrides: Partial<DownloadOptions> = {}) {
  waits.length = 0;
  return httpsDownloads({ network: {}, wait: async (ms) => waits.push(ms), ...overrides });
}

async function failureOf(promise: Promise<unknown>): Promise<InstallError> {
  const failure = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(failure instanceof InstallError)) throw new Error(`not an InstallError: ${String(failure)}`);
  return failure;
}

describe("a download", () => {
  it("writes the body and returns its size and digest", async () => {
    const url = await serve((_request, response) => response.end("hello"));
    const receipt = await downloads().download(request(`${url}/file`));

    expect(receipt).toEqual({ bytes: 5, sha256: createHash("sha256").update("hello").digest("hex") });
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("hello");
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  it("replaces an older file", async () => {
    writeFileSync(join(directory, "file"), "older and longer");
    const url = await serve((_request, response) => response.end("new"));
    await downloads().download(request(url));

    expect(readFileSync(join(directory, "file"), "utf8")).toBe("new");
  });

  it("may be exactly as large as allowed", async () => {
    const url = await serve((_request, response) => response.end("a".repeat(1000)));

    await expect(downloads().download(request(url))).resolves.toMatchObject({ bytes: 1000 });
  });

  it("may be empty", async () => {
    const url = await serve((_request, response) => response.end());

    await expect(downloads().download(request(url))).resolves.toMatchObject({ bytes: 0 });
  });
});

describe("a download that fails", () => {
  it("leaves neither a file nor a part of one", async () => {
    const url = await serve((_request, response) => response.end("a".repeat(1001)));
    const failure = await failureOf(downloads().download(request(url)));

    expect(failure.message).toContain("larger than 1000 bytes");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("keeps the older file", async () => {
    writeFileSync(join(directory, "file"), "older");
    const url = await serve((_request, response) => response.writeHead(404).end());
    await failureOf(downloads().download(request(url)));

    expect(readdirSync(directory)).toEqual(["file"]);
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("older");
  });

  it("names the address without query and credentials, and what to do", async () => {
    const url = (await serve((_request, response) => response.writeHead(404).end())).replace("//", "//user:hunter2@");
    const failure = await failureOf(downloads().download(request(`${url}/path?token=s3cret`)));

    expect(failure.code).toBe("download-failed");
    expect(failure.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/path could not be downloaded: 127\.0\.0\.1:\d+ answered with status 404$/);
    expect(failure.message).not.toMatch(/hunter2|s3cret/);
    expect(failure.remedy).toContain("HTTPS_PROXY");
  });

  it("refuses a body that was encoded although no encoding was asked for", async () => {
    const url = await serve((_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"));

    expect((await failureOf(downloads().download(request(url)))).message).toContain("encoding gzip");
  });

  it.each(["http://example.invalid/x", "http://127.0.0.1.example.invalid/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "not a url"])(
    "refuses %s",
    async (url) => {
      expect((await failureOf(downloads().download(request(url)))).message).toMatch(/only https is allowed|not a URL/);
    },
  );

  it("refuses to run when the check of certificates is switched off", async () => {
    const url = await serve((_request, response) => response.end("hello"));
    const failure = await failureOf(downloads({ tlsRejectUnauthorized: "0" }).download(request(url)));

    expect(failure.message).toContain("NODE_TLS_REJECT_UNAUTHORIZED=0");
    expect(failure.remedy).toContain("Unset it");
  });

  it("runs when that variable says to check", async () => {
    const url = await serve((_request, response) => response.end("hello"));

    await expect(downloads({ tlsRejectUnauthorized: "1" }).download(request(url))).resolves.toMatchObject({ bytes: 5 });
  });
});

describe("a slow or unsteady server", () => {
  it.each([
    ["never answers", () => {}],
    ["stops in the middle", (_request, response) => response.writeHead(200).write("half")],
  ] satisfies [string, RequestListener][])("is given up after the time limit when it %s", async (_what, listener) => {
    const url = await serve(listener);
    const failure = await failureOf(downloads().download(request(url, { timeoutMs: 200 })));

    expect(failure.message).toContain("longer than 0.2 s");
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ["never answers", () => {}],
    ["stops in the middle", (_request, response) => response.writeHead(200).write("half")],
  ] satisfies [string, RequestListener][])("is given up at once when we are told to stop and it %s", async (_what, listener) => {
    const stop = new AbortController();
    const url = await serve((question, response) => {
      listener(question, response);
      setTimeout(() => stop.abort(), 50);
    });
    const failure = await failureOf(downloads({ stop: stop.signal }).download(request(url, { timeoutMs: 60_000 })));

    expect(failure.message).toContain("was interrupted");
    expect(waits).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is not asked again when we are told to stop between two attempts", async () => {
    const stop = new AbortController();
    let asked = 0;
    const url = await serve((_question, response) => {
      asked += 1;
      response.writeHead(503).end();
    });
    const wait = async () => stop.abort();
    const failure = await failureOf(downloads({ stop: stop.signal, wait }).download(request(url)));

    expect(failure.message).toContain("was interrupted");
    expect(asked).toBe(1);
  });

  it("is asked nothing when we were told to stop before", async () => {
    let asked = 0;
    const url = await serve((_question, response) => {
      asked += 1;
      response.end("hello");
    });
    await failureOf(downloads({ stop: AbortSignal.abort() }).download(request(url)));

    expect(asked).toBe(0);
  });

  it("delivers when nobody tells us to stop", async () => {
    const url = await serve((_question, response) => response.end("hello"));

    await expect(downloads({ stop: new AbortController().signal }).download(request(url))).resolves.toMatchObject({ bytes: 5 });
  });

  it.each([
    ["never answers", () => {}],
    ["stops in the middle", (_request, response) => response.writeHead(200).write("half")],
  ] satisfies [string, RequestListener][])(
    "is given up long before the time limit when it %s and stays silent",
    async (_what, listener) => {
      const url = await serve(listener);
      const failure = await failureOf(downloads({ silenceMs: 100 }).download(request(url, { timeoutMs: 60_000 })));

      expect(failure.message).toMatch(/nothing was heard from it|aborted/);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  it("is waited for as long as it keeps sending", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      for (const [index, letter] of ["a", "b", "c", "d", "e"].entries()) setTimeout(() => response.write(letter), index * 300);
      setTimeout(() => response.end(), 1_500);
    });

    await expect(downloads({ silenceMs: 1_000 }).download(request(url))).resolves.toMatchObject({ bytes: 5 });
  });

  it.each([500, 502, 503, 429])("is asked again after status %d", async (status) => {
    let calls = 0;
    const url = await serve((_request, response) => (++calls < 3 ? response.writeHead(status).end() : response.end("third")));
    await downloads().download(request(url));

    expect(calls).toBe(3);
    expect(waits).toEqual([500, 2000]);
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("third");
  });

  it("is asked again when the connection breaks in the middle", async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      if (++calls > 1) return response.end("whole");
      response.writeHead(200, { "content-length": "100" }).write("half");
      return setImmediate(() => response.destroy());
    });
    await downloads().download(request(url));

    expect(readFileSync(join(directory, "file"), "utf8")).toBe("whole");
    expect(readdirSync(directory)).toEqual(["file"]);
  });

  it("is asked three times at most", async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls++;
      response.writeHead(503).end();
    });
    const failure = await failureOf(downloads().download(request(url)));

    expect(failure.message).toContain("status 503");
    expect(calls).toBe(3);
  });

  it.each([400, 401, 403, 404, 206, 304])("is not asked again after status %d", async (status) => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls++;
      response.writeHead(status).end();
    });
    await failureOf(downloads().download(request(url)));

    expect(calls).toBe(1);
  });

  it("that is not there is named with a reason", async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));

    expect((await failureOf(downloads().download(request(url)))).message).toContain("ECONNREFUSED");
  });
});

describe("a redirect", () => {
  async function redirectTo(location: string, overrides: Partial<DownloadRequest> = {}) {
    const url = await serve((incoming, response) =>
      incoming.url === "/end" ? response.end("arrived") : response.writeHead(302, { location }).end(),
    );
    return downloads().download(request(`${url}/start`, overrides));
  }

  it("on the same host is followed", async () => {
    await expect(redirectTo("/end")).resolves.toMatchObject({ bytes: 7 });
  });

  it("to a host that was named is followed", async () => {
    const other = (await serve((_request, response) => response.end("other"))).replace("127.0.0.1", "localhost");

    await expect(redirectTo(other, { redirectHosts: ["localhost"] })).resolves.toMatchObject({ bytes: 5 });
  });

  it("to another host is refused", async () => {
    const other = (await serve((_request, response) => response.end("other"))).replace("127.0.0.1", "localhost");

    expect((await failureOf(redirectTo(other))).message).toMatch(/redirects to localhost:\d+, which is not allowed/);
  });

  it.each(["https://127.0.0.1/x", "file:///etc/passwd", "ftp://127.0.0.1/"])("to another scheme (%s) is refused", async (location) => {
    expect((await failureOf(redirectTo(location))).message).toContain("redirects from http:// to");
  });

  it("to what is not a URL is refused", async () => {
    expect((await failureOf(redirectTo("http://["))).message).toContain("not a URL");
  });

  it("carries no credentials to where it leads, nor does the request before it", async () => {
    const seen: string[] = [];
    const note = ({ headers }: IncomingMessage) =>
      seen.push([headers.authorization, headers.cookie, headers["proxy-authorization"]].join());
    const other = await serve((incoming, response) => {
      note(incoming);
      response.end("other");
    });
    const url = await serve((incoming, response) => {
      note(incoming);
      response.writeHead(302, { location: other.replace("127.0.0.1", "localhost"), "set-cookie": "a=b" }).end();
    });
    await downloads().download(request(url, { redirectHosts: ["localhost"] }));

    expect(seen).toEqual([",,", ",,"]);
  });

  it("that leads in a circle is given up after five", async () => {
    expect((await failureOf(redirectTo("/start"))).message).toContain("more than 5 redirects");
  });

  it("without a target is an error", async () => {
    const url = await serve((_request, response) => response.writeHead(302).end());

    expect((await failureOf(downloads().download(request(url)))).message).toContain("status 302");
  });
});

describe("https", () => {
  async function serveTls(): Promise<number> {
    return await listen(createTlsServer(PAIR, (_request, response) => response.end("secure")));
  }

  function trusting(network: Record<string, string> = {}): Partial<DownloadOptions> {
    writeFileSync(join(directory, "authority.pem"), PAIR.cert);
    return { network: { SSL_CERT_FILE: join(directory, "authority.pem"), ...network } };
  }

  /** A proxy that notes what it is asked for and connects every tunnel to `port` on this machine. */
  async function serveProxy(port: number, asked: string[], status = 200): Promise<string> {
    const proxy = createServer((_request, response) => response.writeHead(500).end());
    proxy.on("connect", (incoming, socket) => {
      asked.push(`${incoming.url} ${incoming.headers["proxy-authorization"] ?? "-"}`);
      socket.on("error", () => {});
      if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      const upstream = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      return upstream.on("error", () => {}).on("close", () => socket.destroy());
    });
    return `http://127.0.0.1:${await listen(proxy)}`;
  }

  it("downloads from a server whose authority is in SSL_CERT_FILE", async () => {
    const url = `https://localhost:${await serveTls()}/file`;

    await expect(downloads(trusting()).download(request(url))).resolves.toMatchObject({ bytes: 6 });
  });

  it("does not follow a redirect to a server without encryption, and asks it nothing", async () => {
    const asked: string[] = [];
    const plain = await serve(({ url = "" }, response) => {
      asked.push(url);
      response.end("plain");
    });
    const location = `${plain.replace("127.0.0.1", "localhost")}/file`;
    const port = await listen(createTlsServer(PAIR, (_request, response) => response.writeHead(302, { location }).end()));
    const failure = await failureOf(
      downloads(trusting()).download(request(`https://localhost:${port}/file`, { redirectHosts: ["localhost"] })),
    );

    expect(failure.message).toContain("redirects from https:// to");
    expect(asked).toEqual([]);
  });

  it.each([
    ["0", "NODE_TLS_REJECT_UNAUTHORIZED=0"],
    ["1", "self-signed certificate"],
  ])(
    "is refused by the host that both entries build when NODE_TLS_REJECT_UNAUTHORIZED is %s and nobody named the authority",
    async (value, words) => {
      const silent = { debug: () => {}, say: () => {}, warn: () => {} };
      const progress = { started: () => {}, finished: () => {} };
      const places = { home: directory, cacheDirectory: directory, scratch: directory };
      const environment = { NODE_TLS_REJECT_UNAUTHORIZED: value };
      const stop = new AbortController().signal;
      const host = createHost({ environment, ...places, logger: silent, progress, stop, clean: (text) => text, remote: null });
      const failure = await failureOf(host.downloads.download(request(`https://localhost:${await serveTls()}/file`)));

      expect(failure.message).toContain(words);
    },
  );

  it("refuses a server whose authority nobody named", async () => {
    const failure = await failureOf(downloads().download(request(`https://localhost:${await serveTls()}/file`)));

    expect(failure.message).toContain("self-signed certificate");
    expect(waits).toEqual([]);
  });

  it("names a certificate file that cannot be read", async () => {
    const network = { SSL_CERT_FILE: join(directory, "missing.pem") };

    expect((await failureOf(downloads({ network }).download(request("https://localhost/")))).message).toContain("missing.pem");
  });

  it("goes through the proxy's tunnel, with its credentials", async () => {
    const asked: string[] = [];
    const proxy = (await serveProxy(await serveTls(), asked)).replace("//", "//user:p%40ss@");
    await downloads(trusting({ HTTPS_PROXY: proxy })).download(request("https://files.example/file"));

    expect(asked).toEqual([`files.example:443 Basic ${Buffer.from("user:p@ss").toString("base64")}`]);
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("secure");
  });

  it("checks the name of the server behind the tunnel", async () => {
    const asked: string[] = [];
    const proxy = await serveProxy(await serveTls(), asked);
    const failure = await failureOf(downloads(trusting({ HTTPS_PROXY: proxy })).download(request("https://other.example/file")));

    expect(asked).toHaveLength(1);
    expect(failure.message).toMatch(/other\.example.* altnames/i);
  });

  it("checks the authority of the server behind the tunnel", async () => {
    const proxy = await serveProxy(await serveTls(), []);
    const failure = await failureOf(downloads({ network: { HTTPS_PROXY: proxy } }).download(request("https://files.example/file")));

    expect(failure.message).toContain("self-signed certificate");
  });

  it("does not ask the proxy for this machine or for exempt hosts", async () => {
    const asked: string[] = [];
    const proxy = await serveProxy(await serveTls(), asked);
    const network = { HTTPS_PROXY: proxy, NO_PROXY: "example.invalid" };
    await downloads(trusting(network)).download(request(`https://localhost:${await serveTls()}/`));
    await failureOf(downloads(trusting(network)).download(request("https://files.example.invalid/")));

    expect(asked).toEqual([]);
  });

  it("reports a proxy that refuses, without its credentials", async () => {
    const asked: string[] = [];
    const proxy = (await serveProxy(0, asked, 407)).replace("//", "//user:hunter2@");
    const failure = await failureOf(downloads({ network: { https_proxy: proxy } }).download(request("https://files.example/")));

    expect(failure.message).toMatch(/the proxy 127\.0\.0\.1:\d+ answered 407/);
    expect(failure.message).not.toContain("hunter2");
  });

  it("gives up a proxy that accepts and says nothing after the time limit", async () => {
    const port = await listen(createTcpServer((socket) => void socket.resume().on("error", () => {})));
    const network = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const failure = await failureOf(downloads({ network }).download(request("https://files.example/", { timeoutMs: 200 })));

    expect(failure.message).toContain("longer than 0.2 s");
  });
});
