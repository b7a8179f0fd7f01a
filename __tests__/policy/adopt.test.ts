import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Adoption, addSuppressions, buildAdoptions, newPolicy } from "../../src/policy/adopt.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { printable } from "../../src/text/printable.ts";
import { ACCEPTED_POLICIES } from "../fixtures/policies/cases.ts";
import { codeFinding, findingId, open } from "../support/findings.ts";
import { hostileText } from "../support/hostile-text.ts";
import { TODAY } from "../support/policies.ts";

const EXPIRES = "2027-06-30";
// One id is all digits, one could be a number in floating point, one is neither.
const IDS = ["12345678901234567890", "1e345678901234567890", findingId(0xab)];
const ADOPTIONS: readonly Adoption[] = IDS.map((finding) => ({ finding, reason: 'Adopted: B602 in it\'s "a": #b', expires: EXPIRES }));

function parse(text: string) {
  return parsePolicy(text, { source: "policy.yml", today: TODAY, failOn: "high" });
}

/** Whether a text is another one with a single piece inserted. */
function isInsertion(whole: string, old: string): boolean {
  const differs = [...old].findIndex((_, index) => !whole.startsWith(old.slice(0, index + 1)));
  const kept = differs === -1 ? old.length : differs;
  return Array.from({ length: kept + 1 }, (_, index) => index).some((index) => whole.endsWith(old.slice(index)));
}

const STYLES = [
  ["a list with dashes below its key", "version: 1\nsuppressions:\n- rule: B101\n  reason: 'x'\n  expires: never\nlimits:\n    nosec: 1\n"],
  [
    "a list that is indented far",
    "version: 1\nsuppressions:\n      - rule: B101\n        reason: x\n        expires: never # for good\n# end\n",
  ],
  [
    "a reason of several lines at the end",
    "version: 1\nsuppressions:\n- rule: B101\n  expires: never\n  reason: |+\n    a\n\n    b\n\n# end\n",
  ],
  ["no line break at the end", "version: 1 # only"],
  ["an empty list", "version: 1\nsuppressions: [ ] # none yet\nexclude: [a]\n"],
  ["an empty list on its own line", "version: 1\nsuppressions:\n  []"],
  ["a list in brackets", "version: 1\nsuppressions: [{rule: B101, reason: x, expires: never}, # first\n  ]\n"],
  ["everything in braces", "{version: 1, suppressions: [{rule: B101, reason: x, expires: never}]}\n"],
  ["a mapping that is indented", "---\n  version: 1\n  exclude:\n    - a\n...\n"],
] as const;

describe("addSuppressions", () => {
  it.each([...STYLES, ...ACCEPTED_POLICIES.map(({ name, text }) => [name, text] as const)])(
    "inserts the suppressions after those of a policy with %s, and changes nothing else",
    (_, text) => {
      const whole = addSuppressions(text, ADOPTIONS);
      const [before, after] = [parse(text).policy, parse(whole).policy];
      const own = before?.suppressions.length ?? 0;
      expect(parse(whole).problems).toEqual([]);
      expect({ ...after, suppressions: after?.suppressions.slice(0, own) }).toEqual({ ...before });
      expect(after?.suppressions.slice(own)).toMatchObject(
        ADOPTIONS.map(({ finding, reason, expires }) => ({
          subject: { by: "finding", finding },
          reason,
          expires,
          paths: [],
          package: null,
        })),
      );
      expect(isInsertion(whole, text)).toBe(true);
    },
  );

  it("breaks lines as the policy does", () => {
    const whole = addSuppressions("version: 1\r\ninline: ignore\r\n", ADOPTIONS);
    expect(whole.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("adds to a new policy the key and one entry per finding", () => {
    const [first] = buildAdoptions([open(codeFinding())], { today: TODAY, expires: EXPIRES });
    expect(first === undefined ? "" : addSuppressions(newPolicy(TODAY), [first])).toBe(
      [
        "# Begun by `sarif-gate policy adopt` on 2026-11-21.",
        "version: 1",
        "suppressions:",
        "  - finding: c0de0000000000000000",
        '    reason: "Adopted on 2026-11-21: B602 in src/app.py:3"',
        "    expires: 2027-06-30",
        "",
      ].join("\n"),
    );
  });
});

describe("buildAdoptions", () => {
  it("names an image without a line", () => {
    const finding = open(codeFinding({ run: "trivy-image", location: { path: "shop", startLine: 1, endLine: 1 } }));
    expect(buildAdoptions([finding], { today: TODAY, expires: "never" })).toMatchObject([
      { reason: "Adopted on 2026-11-21: B602 in shop", expires: "never" },
    ]);
  });

  it("makes of any path a reason that a policy may have, that reads back the same and is printable", () => {
    const paths = fc.oneof(hostileText, fc.string({ unit: "binary", maxLength: 900 }), fc.constant("a\uFFFE\uFFFFb"));
    fc.assert(
      fc.property(paths, (path) => {
        const finding = open(codeFinding({ location: { path, startLine: 1, endLine: 1 } }));
        const adoptions = buildAdoptions([finding], { today: TODAY, expires: EXPIRES });
        const { policy, problems } = parse(addSuppressions(newPolicy(TODAY), adoptions));
        expect(problems).toEqual([]);
        expect(policy?.suppressions.map(({ reason }) => reason)).toEqual(adoptions.map(({ reason }) => reason.trim()));
        expect(adoptions.map(({ reason }) => printable(reason))).toEqual(adoptions.map(({ reason }) => reason));
      }),
      { numRuns: 1000, seed: 20_261_121 },
    );
  });
});
