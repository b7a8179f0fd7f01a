import { describe, expect, it } from "vitest";
import { pauses } from "../../src/pipeline/pauses.ts";

const MIB = 1024 * 1024;

/** How many pieces of these sizes are done before somebody else has a turn. */
async function piecesBeforeTurn(sizes: readonly number[]): Promise<number> {
  const pause = pauses();
  let done = 0;
  const turn = new Promise<number>((resolve) => setImmediate(() => resolve(done)));
  for (const size of sizes) {
    await pause(size);
    done += 1;
  }
  return await turn;
}

describe("long work", () => {
  it("lets others have their turn after every 8 MiB", async () => {
    expect(await piecesBeforeTurn([5 * MIB, 3 * MIB, MIB])).toBe(1);
    expect(await piecesBeforeTurn([64 * MIB, MIB])).toBe(0);
  });

  it("is not held up by pauses before that", async () => {
    expect(await piecesBeforeTurn([5 * MIB, 2 * MIB, 0.9 * MIB])).toBe(3);
  });
});
