// The fake GitHub is what the tests of the upload rest on: here it is shown to catch what GitHub would refuse.

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import * as replies from "../support/fake-github.ts";
import { type FakeGitHub, type Reply, SARIF_ID, startFakeGitHub, uploadedLog } from "../support/fake-github.ts";
import { DESCRIPTIONS, readExcerpt } from "../support/github-description.ts";

const LOG = { version: "2.1.0", runs: [] };
const UPLOAD = {
  commit_sha: "d99612c3e1f2970085cfbaeadf8f010ef69bad83",
  ref: "refs/heads/main",
  sarif: gzipSync(JSON.stringify(LOG)).toString("base64"),
  checkout_uri: "file:///home/runner/work/shop",
  started_at: "2026-01-02T03:04:05Z",
};
const HEADERS = { authorization: "token secret", "user-agent": "test", "content-type": "application/json; charset=utf-8" };
const SARIFS = "/repos/octo/shop/code-scanning/sarifs";
const ANALYSES = `/repos/octo/shop/code-scanning/analyses?sarif_id=${SARIF_ID}`;

function upload(github: FakeGitHub, body: unknown = UPLOAD, headers: Record<string, string> = HEADERS): Promise<Response> {
  return fetch(`${github.apiUrl}${SARIFS}`, { method: "POST", body: JSON.stringify(body), headers, redirect: "manual" });
}

function get(github: FakeGitHub, path: string): Promise<Response> {
  return fetch(`${github.apiUrl}${path}`, { headers: { authorization: "token secret", "user-agent": "test" } });
}

describe("excerpts of GitHub's description", () => {
  it.each(DESCRIPTIONS)("%s names its package, version and licence", (name) => {
    const source = { package: "@octokit/openapi", version: "23.0.2", license: "MIT", file: `generated/${name}.json` };
    expect(readExcerpt(name).source).toEqual(source);
  });

  it.each(DESCRIPTIONS)("%s holds exactly the three operations that the upload needs", (name) => {
    const operations = Object.values(readExcerpt(name).paths).flatMap((path) => Object.values(path));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual([
      "code-scanning/get-sarif",
      "code-scanning/list-recent-analyses",
      "code-scanning/upload-sarif",
    ]);
  });
});

describe("a request that GitHub understands", () => {
  it.each(DESCRIPTIONS)("is accepted, processed and listed by %s", async (description) => {
    const github = await startFakeGitHub({ analyses: [replies.analysesWith("2 results were ignored")] }, { description });
    const sent = await upload(github);
    expect([sent.status, await sent.json()]).toEqual([202, { id: SARIF_ID, url: `${github.apiUrl}${SARIFS}/${SARIF_ID}` }]);
    const status = await get(github, `${SARIFS}/${SARIF_ID}`);
    expect(await status.json()).toMatchObject({ processing_status: "complete", errors: null });
    const analyses = await get(github, ANALYSES);
    const expected = { ref: UPLOAD.ref, commit_sha: UPLOAD.commit_sha, sarif_id: SARIF_ID, warning: "2 results were ignored" };
    expect(await analyses.json()).toMatchObject([expected]);
    expect(github.violations).toEqual([]);
  });

  it("is recorded with its headers, query and parsed body", async () => {
    const github = await startFakeGitHub();
    await upload(github);
    await get(github, ANALYSES);
    const [sent, listed] = github.requests;
    expect(sent).toMatchObject({ method: "POST", path: SARIFS, query: {}, body: UPLOAD, headers: { authorization: "token secret" } });
    expect(sent && uploadedLog(sent)).toEqual(LOG);
    expect(listed).toMatchObject({ method: "GET", query: { sarif_id: SARIF_ID }, body: null });
  });

  it("may hold a commit of 64 digits, a tag or a pull request's ref", async () => {
    const github = await startFakeGitHub();
    await upload(github, { ...UPLOAD, commit_sha: "a".repeat(64), ref: "refs/tags/v1" });
    await upload(github, { ...UPLOAD, ref: "refs/pull/1/merge" });
    expect(github.violations).toEqual([]);
  });

  it("may ask github.com to validate", async () => {
    const github = await startFakeGitHub();
    expect((await upload(github, { ...UPLOAD, validate: true })).status).toBe(202);
  });
});

