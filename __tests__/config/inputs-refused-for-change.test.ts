import { describe, expect, it } from "vitest";
import { inputsRefusedForChange } from "../../src/config/inputs-refused-for-change.ts";

const ROOT = "/work/shop";
const SOUND = { baseRevision: null, safetyDatabase: "/work/databases/safety", trivyDatabase: "/work/shop-databases" };

describe("inputsRefusedForChange", () => {
  it("finds nothing wrong with databases outside the scanned repository", () => {
    expect(inputsRefusedForChange(SOUND, ROOT)).toEqual([]);
    expect(inputsRefusedForChange({ ...SOUND, safetyDatabase: null, trivyDatabase: null }, ROOT)).toEqual([]);
  });

  it("refuses a base, because the event decides it", () => {
    expect(inputsRefusedForChange({ ...SOUND, baseRevision: "main" }, ROOT)).toEqual([expect.stringContaining("`base` is refused")]);
  });

  it.each([
    ["safety-db", { ...SOUND, safetyDatabase: "/work/shop/db" }],
    ["trivy-db", { ...SOUND, trivyDatabase: ROOT }],
  ])("refuses %s inside the scanned repository", (input, config) => {
    expect(inputsRefusedForChange(config, ROOT)).toEqual([expect.stringContaining(`\`${input}\` lies inside`)]);
  });
});
