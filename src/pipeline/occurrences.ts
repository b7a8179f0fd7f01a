// Which of several equal things are old: as many as the base has, those first that stand where an old one stood.

/** One finding or comment as it is compared: things with equal keys are equal, wherever they stand. */
export interface Occurrence {
  readonly key: string;
  /** What stands around it. */
  readonly surroundings: string;
}

/**
 * Returns for each occurrence of the head, in the order given, the place in `base` of the one that it is, or null when it is new. The order also decides
 * among those whose surroundings say nothing.
 */
export function matchOccurrences(head: readonly Occurrence[], base: readonly Occurrence[]): (number | null)[] {
  const taken = new Set<number>();
  const take = (group: number[] = []): number | null => {
    for (let index = group.pop(); index !== undefined; index = group.pop()) {
      if (taken.has(index)) continue;
      taken.add(index);
      return index;
    }
    return null;
  };
  const byPlace = lastFirst(base, placeOf);
  const inPlace = head.map((occurrence) => take(byPlace.get(placeOf(occurrence))));
  const byKey = lastFirst(base, ({ key }) => key);
  return head.map(({ key }, index) => inPlace[index] ?? take(byKey.get(key)));
}

function placeOf({ key, surroundings }: Occurrence): string {
  return JSON.stringify([key, surroundings]);
}

/** The places of occurrences with equal keys, the last one first, so that the first is taken off the end. */
function lastFirst(occurrences: readonly Occurrence[], keyOf: (occurrence: Occurrence) => string): Map<string, number[]> {
  const indices = new Map<string, number[]>();
  for (const [index, occurrence] of [...occurrences.entries()].reverse()) {
    const key = keyOf(occurrence);
    const group = indices.get(key);
    if (group === undefined) indices.set(key, [index]);
    else group.push(index);
  }
  return indices;
}
