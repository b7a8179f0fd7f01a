// The one way to run a property: 10,000 cases from a committed seed, so that a run is the same everywhere; `npm run fuzz` tries more with a seed of its own.
// A property that fails is told with its seed and the path to the smallest case.

import fc from "fast-check";

/** Overridden by the environment variables FUZZ_CASES and FUZZ_SEED. */
const CASES = 10_000;
const SEED = 20_261_121;

/** `oneIn: 10` tries a tenth of the cases: for what goes through files or renders a whole report, where a case takes milliseconds. */
interface FuzzOptions {
  readonly oneIn?: number;
}

/** Checks a property. Fails the test with the smallest case that was found. */
export function fuzz<Case>(property: fc.IProperty<Case>, { oneIn = 1 }: FuzzOptions = {}): void {
  fc.assert(property, parameters(oneIn));
}

/** Checks an asynchronous property; rejects with the smallest case that was found. */
export async function fuzzAsync<Case>(property: fc.IAsyncProperty<Case>, { oneIn = 1 }: FuzzOptions = {}): Promise<void> {
  await fc.assert(property, parameters(oneIn));
}

function parameters(oneIn: number): { numRuns: number; seed: number } {
  const { FUZZ_CASES: cases = CASES, FUZZ_SEED: seed = SEED } = process.env;
  return { numRuns: Math.ceil(Number(cases) / oneIn), seed: Number(seed) };
}
