import { describe, expect, it } from "vitest";
import { hidingComment, honoursComments } from "../../../src/scanners/trivy/hiding-comment.ts";
import { parseIgnoreComments } from "../../../src/scanners/trivy/ignore-comments.ts";
import { trivyReportSchema } from "../../../src/scanners/trivy/report.ts";

/** The line of the comment in `text` that would hide the finding of a check at `line`, and in something that begins at `around`. */
function hidden(text: string, { ID = "DS-0002", line = 2, around = [] as number[], file = "tree/Dockerfile" } = {}): number | undefined {
  const Occurrences = around.map((StartLine) => ({ Filename: file, Location: { StartLine } }));
  const Misconfigurations = [{ ID, Status: "FAIL", CauseMetadata: { StartLine: line, Occurrences } }];
  const [result] = trivyReportSchema.parse({ SchemaVersion: 2, Results: [{ Target: "tree/Dockerfile", Misconfigurations }] }).Results;
  const [check] = result?.Misconfigurations ?? [];
  if (result === undefined || check === undefined) throw new Error("no check");
  return hidingComment(check, result, parseIgnoreComments(text))?.commentLine;
}

describe("a comment hides a finding", () => {
  it.each([
    "DS-0002",
    "ds-0002",
    "AVD-DS-0002",
    "DS002",
    "least-privilege-user",
    "docker-least-privilege-user",
    "*",
    "**",
    "*-user",
    "docker-*-user",
    "d*s*2",
  ])("by %s", (name) => {
    expect(hidden(`# trivy:ignore:${name}`)).toBe(1);
  });

  it.each(["DS-0001", "DS-002", "DS0002", "DS-", "user", "docker-*-users", "least*least*", "DS-0002*0002", "$", ".*"])(
    "but not by %s",
    (name) => {
      expect(hidden(`# trivy:ignore:${name}`)).toBeUndefined();
    },
  );

  it("by the id alone where the check has no name that is known", () => {
    expect(hidden("# trivy:ignore:XYZ-0001", { ID: "XYZ-0001" })).toBe(1);
    expect(hidden("# trivy:ignore:AVD-XYZ-0001", { ID: "XYZ-0001" })).toBeUndefined();
  });

  it("by a name that the check had before", () => {
    expect(hidden("# trivy:ignore:aws-vpc-no-default-vpc", { ID: "AWS-0101" })).toBe(1);
  });

  it("on the line of the comment or the next, not farther", () => {
    const at = (line: number) => hidden("\n# trivy:ignore:*\n", { line });
    expect([1, 2, 3, 4].map(at)).toEqual([undefined, 2, 2, undefined]);
  });

  it("where something around it begins there, in the same file", () => {
    expect(hidden("# trivy:ignore:*", { line: 9, around: [7, 2] })).toBe(1);
    expect(hidden("# trivy:ignore:*", { line: 9, around: [7, 2], file: "tree/other" })).toBeUndefined();
  });

  it("not without a line", () => {
    expect(hidden("# trivy:ignore:*", { line: 0 })).toBeUndefined();
  });

  it("with a date, which is looked at later, but not with an expiry that is none", () => {
    expect(hidden("# trivy:ignore:*:exp:2020-01-01")).toBe(1);
    expect(hidden("# trivy:ignore:*:exp:soon")).toBeUndefined();
    expect(hidden("# trivy:ignore:*:exp:2026-02-30")).toBeUndefined();
  });

  it("without an expiry rather than with a date", () => {
    expect(hidden("# trivy:ignore:*:exp:2030-01-01\n# trivy:ignore:*\n", { line: 3 })).toBe(2);
  });

  it("is the first of several", () => {
    expect(hidden("# trivy:ignore:DS-0001\n# trivy:ignore:DS-0002\n# trivy:ignore:*\n", { line: 4 })).toBe(2);
  });
});

describe("comments count", () => {
  it.each([
    ["dockerfile", "tree/Dockerfile", true],
    ["cloudformation", "tree/a.yaml", true],
    ["cloudformation", "tree/a.json", false],
    ["kubernetes", "tree/a.yaml", false],
    ["helm", "tree/templates/a.yaml", false],
    ["azure-arm", "tree/a.json", false],
  ])("in a file of type %s called %s: %s", (Type, Target, expected) => {
    const [result] = trivyReportSchema.parse({ SchemaVersion: 2, Results: [{ Target, Type }] }).Results;
    expect(result !== undefined && honoursComments(result)).toBe(expected);
  });
});
