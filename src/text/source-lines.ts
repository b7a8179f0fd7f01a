// The lines of a source, found once and cut out when they are asked for: all of them as strings would take as much memory as the source again.

/** Lines are counted from 1. */
export interface SourceLines {
  /** At least 1 where there is a source, for an empty one has one empty line. The end of the last line begins no other. */
  readonly count: number;
  /** A line without its end; undefined where there is none. */
  readonly line: (number: number) => string | undefined;
  /** What stands from the start of a line to the end of another, with the line ends in between; empty where there is none. */
  readonly between: (first: number, last: number) => string;
}

/** What ends a line: `\r\n`, `\r` and `\n` as for Python's parser, or `\n` alone. */
export type LineEnd = "python" | "line-feed";

/** Those of a source that cannot be read. */
export const NO_LINES: SourceLines = { count: 0, line: () => undefined, between: () => "" };

/** Finds the lines of a source. A byte order mark is no part of the first. */
export function sourceLines(source: string, end: LineEnd): SourceLines {
  // Few sources have another line end than a line feed, and a search without a pattern takes a fraction of the time.
  const ends = end === "python" && source.includes("\r") ? endsByPattern(source) : lineFeeds(source);
  if (ends.length === 0 || behind(source, ends.at(-1)) < source.length) ends.push(source.length);
  const count = ends.length;
  const between = (first: number, last: number): string => {
    if (first < 1 || first > count || last < first) return "";
    const start = first === 1 ? Number(source.startsWith("\uFEFF")) : behind(source, ends[first - 2]);
    return source.slice(start, ends[Math.min(last, count) - 1]);
  };
  return { count, line: (number) => (number < 1 || number > count ? undefined : between(number, number)), between };
}

function lineFeeds(source: string): number[] {
  const places: number[] = [];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) places.push(at);
  return places;
}

function endsByPattern(source: string): number[] {
  return Array.from(source.matchAll(/\r\n?|\n/g), ({ index }) => index);
}

/** The index behind a line end. */
function behind(source: string, end = 0): number {
  return end + (source.startsWith("\r\n", end) ? 2 : 1);
}