describe("a request that GitHub refuses", () => {
  const { sarif: _, ...withoutSarif } = UPLOAD;
  it.each([
    ["a short commit", { ...UPLOAD, commit_sha: "d99612c" }, "body/commit_sha must NOT have fewer than 40 characters"],
    ["a ref without refs/", { ...UPLOAD, ref: "main" }, "body/ref must match pattern"],
    ["an unknown member", { ...UPLOAD, category: "x" }, "body must NOT have additional properties: category"],
    ["no sarif", withoutSarif, "body must have required property 'sarif'"],
    ["a time without zone", { ...UPLOAD, started_at: "2026-01-02 03:04" }, 'body/started_at must match format "date-time"'],
    ["a sarif that is no base64", { ...UPLOAD, sarif: "{}" }, "body/sarif must be base64 of gzip of JSON"],
    ["a sarif that is not compressed", { ...UPLOAD, sarif: btoa("{}") }, "body/sarif must be base64 of gzip of JSON"],
    ["a sarif that holds no JSON", { ...UPLOAD, sarif: gzipSync("log").toString("base64") }, "body/sarif must be base64 of gzip of JSON"],
  ])("is caught for %s", async (_name, body, violation) => {
    const github = await startFakeGitHub();
    const answer = await upload(github, body);
    expect([answer.status, await answer.json()]).toMatchObject([422, { message: "Validation Failed" }]);
    expect(github.violations.join("\n")).toContain(violation);
  });

  it.each(["ghes-3.17", "ghes-3.18", "ghes-3.19"] as const)("is caught for validate sent to %s", async (description) => {
    const github = await startFakeGitHub({}, { description });
    expect((await upload(github, { ...UPLOAD, validate: true })).status).toBe(422);
    expect(github.violations).toEqual([`POST /api/v3${SARIFS}: body must NOT have additional properties: validate`]);
  });

  it.each([
    ["authorization", "header authorization: no token"],
    ["content-type", "header content-type: not application/json"],
  ])("is caught without the header %s", async (name, violation) => {
    const github = await startFakeGitHub();
    await upload(github, UPLOAD, Object.fromEntries(Object.entries(HEADERS).filter(([header]) => header !== name)));
    expect(github.violations).toEqual([`POST ${SARIFS}: ${violation}`]);
  });

  it.each([
    ["an unknown parameter", "/repos/octo/shop/code-scanning/analyses?sarif=1", "query must NOT have additional properties: sarif"],
    ["a parameter of another type", "/repos/octo/shop/code-scanning/analyses?page=x", "query/page must be integer"],
    ["an unknown path", "/repos/octo/shop/code-scanning/analysis", "no such operation"],
  ])("is caught for %s", async (_name, path, violation) => {
    const github = await startFakeGitHub();
    expect((await get(github, path)).status).toBe(422);
    expect(github.violations.join("\n")).toContain(violation);
  });

  it("is caught for a path without the server's prefix", async () => {
    const github = await startFakeGitHub({}, { description: "ghes-3.19" });
    await fetch(new URL(SARIFS, github.apiUrl), { method: "POST", body: JSON.stringify(UPLOAD), headers: HEADERS });
    expect(github.violations).toEqual([`POST ${SARIFS}: no such operation`]);
  });

  it("uses up no reply", async () => {
    const github = await startFakeGitHub({ upload: [replies.serverError(502), replies.accepted()] });
    expect((await upload(github, {})).status).toBe(422);
    expect((await upload(github)).status).toBe(502);
    expect((await upload(github)).status).toBe(202);
  });
});

