// Waits for work that goes on side by side, so that none of it is still writing when an error is passed on.

/** Resolves to both results; when either rejects, rejects with its reason, but not before both have ended. The first one's reason goes first. */
export async function together<First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
