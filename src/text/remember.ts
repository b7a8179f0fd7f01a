// Spares making the same of the same text again: reports of tens of thousands of findings say a few hundred things.

/** Results of one function: it bounds the memory. */
const MOST = 1_000;

/** A longer text is not kept, so that what is remembered stays small. UTF-16 units. */
const LONGEST = 2_000;

/** Returns `make`, which must be pure, with a memory of at most 1,000 results; a full one is emptied. */
export function remember<Result>(make: (text: string) => Result): (text: string) => Result {
  const made = new Map<string, Result>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const result = make(text);
    if (text.length > LONGEST) return result;
    if (made.size >= MOST) made.clear();
    made.set(text, result);
    return result;
  };
}
