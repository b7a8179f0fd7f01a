import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LARGEST_SHARE_BYTES, type Partitioning, partition, SMALLEST_SHARE_BYTES } from "../../src/pipeline/partition.ts";

const KIB = 1024;

/** Shares out files of these sizes among two jobs, on command lines of any length. */
function share(sizes: ReadonlyMap<string, number>, overrides: Partial<Partitioning> = {}): string[][] {
  const size = (file: string) => sizes.get(file) ?? 0;
  return partition({ files: [...sizes.keys()], size, jobs: 2, characters: () => 0, charactersLimit: 1, ...overrides });
}

/** As many files of one size. */
function equal(count: number, bytes: number): Map<string, number> {
  return new Map(Array.from({ length: count }, (_, index) => [`${String(index).padStart(4, "0")}.py`, bytes]));
}

function weigh(part: readonly string[], sizes: ReadonlyMap<string, number>): number {
  return part.reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
}

const trees = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 3 * LARGEST_SHARE_BYTES })), {
    maxLength: 60,
    selector: ([name]) => name,
  })
  .map((entries) => new Map(entries));
const jobCounts = fc.integer({ min: 1, max: 9 });

describe("partition", () => {
  it("makes no part of no files", () => {
    expect(share(new Map())).toEqual([]);
  });

  it("makes one part of files without weight", () => {
    expect(share(equal(3, 0))).toEqual([["0000.py", "0001.py", "0002.py"]]);
  });

  it("starts no second process for less than is worth a start", () => {
    expect(share(equal(16, SMALLEST_SHARE_BYTES / 16))).toHaveLength(1);
    expect(share(equal(17, SMALLEST_SHARE_BYTES / 16))).toHaveLength(2);
  });

  it("makes two parts for each job when there is enough for them", () => {
    expect(share(equal(100, 20 * KIB))).toHaveLength(4);
    expect(share(equal(100, 20 * KIB), { jobs: 3 })).toHaveLength(6);
  });

  it("makes as many as it takes to keep parts small, and then a multiple of the jobs", () => {
    const sizes = equal(1_000, 9 * KIB);
    expect(share(sizes)).toHaveLength(10);
    expect(share(sizes, { jobs: 3 })).toHaveLength(9);
    expect(share(sizes, { jobs: 1 })).toHaveLength(9);
  });

  it("gives a file that outweighs all others a part of its own, and begins with it", () => {
    const sizes = new Map([["large.py", 8 * LARGEST_SHARE_BYTES], ...equal(50, 30 * KIB)]);
    expect(share(sizes)[0]).toEqual(["large.py"]);
  });

  it("never divides a file, however large", () => {
    expect(share(new Map([["a.py", 50 * LARGEST_SHARE_BYTES]]))).toEqual([["a.py"]]);
  });

  it("holds every file once, whatever the sizes and the limits", () => {
    const limits = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(trees, jobCounts, limits, (sizes, jobs, charactersLimit) => {
        const parts = share(sizes, { jobs, characters: ({ length }) => length, charactersLimit });
        expect(parts.flat().sort()).toEqual([...sizes.keys()].sort());
        expect(parts.every((part) => part.length > 0)).toBe(true);
      }),
      { seed: 21, numRuns: 200 },
    );
  });

  it("sorts every part, and puts the heaviest first", () => {
    fc.assert(
      fc.property(trees, jobCounts, (sizes, jobs) => {
        const parts = share(sizes, { jobs });
        for (const part of parts) expect(part).toEqual([...part].sort());
        const weights = parts.map((part) => weigh(part, sizes));
        expect(weights).toEqual([...weights].sort((a, b) => b - a));
      }),
      { seed: 22, numRuns: 200 },
    );
  });

  it("balances: no two parts differ by more than the largest file", () => {
    fc.assert(
      fc.property(trees, jobCounts, (sizes, jobs) => {
        const weights = share(sizes, { jobs }).map((part) => weigh(part, sizes));
        expect(Math.max(0, ...weights) - Math.min(...weights, Number.MAX_VALUE)).toBeLessThanOrEqual(Math.max(0, ...sizes.values()));
      }),
      { seed: 23, numRuns: 200 },
    );
  });

  it("is the same whatever order the files come in", () => {
    fc.assert(
      fc.property(trees, (sizes) => {
        expect(share(new Map([...sizes].reverse()))).toEqual(share(sizes));
      }),
      { seed: 24, numRuns: 100 },
    );
  });

  it("fills no command line beyond its limit, unless one name alone does", () => {
    const limit = 500;
    const named = fc.uniqueArray(fc.integer({ min: 1, max: 700 }), { maxLength: 60 });
    fc.assert(
      fc.property(named, (lengths) => {
        const files = lengths.map((length) => "d".repeat(length));
        const characters = ({ length }: string) => length + 1;
        for (const part of partition({ files, size: () => 1, jobs: 1, characters, charactersLimit: limit })) {
          expect(part.length === 1 || part.reduce((sum, file) => sum + characters(file), 0) <= limit).toBe(true);
        }
      }),
      { seed: 25, numRuns: 200 },
    );
  });

  it("splits by names only where it must", () => {
    const files = ["a", "b", "c", "d", "e"];
    const line = { characters: () => 10, charactersLimit: 20 };
    expect(partition({ files, size: () => 1, jobs: 1, ...line })).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect(partition({ files, size: () => 1, jobs: 1, ...line, charactersLimit: 50 })).toEqual([files]);
  });
});
