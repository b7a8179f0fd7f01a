// Scans in which every text that a repository, a scanner or a database can choose is hostile, and every number out of range.

import fc from "fast-check";
import type { Finding } from "../../src/findings/finding.ts";
import { RUN_IDS } from "../../src/findings/scanner-id.ts";
import { SEVERITIES } from "../../src/findings/severity.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { LogSource } from "../../src/sarif/log.ts";
import { codeFinding, completedRun, dependencyFinding, findingId, judged, open, rule, scannerOf, suppressed } from "./findings.ts";
import { hostileText } from "./hostile-text.ts";
import { logSource } from "./sarif-logs.ts";

const position = fc.integer({ min: -2, max: 1_000_000 });
const place = fc.record({ path: hostileText, startLine: position, endLine: position, startColumn: position, endColumn: position });
const hostileRule = fc.record({
  id: hostileText.filter((id) => id.trim() !== ""),
  name: hostileText,
  title: hostileText,
  description: hostileText,
  help: hostileText,
  // Microsoft's validator calls an address ill-formed when it escapes characters that Unicode has not assigned.
  helpUri: fc.oneof(
    hostileText,
    fc.webUrl().filter((address) => !address.includes("%")),
  ),
  cwes: fc.array(fc.nat(2_000), { maxLength: 15 }),
});

const hostileFinding: fc.Arbitrary<Finding> = fc
  .record({
    run: fc.constantFrom(...RUN_IDS),
    rule: fc.oneof(hostileRule, fc.constant(rule())),
    severity: fc.constantFrom(...SEVERITIES),
    message: hostileText,
    location: place,
    text: hostileText,
    cvss: fc.double(),
    isPackage: fc.boolean(),
  })
  .map(({ text, cvss, isPackage, ...core }) =>
    isPackage
      ? dependencyFinding({
          ...core,
          scanner: scannerOf(core.run),
          package: { name: text, version: text, purl: text },
          advisory: { id: text, aliases: [text], url: text, cvss, fixedVersions: [text] },
        })
      : codeFinding({ ...core, scanner: scannerOf(core.run) }),
  );

/** Complete runs with up to twelve findings, every fourth of them suppressed, one gap and one notice of the tree. */
export const hostileSource: fc.Arbitrary<LogSource> = fc
  .record({ found: fc.array(hostileFinding, { maxLength: 12 }), path: hostileText, line: position, reason: hostileText })
  .map(({ found, path, line, reason }) => ({
    ...logSource({ runs: RUN_IDS.map((run) => completedRun(run)) }),
    findings: found.map((finding, index): TriagedFinding => {
      const identified = { ...finding, id: findingId(index) };
      return index % 4 === 3 ? suppressed(identified, { reason }) : open(identified);
    }),
    gaps: judged([{ path, line, reason, remedy: reason }]),
    notices: [{ path, line, message: reason }],
  }));
