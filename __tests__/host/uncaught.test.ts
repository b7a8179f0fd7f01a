import { describe, expect, it } from "vitest";
import { takeOverUncaught } from "../../src/host/uncaught.ts";

function listeners(): readonly (readonly unknown[])[] {
  return [process.listeners("warning"), process.listeners("uncaughtException")];
}

const never = (thrown: unknown): never => {
  throw thrown;
};

describe("takeOverUncaught", () => {
  it("hears a warning in node's place, once", async () => {
    const warnings: string[] = [];
    const giveBack = takeOverUncaught({ bug: never, warning: (message) => void warnings.push(message) });
    process.emitWarning("mind the gap", "MadeUpWarning");
    await new Promise(setImmediate);
    giveBack();
    expect(warnings).toEqual(["MadeUpWarning: mind the gap"]);
  });

  it("gives node back what it took over", () => {
    const before = listeners();
    const giveBack = takeOverUncaught({ bug: never, warning: () => {} });
    expect(listeners()).not.toEqual(before);
    giveBack();
    expect(listeners()).toEqual(before);
  });
});
