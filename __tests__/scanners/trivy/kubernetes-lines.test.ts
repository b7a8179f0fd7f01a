// Trivy 0.74 says lines 1, 3 and 5 of what stands in lines 1, 4 and 7: three documents of two lines each.

import { describe, expect, it } from "vitest";
import { kubernetesLine } from "../../../src/scanners/trivy/kubernetes-lines.ts";

const THREE = "a: 1\nb: 1\n---\na: 2\nb: 2\n---\na: 3\nb: 3\n";

describe("kubernetesLine", () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 5],
    [5, 7],
    [6, 8],
  ])("takes line %i of Trivy's count for line %i of the file", (counted, line) => {
    expect(kubernetesLine(THREE, counted)).toBe(line);
  });

  it("takes lines of one document as they are", () => {
    expect(kubernetesLine("a: 1\nb: 1\n", 2)).toBe(2);
    expect(kubernetesLine("", 1)).toBe(1);
  });

  it("takes a separator in the first line for one that Trivy counts", () => {
    expect(kubernetesLine("---\na: 1\n---\na: 2\n", 2)).toBe(2);
    expect(kubernetesLine("---\na: 1\n---\na: 2\n", 3)).toBe(4);
  });

  it("knows separators before CRLF, and no others", () => {
    expect(kubernetesLine("a: 1\r\n---\r\na: 2\r\n", 2)).toBe(3);
    expect(kubernetesLine("a: 1\n--- # x\na: 2\n", 3)).toBe(3);
    expect(kubernetesLine("a: |\n  ---\nb: 2\n", 3)).toBe(3);
  });
});
