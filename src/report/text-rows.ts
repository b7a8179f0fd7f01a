// Rows of the terminal report: a place, a label, and text that wraps beside them. All rows of a section share their columns; a place too long for its
// column has a line of its own, so that it stays whole, and where a third of them are, all have. Texts must be printable already.

import { cellWidth, type Page, pad, type Style, wrap } from "./text-page.ts";

export interface Row {
  readonly place: string;
  readonly label: string;
  /** At least one; each begins on a line of its own. */
  readonly body: readonly RowText[];
}

export interface RowText {
  readonly text: string;
  readonly styles?: readonly Style[];
}

const INDENT = 4;
const GUTTER = 2;
/** The body of a row is not squeezed below this; rather the place gets its own line. */
const NARROWEST_BODY = 36;
const WIDEST_LABEL = 20;
/** Lines of one text. */
const MAX_LINES = 3;

interface Columns {
  readonly place: number;
  readonly label: number;
}

/** Renders each row as its lines. */
export function renderRows(rows: readonly Row[], page: Page): string[][] {
  const columns = fitColumns(rows, page);
  return rows.map((row) => renderRow(row, columns, page));
}

function fitColumns(rows: readonly Row[], page: Page): Columns {
  const widest = (texts: readonly string[]) => texts.reduce((width, text) => Math.max(width, cellWidth(text)), 0);
  const label = Math.min(widest(rows.map((row) => row.label)), WIDEST_LABEL);
  const room = page.width - NARROWEST_BODY - bodyColumn({ place: 0, label });
  const place = Math.min(widest(rows.map((row) => row.place)), room, Math.floor(page.width * 0.4));
  const fitting = rows.filter((row) => cellWidth(row.place) <= place).length;
  return { place: fitting * 3 < rows.length * 2 ? GUTTER : place, label };
}

/** Where the body begins, in cells from the left edge. */
function bodyColumn({ place, label }: Columns): number {
  return INDENT + place + GUTTER + (label === 0 ? 0 : label + GUTTER);
}

function renderRow({ place, label, body }: Row, columns: Columns, page: Page): string[] {
  const start = bodyColumn(columns);
  const width = Math.max(page.width - start, 1);
  const lines = body.flatMap(({ text, styles = [] }) =>
    wrap(text, width, { maxLines: MAX_LINES, ellipsis: page.ellipsis }).map((line) => page.paint(line, ...styles)),
  );
  const indent = " ".repeat(INDENT);
  const placeFits = cellWidth(place) <= columns.place;
  const gap = " ".repeat(columns.place + GUTTER - (placeFits ? cellWidth(place) : 0));
  const head =
    indent + (placeFits ? page.paint(place, "bold") : "") + gap + (columns.label === 0 ? "" : pad(label, columns.label + GUTTER));
  const labelFits = cellWidth(label) <= columns.label;
  const beside = labelFits ? `${head}${lines[0]}` : head;
  const below = lines.slice(labelFits ? 1 : 0).map((line) => " ".repeat(start) + line);
  return [...(placeFits ? [] : [indent + page.paint(place, "bold")]), beside, ...below];
}
