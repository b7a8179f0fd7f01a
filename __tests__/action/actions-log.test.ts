import { describe, expect, it } from "vitest";
import { type ActionsLog, actionsLog } from "../../src/action/actions-log.ts";
import { capturedOutput } from "../support/captured-output.ts";
import { COMMAND_SEEDS } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";

const SECRET = "correct-horse-battery";
const hide = (text: string) => text.replaceAll(SECRET, "[REDACTED]");

/** Every way of writing, and the commands that are its own. */
const WAYS: readonly [string, (log: ActionsLog, text: string) => void, readonly string[]][] = [
  ["debug", (log, text) => log.debug(text), ["debug"]],
  ["say", (log, text) => log.say(text), []],
  ["warn", (log, text) => log.warn(text), ["warning"]],
  ["notice", (log, text) => log.notice(text), ["notice"]],
  ["error", (log, text) => log.error(text, { title: text, file: "a.py" }), ["error"]],
  ["fail", (log, text) => log.fail(text), ["error"]],
  ["started", (log, text) => log.started(text, text), []],
  ["finished", (log, text) => log.finished(text, text), []],
  ["group", (log, text) => log.group(text, [text, text]), ["group", "endgroup"]],
];

function written(way: (log: ActionsLog, text: string) => void, text: string): string {
  const status = process.exitCode;
  const output = capturedOutput(() => way(actionsLog(hide), text));
  process.exitCode = status;
  return output;
}

describe.each(WAYS)("%s", (_, way, own) => {
  it("shows an ordinary text as it is", () => {
    expect(written(way, "12 of 12 files")).toContain("12 of 12 files");
  });

  it.each(COMMAND_SEEDS)("writes no command but its own for %j", (seed) => {
    const names = runnerCommands(written(way, seed)).map(({ name }) => name);
    expect([...new Set(names)]).toEqual(own);
  });

  it("hides a secret, also one that it would cut or escape", () => {
    const output = written(way, `${SECRET} ${"x".repeat(90)} ${SECRET}`);
    expect(output).toContain("[REDACTED]");
    expect(output).not.toContain(SECRET.slice(0, 12));
  });
});

describe("error", () => {
  it("cuts after it has hidden, so that no half of a secret is left", () => {
    const output = written((log, text) => log.error(text, {}, 10), `12345${SECRET}`);
    expect(output).toContain("12345[REDA");
    expect(output).not.toContain("corr");
  });
});
