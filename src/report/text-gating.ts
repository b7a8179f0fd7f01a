// What gates, as rows of the terminal report: under each severity the place, the rule or package, and what to do.

import type { DependencyPart } from "../findings/finding.ts";
import type { Severity } from "../findings/severity.ts";
import { printable, printableProse } from "../text/printable.ts";
import { fixLine } from "./fix.ts";
import { counted, formatList, formatPlace } from "./format.ts";
import { entryFix, formatScanners, type GatingEntry, packageNote, refusedComment } from "./gating.ts";
import type { Page, Style } from "./text-page.ts";
import { type Row, type RowText, renderRows } from "./text-rows.ts";

/** Characters of one message; the row is cut by lines before that, unless the terminal is very wide. */
const MESSAGE_LENGTH = 600;
/** Advisory ids named beside a package. */
const MOST_IDS = 4;

const SEVERITY_STYLES: Readonly<Record<Severity, readonly Style[]>> = {
  critical: ["bold", "red"],
  high: ["red"],
  medium: ["yellow"],
  low: ["cyan"],
  unknown: ["magenta"],
};

/** Renders entries in the order given, with a heading wherever the severity changes. */
export function renderGatingEntries(entries: readonly GatingEntry[], page: Page): string[] {
  const rendered = renderRows(
    entries.map((entry, index) => entryRow(entry, isFirstOfRule(entries, index), page)),
    page,
  );
  return entries.flatMap(({ first: { severity } }, index) => {
    const isFirst = entries[index - 1]?.first.severity !== severity;
    const heading = isFirst ? [`  ${page.paint(severity, ...SEVERITY_STYLES[severity])}`] : [];
    return [...heading, ...(rendered[index] ?? [])];
  });
}

/** What is said of a rule is said once in a list. */
function isFirstOfRule(entries: readonly GatingEntry[], index: number): boolean {
  return entries.findIndex(({ first }) => first.rule.id === entries[index]?.first.rule.id) === index;
}

function entryRow(entry: GatingEntry, isFirst: boolean, page: Page): Row {
  const { first } = entry;
  const place = printable(formatPlace(first.location, first.run));
  if (first.kind === "dependency") return { place, label: printable(first.package.name), body: packageBody(entry, first, page) };
  const refused = refusedComment(first);
  const help: RowText[] = isFirst ? [{ text: `${page.arrow} ${printableProse(first.rule.help, MESSAGE_LENGTH)}`, styles: ["green"] }] : [];
  const notes: RowText[] = refused === "" ? [] : [{ text: refused, styles: ["yellow"] }];
  return { place, label: printable(first.rule.id), body: [{ text: printableProse(first.message, MESSAGE_LENGTH) }, ...help, ...notes] };
}

/** First what to do, then why, then what to mind: `2.2.0 → 2.2.28: django==2.2.28`. */
function packageBody(entry: GatingEntry, first: GatingEntry["first"] & DependencyPart, page: Page): RowText[] {
  const ids = entry.findings.map((finding) => (finding.kind === "dependency" ? printable(finding.advisory.id) : ""));
  const scanners = formatScanners(entry);
  const why =
    ids.length === 1
      ? `${ids[0]}${scanners} ${printableProse(first.rule.title, MESSAGE_LENGTH)}`
      : `${counted(ids.length, "advisory", "advisories")}${scanners}: ${formatList(ids, MOST_IDS)}`;
  const installed = printable(first.package.version);
  const fix = entryFix(entry);
  const note = printableProse(packageNote(first, fix), MESSAGE_LENGTH);
  const notes: RowText[] = note === "" ? [] : [{ text: note, styles: ["dim"] }];
  if (fix === null)
    return [
      { text: `${installed}, ${ids.length === 1 ? "no fixed version is known" : "no one version is known to fix all"}` },
      { text: why },
      ...notes,
    ];
  const line = fixLine(first, fix.version);
  const part = fix.closes === ids.length ? "" : ` (closes ${fix.closes} of ${ids.length})`;
  const way = `${installed} ${page.arrow} ${printable(fix.version)}${part}${line === null ? "" : `: ${line}`}`;
  return [{ text: way, styles: ["green"] }, { text: why }, ...notes];
}
