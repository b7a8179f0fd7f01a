// A code scanning that answers as a test says, and a clock that no test waits for.

import type { Answer, CodeScanning, HttpAnswer, SarifUpload } from "../../src/github/code-scanning.ts";
import type { Clock } from "../../src/host/ports.ts";

/** An answer of GitHub; the body is GitHub's error where only a message is given. */
export function answer(status: number, body: unknown, more: Partial<HttpAnswer> = {}): HttpAnswer {
  const message = typeof body === "string" ? body : "";
  return { kind: "answer", status, message, body, location: null, rateLimited: false, waitSeconds: null, ...more };
}

export interface Script {
  readonly upload?: Answer;
  /** In order; the last one repeats. */
  readonly status?: readonly Answer[];
  readonly analyses?: Answer;
}

export interface ScriptedGitHub extends CodeScanning {
  readonly sent: SarifUpload[];
  readonly calls: string[];
}

export function scriptedGitHub({ upload, status = [], analyses }: Script): ScriptedGitHub {
  const sent: SarifUpload[] = [];
  const calls: string[] = [];
  const replies = [...status];
  return {
    sent,
    calls,
    upload: async (body) => {
      calls.push("upload");
      sent.push(body);
      return upload ?? answer(202, { id: "an-id" });
    },
    status: async () => {
      calls.push("status");
      return (replies.length > 1 ? replies.shift() : replies[0]) ?? answer(200, { processing_status: "complete" });
    },
    analyses: async () => {
      calls.push("analyses");
      return analyses ?? answer(200, []);
    },
  };
}

/** Time passes by sleeping only; `slept` has every pause in milliseconds. */
export function virtualClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date("2026-11-21T12:00:00Z"),
    monotonic: () => slept.reduce((sum, pause) => sum + pause, 0),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
  };
}
