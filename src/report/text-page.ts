// The page a terminal report is set on: colours, wrapping and columns, measured in the cells of a terminal. It knows nothing of findings.

export interface PageOptions {
  /** Whether to write colours (SGR escapes). */
  readonly color: boolean;
  /** Columns of the terminal; fewer than 40 count as 40. */
  readonly width: number;
  /** Whether ornaments are to be ASCII; the text itself stays as it is. */
  readonly ascii?: boolean;
}

/** SGR parameters: on, off (ECMA-48, section 8.3.117). */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  inverse: [7, 27],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;

export interface Page {
  readonly width: number;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly dash: string;
  /** Wraps text in escapes, the first style outermost; returns it unchanged on a page without colour. */
  readonly paint: (text: string, ...styles: readonly Style[]) => string;
}

/** One cell of a row; `right` aligns it to the right. */
export interface Cell {
  readonly text: string;
  readonly styles?: readonly Style[];
  readonly right?: boolean;
}

/** Cells between two columns. */
const GUTTER = "  ";

export function buildPage({ color, width, ascii = false }: PageOptions): Page {
  return {
    width: Math.max(40, width),
    arrow: ascii ? "->" : "→",
    ellipsis: ascii ? "..." : "…",
    dash: ascii ? "-" : "–",
    paint: (text, ...styles) =>
      color ? styles.reduceRight((inner, style) => `${sgr(STYLES[style][0])}${inner}${sgr(STYLES[style][1])}`, text) : text,
  };
}

function sgr(parameter: number): string {
  return `\u001b[${parameter}m`;
}

/** East Asian wide and fullwidth characters and emoji: two cells (Unicode Standard Annex 11, in ranges). */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]/u;

/** Returns how many cells a terminal gives to text without escapes. */
export function cellWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += character <= "~" ? 1 : /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Fills text with spaces up to a width, on the right or (to align right) on the left. */
export function pad(text: string, width: number, right = false): string {
  const fill = " ".repeat(Math.max(0, width - cellWidth(text)));
  return right ? fill + text : text + fill;
}

/**
 * Breaks text at spaces into lines of at most `width` cells. A longer word stands alone and whole, because a cut path or address cannot be copied.
 * What does not fit into `maxLines` is replaced by the ellipsis.
 */
export function wrap(
  text: string,
  width: number,
  { maxLines, ellipsis }: { readonly maxLines: number; readonly ellipsis: string },
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || cellWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (lines.length + 1 === maxLines) return [...lines, withEllipsis(line, width, ellipsis)];
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

function withEllipsis(line: string, width: number, ellipsis: string): string {
  const lastSpace = line.lastIndexOf(" ");
  const fits = cellWidth(line) + 1 + ellipsis.length <= width || lastSpace < 0;
  return `${fits ? line : line.slice(0, lastSpace)} ${ellipsis}`;
}

/** Sets rows in columns, each as wide as its widest cell. */
export function alignRows(rows: readonly (readonly Cell[])[], page: Page): string[] {
  const widths = new Map<number, number>();
  for (const row of rows)
    for (const [column, { text }] of row.entries()) widths.set(column, Math.max(widths.get(column) ?? 0, cellWidth(text)));
  return rows.map((row) =>
    row
      .map(({ text, styles = [], right = false }, column) => page.paint(pad(text, widths.get(column) ?? 0, right), ...styles))
      .join(GUTTER),
  );
}
