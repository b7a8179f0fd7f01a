// How old a database may be under the policies of a run.

import { describe, expect, it } from "vitest";
import { strictestAges } from "../../src/pipeline/run-scanners.ts";
import { policy } from "../support/policies.ts";

const ages = (trivy: number, safety: number) => policy({ limits: { databaseAgeDays: { trivy, safety } } });

describe("strictestAges", () => {
  it("are those of the one policy", () => {
    expect(strictestAges([ages(7, 45)])).toEqual({ trivy: 7, safety: 45 });
  });

  it("are the smaller ones of two policies, scanner by scanner and whichever comes first", () => {
    expect(strictestAges([ages(7, 45), ages(3, 90)])).toEqual({ trivy: 3, safety: 45 });
    expect(strictestAges([ages(3, 90), ages(7, 45)])).toEqual({ trivy: 3, safety: 45 });
  });
});