describe("the script", () => {
  it("is followed in order, and its last reply repeats", async () => {
    const github = await startFakeGitHub({ status: [replies.pending(), replies.processingFailed(["rejecting SARIF"])] });
    const answers = [];
    for (let asked = 0; asked < 3; asked += 1) answers.push(await (await get(github, `${SARIFS}/${SARIF_ID}`)).json());
    expect(answers).toMatchObject([{ processing_status: "pending" }, { processing_status: "failed" }, { errors: ["rejecting SARIF"] }]);
    expect(github.violations).toEqual([]);
  });

  const REFUSALS: [string, Reply, number, string][] = [
    ["readOnlyToken", replies.readOnlyToken(), 403, "Resource not accessible by integration"],
    ["codeSecurityOff", replies.codeSecurityOff(), 403, "Code Security must be enabled for this repository to use code scanning."],
    ["advancedSecurityOff", replies.advancedSecurityOff(), 403, "Advanced Security must be enabled"],
    ["archived", replies.archived(), 403, "archived"],
    ["notFound", replies.notFound(), 404, "Not Found"],
    ["commitNotFound", replies.commitNotFound(), 404, "commit not found"],
    ["refNotFound", replies.refNotFound("refs/heads/x"), 404, "ref 'refs/heads/x' not found in this repository"],
    ["tooLarge", replies.tooLarge(), 413, "bigger than allowed"],
    ["invalid", replies.invalid("wrong"), 422, "wrong"],
    ["invalid as 400", replies.invalid("wrong", 400), 400, "wrong"],
    ["badCredentials", replies.badCredentials(), 401, "Bad credentials"],
    ["rateLimited", replies.rateLimited({ retryAfter: 7 }), 429, "API rate limit exceeded"],
    ["primaryLimit", replies.primaryLimit({ resetInSeconds: 9 }), 403, "API rate limit exceeded"],
    ["secondaryLimit", replies.secondaryLimit({ retryAfter: 7 }), 403, "secondary rate limit"],
    ["serverError", replies.serverError(502), 502, "Server Error"],
    ["serviceUnavailable", replies.serviceUnavailable(), 503, "Service unavailable"],
    ["redirect", replies.redirect("http://127.0.0.1:9/"), 307, "Moved"],
    ["malformed", replies.malformed(), 202, '{"id": '],
    ["html", replies.html(502), 502, "<!DOCTYPE html>"],
  ];

  it.each(REFUSALS)("may hold %s, which GitHub can answer", async (_name, reply, status, message) => {
    const github = await startFakeGitHub({ upload: [reply] });
    const answer = await upload(github);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(message);
    expect(github.violations).toEqual([]);
  });

  it("may name the time to wait in headers", async () => {
    const github = await startFakeGitHub({
      upload: [replies.secondaryLimit({ retryAfter: 7 }), replies.primaryLimit({ resetInSeconds: 9 })],
    });
    expect((await upload(github)).headers.get("retry-after")).toBe("7");
    const limited = await upload(github);
    expect(limited.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(limited.headers.get("x-ratelimit-reset")).toMatch(/^\d{10}$/u);
  });

  it("may reset the connection", async () => {
    const github = await startFakeGitHub({ upload: [replies.reset(), replies.accepted()] });
    await expect(upload(github)).rejects.toThrow("fetch failed");
    expect((await upload(github)).status).toBe(202);
  });

  it("may never answer, and the server still ends with the test", async () => {
    const github = await startFakeGitHub({ upload: [replies.hang()] });
    const unanswered = upload(github).catch(() => "closed");
    await expect.poll(() => github.requests.length).toBe(1);
    await github.close();
    expect(await unanswered).toBe("closed");
  });

  it.each([
    [
      "a member that the description lacks",
      { status: 202, json: { sarif_id: "x" } },
      "answer must NOT have additional properties: sarif_id",
    ],
    ["a value of another type", { status: 202, json: { id: 7 } }, "answer/id must be string"],
    ["a status that the description lacks", { status: 201, json: {} }, "GitHub's description lists no status 201"],
  ])("is itself a violation with %s", async (_name, answer, violation) => {
    const github = await startFakeGitHub({ upload: [() => answer] });
    await upload(github);
    expect(github.violations.join("\n")).toContain(violation);
  });
});
