// Gathers the many small parts of a text, so that whoever writes them has few pieces to write, and the whole text never exists.

/** UTF-16 units. */
const PIECE = 65_536;

/** Yields the same text in pieces of at least 65,536 UTF-16 units, only the last of which may be shorter; never none. Parts are read as they are needed. */
export function* inPieces(parts: Iterable<string>): Generator<string, void, undefined> {
  let piece = "";
  for (const part of parts) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}
