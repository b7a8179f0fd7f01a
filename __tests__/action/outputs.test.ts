import { describe, expect, it } from "vitest";
import { outputValues } from "../../src/action/outputs.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { shopReport } from "../support/scan-report.ts";

describe("outputValues", () => {
  it("counts findings in scope, new and suppressed ones of a pull request", () => {
    const { findings, suppressed, critical, high, "new-findings": fresh } = outputValues(pullRequestReport(), null);
    expect({ findings, fresh, suppressed, critical, high }).toEqual({
      findings: "4",
      fresh: "4",
      suppressed: "3",
      critical: "1",
      high: "2",
    });
  });

  it("counts all findings without a base, and leaves the new ones empty", () => {
    const { findings, suppressed, "new-findings": fresh } = outputValues(shopReport(), null);
    expect({ findings, fresh, suppressed }).toEqual({ findings: "9", fresh: "", suppressed: "0" });
  });

  it("is an error with no numbers when there is no report", () => {
    const { verdict, findings, suppressed } = outputValues(null, null);
    expect({ verdict, findings, suppressed }).toEqual({ verdict: "error", findings: "", suppressed: "" });
  });
});
