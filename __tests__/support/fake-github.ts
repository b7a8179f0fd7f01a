// GitHub's code scanning API on loopback for tests: it holds every request to GitHub's own OpenAPI description and answers by a script.
// It stores nothing, and it keeps its own answers to the description too: a fake that says what GitHub cannot is wrong.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { type DescriptionName, describeGitHub, type Operation } from "./github-description.ts";
import { type Answer, type Asked, accepted, noAnalyses, processed, type Reply, SARIF_ID } from "./github-replies.ts";

// A test that starts the fake writes its script too.
export * from "./github-replies.ts";

/** Replies of each operation, used in order; the last one repeats. Without any, every upload is accepted and processed. */
export interface FakeGitHubScript {
  readonly upload?: readonly Reply[];
  readonly status?: readonly Reply[];
  readonly analyses?: readonly Reply[];
}

export interface FakeGitHubOptions {
  /** Whose description holds; `api.github.com` by default. */
  readonly description?: DescriptionName;
  /** Path before every operation's; `/api/v3` for GitHub Enterprise Server, else none. */
  readonly prefix?: string;
  /** True outside a test, as in `beforeAll`: the server then runs until `close`. */
  readonly untilClosed?: boolean;
}

export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; null without a body, the text itself when it is no JSON. */
  readonly body: unknown;
}

export interface FakeGitHub {
  /** `http://127.0.0.1:PORT` and the prefix. */
  readonly apiUrl: string;
  /** In the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** What GitHub would not have understood, or could not have answered. A test expects none. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}

const SCRIPTED = new Map<string, keyof FakeGitHubScript>([
  ["code-scanning/upload-sarif", "upload"],
  ["code-scanning/get-sarif", "status"],
  ["code-scanning/list-recent-analyses", "analyses"],
]);
const USUAL = { upload: [accepted()], status: [processed()], analyses: [noAnalyses()] };

/** Starts the fake. It ends with the test, or by `close` where `untilClosed` is set. */
export async function startFakeGitHub(script: FakeGitHubScript = {}, options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const { description = "api.github.com", prefix = description.startsWith("ghes-") ? "/api/v3" : "", untilClosed = false } = options;
  const operationOf = describeGitHub(description);
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  const replies = new Map(Object.entries({ ...USUAL, ...script }).map(([name, list]) => [name, [...list]]));
  let last = { ref: "refs/heads/main", commit: "0".repeat(40) };

  const converse = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await record(incoming);
    requests.push(request);
    const operation = request.path.startsWith(prefix) ? operationOf(request.method, request.path.slice(prefix.length)) : null;
    const errors = requestErrors(request, operation);
    if (operation === null || errors.length > 0) {
      violations.push(...errors.map((error) => `${request.method} ${request.path}: ${error}`));
      return send(response, validationFailed(errors));
    }
    const { ref, commit_sha: commit } = membersOf(request.body);
    if (typeof ref === "string" && typeof commit === "string") last = { ref, commit };
    const answer = nextReply(replies.get(SCRIPTED.get(operation.id) ?? "") ?? [])({ ...askedOf(operation, request), apiUrl, ...last });
    if (answer === "reset") incoming.socket.destroy();
    if (answer === "reset" || answer === "hang") return;
    violations.push(...answerErrors(answer, operation).map((error) => `the script, ${operation.id}: ${error}`));
    send(response, answer);
  };
  const server = createServer((incoming, response) => {
    converse(incoming, response).catch((error) => {
      // A client may give up in the middle of its request.
      if (incoming.complete) violations.push(`${incoming.method} ${incoming.url}: ${String(error)}`);
      incoming.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}${prefix}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  if (!untilClosed) onTestFinished(close);
  return { apiUrl, requests, violations, close };
}

/** Returns the SARIF log that an upload carried. Throws when `sarif` is not base64 of gzip of JSON. */
export function uploadedLog({ body }: RecordedRequest): unknown {
  const { sarif } = membersOf(body);
  if (typeof sarif !== "string" || sarif.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/u.test(sarif)) throw new Error("no base64");
  return JSON.parse(gunzipSync(Buffer.from(sarif, "base64")).toString("utf8"));
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? { ...body } : {};
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://127.0.0.1");
  const body = await text(incoming);
  return {
    method: incoming.method ?? "",
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: body === "" ? null : parseOrKeep(body),
  };
}

function parseOrKeep(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function requestErrors(request: RecordedRequest, operation: Operation | null): string[] {
  if (operation === null) return ["no such operation"];
  const errors = operation.requestErrors(request.query, request.body);
  if (!/^(?:token|bearer) \S+$/iu.test(request.headers["authorization"] ?? "")) errors.push("header authorization: no token");
  // https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent
  if ((request.headers["user-agent"] ?? "") === "") errors.push("header user-agent: missing");
  if (request.body === null) return errors;
  if (!/^application\/json(?:;|$)/u.test(request.headers["content-type"] ?? "")) errors.push("header content-type: not application/json");
  try {
    uploadedLog(request);
  } catch (error) {
    errors.push(`body/sarif must be base64 of gzip of JSON: ${String(error)}`);
  }
  return errors;
}

/** GitHub's shape of a refused request. Source: the schema `validation-error-simple` of its description. */
function validationFailed(errors: readonly string[]): Answer {
  return { status: 422, json: { message: "Validation Failed", documentation_url: "https://docs.github.com/rest", errors, status: "422" } };
}

function askedOf({ variables }: Operation, { query }: RecordedRequest): Pick<Asked, "repository" | "sarifId"> {
  const repository = `${variables.get("owner")}/${variables.get("repo")}`;
  return { repository, sarifId: variables.get("sarif_id") ?? query["sarif_id"] ?? SARIF_ID };
}

function nextReply(replies: Reply[]): Reply {
  const [reply] = replies;
  if (reply === undefined) throw new Error("The script has an empty list of replies");
  if (replies.length > 1) replies.shift();
  return reply;
}

function answerErrors(answer: Answer, operation: Operation): readonly string[] {
  if (answer.text !== undefined || answer.undescribed) return [];
  return operation.responseErrors(answer.status, answer.json) ?? [`GitHub's description lists no status ${answer.status}`];
}

function send(response: ServerResponse, { status, headers = {}, json, text: raw }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(raw ?? JSON.stringify(json));
}
