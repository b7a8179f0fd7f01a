// The sections of the job summary about what the policy makes of the scan: changed workflows, gaps by what they count for, and the lists of suppressions,
// changes and exclusions. Each list has its limit.

import { code } from "../text/markdown.ts";
import { printable } from "../text/printable.ts";
import { formatList } from "./format.ts";
import { GAP_TITLES, gapRemarks, type Remark } from "./gating.ts";
import { buildListings, type Listing } from "./listings.ts";
import { cells, type Limit, more, prose, renderWithin, table } from "./markdown-parts.ts";
import type { ScanReport } from "./scan-report.ts";
import { explainWorkflows } from "./summary-line.ts";

const GAPS: Limit = { rows: 200, bytes: 150 * 1024 };
/** Of gaps that do not count, for each standing. */
const OTHER_GAPS: Limit = { rows: 20, bytes: 32 * 1024 };
/** Of each of the other lists. */
const LISTED: Limit = { rows: 20, bytes: 16 * 1024 };

/** Places named in one cell. */
const MOST_PLACES = 5;
/** Characters of a key, a pattern or a path in a list; report.json has it whole. */
const PLACE_LENGTH = 200;

/** Names changed workflow files in bold; empty when there is none. */
export function renderWorkflowLine(report: ScanReport): string {
  const words = explainWorkflows(report, shortCode);
  return words === null ? "" : `**${words}**`;
}

/** Renders one section for each standing that a gap has. */
export function renderGapSections({ gaps }: ScanReport): string[] {
  return GAP_TITLES.map(([standing, title]) => {
    const these = gaps.filter((gap) => gap.standing === standing);
    const remarks = gapRemarks(these);
    if (remarks.length === 0) return "";
    const limit = standing === "counts" ? GAPS : OTHER_GAPS;
    const rows = renderWithin(limit, remarks, (remark) => cells([renderPlaces(remark), prose(remark.message), prose(remark.remedy)]));
    const body = [...table(["where", "why", "what to do"], rows), ...more(placesLeft(remarks, rows), "gap")];
    return [`### ${title} (${these.length})`, "", ...body].join("\n");
  });
}

/** Renders one section for each list of the policy that has items. */
export function renderListings(report: ScanReport): string[] {
  return buildListings(report).map(renderListing);
}

/** Names the first places of a remark and counts the rest. */
export function renderPlaces({ places }: Remark): string {
  return formatList(places, MOST_PLACES, (place) => (place === "" ? "" : code(place)));
}

/** Counts the places of the remarks that are not listed. */
export function placesLeft(remarks: readonly Remark[], listed: readonly string[]): number {
  return remarks.slice(listed.length).reduce((sum, { places }) => sum + places.length, 0);
}

function shortCode(place: string): string {
  return code(printable(place, PLACE_LENGTH));
}

function renderListing({ title, noun, count, first }: Listing): string {
  const rows = renderWithin(LISTED, first(LISTED.rows), ({ place, remark }) => cells([shortCode(place), prose(remark)]));
  return [`### ${title}`, "", ...table(["where", "what"], rows), ...more(count - rows.length, noun)].join("\n");
}
