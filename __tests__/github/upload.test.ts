import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { uploadSarif } from "../../src/github/upload.ts";
import { answer, type Script, scriptedGitHub, virtualClock } from "../support/code-scanning.ts";

const DIRECTORY = mkdtempSync(join(tmpdir(), "sarif-gate-upload-"));
const REQUEST = {
  file: join(DIRECTORY, "upload.sarif"),
  ref: "refs/heads/main",
  commit: "0123456789abcdef0123456789abcdef01234567",
  root: "/home/runner/work/shop",
  startedAt: new Date("2026-11-21T12:00:00.789Z"),
  readOnlyReason: null,
  wait: true,
};
const TEXT = '{"version":"2.1.0"}\n';
writeFileSync(REQUEST.file, TEXT);

async function send(script: Script, more: Partial<typeof REQUEST> = {}) {
  const github = scriptedGitHub(script);
  return { outcome: await uploadSarif({ ...REQUEST, ...more }, github, virtualClock()), github };
}

describe("uploadSarif", () => {
  it("sends the file as base64 of gzip, with commit, ref, checkout and start to the second", async () => {
    const { github } = await send({});
    const [body] = github.sent;
    expect(body).toMatchObject({
      commit_sha: REQUEST.commit,
      ref: "refs/heads/main",
      checkout_uri: "file:///home/runner/work/shop",
      started_at: "2026-11-21T12:00:00Z",
    });
    expect(Object.keys(body ?? {})).toHaveLength(5);
    expect(gunzipSync(Buffer.from(body?.sarif ?? "", "base64")).toString("utf8")).toBe(TEXT);
  });

  it("waits for the answer", async () => {
    const { outcome, github } = await send({});
    expect([outcome.status, outcome.sarifId]).toEqual(["processed", "an-id"]);
    expect(github.calls).toEqual(["upload", "status", "analyses"]);
  });

  it("does not wait when nobody wants the answer, and does not call the upload processed", async () => {
    const { outcome, github } = await send({}, { wait: false });
    expect([outcome.status, outcome.sarifId]).toEqual(["accepted", "an-id"]);
    expect(github.calls).toEqual(["upload"]);
  });

  it.each([
    ["without an id", answer(202, {})],
    ["with an id that is no id", answer(202, { id: "x\n::set-output" })],
    ["with another status", answer(200, { id: "an-id" })],
    ["with a refusal", answer(422, "no")],
  ])("fails at an answer %s", async (_, upload) => {
    const { outcome, github } = await send({ upload });
    expect([outcome.status, outcome.sarifId]).toEqual(["failed", null]);
    expect(github.calls).toEqual(["upload"]);
  });

  it("fails before sending when the file is gone", async () => {
    const { outcome, github } = await send({}, { file: join(DIRECTORY, "gone.sarif") });
    expect(outcome.status).toBe("failed");
    expect(outcome.message).toContain("gone.sarif");
    expect(github.calls).toEqual([]);
  });

  it("fails before sending more than GitHub takes", async () => {
    const file = join(DIRECTORY, "large.sarif");
    // Random bytes do not compress.
    writeFileSync(file, randomBytes(10_100_000));
    const { outcome, github } = await send({}, { file });
    expect(outcome.message).toContain("more than GitHub takes");
    expect(github.calls).toEqual([]);
  });
});
