// A web server on loopback for one test: paths and what they answer, and what was asked.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Answer = Buffer | string | { readonly status: number; readonly location?: string };

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Paths in the order they were asked for. */
  readonly asked: string[];
}

/** Answers 404 to every path that is not listed. Ends with the test. */
export async function serveOnLoopback(answers: ReadonlyMap<string, Answer>): Promise<LoopbackServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = answers.get(path) ?? { status: 404 };
    if (typeof answer === "string" || Buffer.isBuffer(answer)) return response.end(answer);
    return response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked };
}
