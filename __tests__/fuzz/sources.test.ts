// Files of the scanned tree that decide what a scanner must look at or may pass over: comments, manifests of infrastructure, pointers and archives.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChartArchive } from "../../src/pipeline/chart-archive.ts";
import { classifyArchive, classifyChart } from "../../src/pipeline/infrastructure-chart.ts";
import { classifyJson } from "../../src/pipeline/infrastructure-json.ts";
import { classifyYaml } from "../../src/pipeline/infrastructure-yaml.ts";
import { findPointers } from "../../src/pipeline/lfs-pointers.ts";
import { CHECK_IDS } from "../../src/scanners/bandit/check-ids.ts";
import { nosecComments, parseNosec } from "../../src/scanners/bandit/nosec.ts";
import { chartFiles, commentFiles } from "../../src/scanners/trivy/comment-files.ts";
import { hidingComment, isDate } from "../../src/scanners/trivy/hiding-comment.ts";
import { parseIgnoreComments } from "../../src/scanners/trivy/ignore-comments.ts";
import { kubernetesLine } from "../../src/scanners/trivy/kubernetes-lines.ts";
import type { TrivyMisconfiguration, TrivyResult } from "../../src/scanners/trivy/report.ts";
import { target } from "../scanners/fixture.ts";
import { tarGz } from "../support/archives.ts";
import { fuzz } from "../support/fuzz.ts";
import { mutatedBytes, mutatedJson, mutatedText } from "../support/mutations.ts";

const CLASSES = ["dockerfile", "kubernetes", "helm", "cloudformation", "azure-arm", "possible", null];

function pieces(...parts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 20 })
    .map((all) => all.join(""));
}

describe("a `# nosec` comment", () => {
  const ids = new Set([...CHECK_IDS.values()].flat());

  it("stands on a line of its source that says nosec, and names only checks that exist", () => {
    let found = 0;
    fuzz(
      fc.property(
        pieces("# nosec", "#nosec:", " B602", "B101,", "'", '"""', "f'{", "}", "\n", "\r\n", "\\", "# coding: latin-1\n", "x = 1 "),
        (source) => {
          const lines = source.split("\n");
          for (const [line, checks] of nosecComments(source)) {
            found += 1;
            expect(lines[line - 1]).toContain("nosec");
            for (const check of checks) expect(ids.has(check)).toBe(true);
          }
        },
      ),
    );
    expect(found).toBeGreaterThan(1_000);
  });

  it("is none without the word, whatever else it says", () => {
    fuzz(
      fc.property(pieces("# no sec", "#nose", "B602", ":", ",", "#"), (comment) => {
        if (!comment.includes("nosec")) expect(parseNosec(comment)).toBeNull();
      }),
    );
  });
});

describe("a comment for Trivy", () => {
  it("hides nothing that it does not stand beside, and nothing with an expiry that is no date", () => {
    const comment = fc.tuple(
      fc.constantFrom("#trivy:ignore:", "# tfsec:ignore:", "#trivy:", "trivy:ignore:", "# trivy:ignore"),
      fc.constantFrom("*", "DS-0002", "AVD-DS-0002", "ds*2", "**", "", "DS-0001", "*x*"),
      fc.constantFrom("", ":exp:2999-01-01", ":exp:never", ":exp:2026-02-30", ":exp:", "[a=b]", ":ws:x"),
    );
    const line = fc.oneof(
      comment.map((parts) => parts.join("")),
      fc.constantFrom("", "FROM x", "USER root"),
    );
    const result = { Target: "tree/Dockerfile" } as TrivyResult;
    let hidden = 0;
    fuzz(
      fc.property(fc.array(line, { maxLength: 8 }), fc.integer({ min: -1, max: 10 }), (lines, StartLine) => {
        const comments = parseIgnoreComments(lines.join("\n"));
        const check = { ID: "DS-0002", CauseMetadata: { StartLine, Occurrences: [] } } as unknown as TrivyMisconfiguration;
        const hiding = hidingComment(check, result, comments);
        if (hiding === undefined) return;
        hidden += 1;
        expect([hiding.line, hiding.line + 1]).toContain(StartLine);
        expect(hiding.expiry === null || isDate(hiding.expiry)).toBe(true);
        expect(lines[hiding.commentLine - 1]).toContain("ignore:");
      }),
    );
    expect(hidden).toBeGreaterThan(100);
  });

  it("is looked for in files of the target alone, in their order, and never in JSON outside of charts", () => {
    const path = fc.constantFrom(
      "Dockerfile",
      "a.json",
      "c/Chart.yaml",
      "c/templates/a.yaml",
      "c/values.json",
      "x.tgz",
      "b/Chart.yaml",
      "b/x.tar.gz",
      "d/e.yml",
      "Chart.yaml/x",
    );
    const type = fc.constantFrom("dockerfile", "kubernetes", "helm", "cloudformation", "azure-arm");
    fuzz(
      fc.property(fc.uniqueArray(path), fc.array(fc.tuple(path, type), { maxLength: 5 }), (files, named) => {
        const scanned = target({ files: files.sort(), infrastructure: named.map(([at, kind]) => ({ path: at, type: kind })) });
        const hasChart = (at: string) =>
          named.some(([chart]) => chart.endsWith("Chart.yaml") && at.startsWith(chart.slice(0, -"Chart.yaml".length)));
        for (const found of [commentFiles(scanned), chartFiles(scanned)]) expect(found).toEqual(files.filter((at) => found.includes(at)));
        for (const at of commentFiles(scanned)) expect(!at.endsWith(".json") || hasChart(at)).toBe(true);
        for (const at of files.filter(hasChart)) expect(chartFiles(scanned)).toContain(at);
      }),
    );
  });
});

describe("a line of Trivy's count in a Kubernetes manifest", () => {
  it("is moved forward only, by at most one line for each document, and never backwards as the count grows", () => {
    fuzz(
      fc.property(pieces("---\n", "---\r\n", "a: 1\n", "\n", "--- \n", "---"), fc.integer({ min: 0, max: 40 }), (text, counted) => {
        const line = kubernetesLine(text, counted);
        const separators = text.split("---").length - 1;
        expect(line).toBeGreaterThanOrEqual(counted);
        expect(line).toBeLessThanOrEqual(counted + separators + 1);
        expect(kubernetesLine(text, counted + 1)).toBeGreaterThan(line);
      }),
    );
  });
});

describe("a file of infrastructure", () => {
  const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name: "x" }, spec: { containers: [{ name: "y" }] } };
  const template = { Resources: { Bucket: { Type: "AWS::S3::Bucket", Properties: {} } } };

  it.each([
    ["kubernetes", manifest],
    ["cloudformation", template],
    ["azure-arm", { $schema: "https://schema.management.azure.com/schemas/x", resources: [{ type: "Microsoft.Sql/servers" }] }],
  ])("in JSON has a class of the closed set, however a %s template is changed", (type, original) => {
    expect(classifyJson(JSON.stringify(original))).toBe(type);
    fuzz(
      fc.property(mutatedJson(original), (json) => {
        expect(CLASSES).toContain(classifyJson(JSON.stringify(json)));
      }),
    );
  });

  it("in JSON that is torn is never provable without being JSON", () => {
    fuzz(
      fc.property(mutatedText(JSON.stringify({ ...manifest, ...template }), ["//x\n", '"resources"', "\\u0061"]), (torn) => {
        const found = classifyJson(torn);
        expect(CLASSES).toContain(found);
        if (found !== null && found !== "possible") expect(() => JSON.parse(torn.replace(/^\uFEFF/, ""))).not.toThrow();
      }),
    );
  });

  it("in YAML has a class of the closed set, whatever it holds", () => {
    const yamlish = pieces(
      "apiVersion: v1\n",
      "kind: Pod\n",
      "metadata: {}\n",
      "spec: {}\n",
      "Resources:\n",
      "  Type: AWS::X\n",
      "---\n",
      "{{ x }}\n",
      "{% if %}\n",
      "&a ",
      "*a ",
      "!!binary ",
      "%TAG\n",
      "? ",
      '"\\x61',
      "{",
      "]",
      "- ",
      "\t",
      "\r",
    );
    const seen = new Set<unknown>();
    fuzz(
      fc.property(yamlish, (text) => {
        const found = classifyYaml(text);
        seen.add(found);
        expect(CLASSES).toContain(found);
      }),
    );
    expect(seen.size).toBeGreaterThanOrEqual(3);
  });

  it("of a chart is provable only by a template of its own", () => {
    const name = fc.constantFrom(
      "Chart.yaml",
      "templates/a.yaml",
      "templates/_b.yaml",
      "charts/x/Chart.yaml",
      "charts/x/templates/a.yaml",
      "templates/NOTES.txt",
    );
    const content = pieces("apiVersion: v2\n", "type: library\n", "kind: Pod\n", "{{- if x }}\n", "# c\n", "---\n");
    fuzz(
      fc.property(fc.dictionary(name, content), fc.constantFrom("Chart.yaml", "charts/x/Chart.yaml"), (tree, path) => {
        const files = Object.keys(tree);
        const found = classifyChart(path, files, (at) => tree[at]);
        expect(["helm", "possible"]).toContain(found);
        if (found === "helm") expect(files.some((at) => at.startsWith(path.replace("Chart.yaml", "templates/")))).toBe(true);
      }),
    );
  });
});

describe("a pointer of Git LFS", () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 12345\n`;

  it("is a gap or counted in a notice exactly when the file is one by its first line and id", () => {
    let found = 0;
    fuzz(
      fc.property(mutatedText(pointer, ["\r\n", "oid sha256:", "a".repeat(64)]), fc.constantFrom("a.py", "a.png"), (torn, path) => {
        const bytes = Buffer.from(torn);
        const { gaps, notices } = findPointers([path], (_, limit) => (bytes.length > limit ? undefined : bytes));
        const isPointer =
          /^version https:\/\/git-lfs\.github\.com\/spec\/v1\r?\n/.test(torn) &&
          torn.split("\n").some((line) => /^oid sha256:[0-9a-f]{64}$/.test(line));
        found += gaps.length + notices.length;
        expect(gaps.length + notices.length <= 1).toBe(true);
        if (isPointer) expect([gaps.length, notices.length]).toEqual(path === "a.py" ? [1, 0] : [0, 1]);
      }),
    );
    expect(found).toBeGreaterThan(50);
  });
});

describe("an archive of a chart", async () => {
  const archive = await tarGz([
    { name: "shop/Chart.yaml", content: "apiVersion: v2\nname: shop\n" },
    { name: "shop/templates/a.yaml", content: "kind: Pod\n" },
    { name: "shop/values.yaml", content: "x: 1\n" },
  ]);
  const tar = (await import("node:zlib")).gunzipSync(archive);

  it("is one as it was made (the control)", () => {
    expect(classifyArchive("shop.tgz", archive, [])).toBe("helm");
  });

  it("whose compressed bytes are changed has a class, or is said to be unreadable", () => {
    fuzz(
      fc.property(mutatedBytes(archive), (bytes) => {
        expect([...CLASSES, "unreadable"]).toContain(classifyArchive("shop.tgz", bytes, []));
      }),
    );
  });

  it("whose headers are changed has members below its folder alone", () => {
    fuzz(
      fc.property(mutatedBytes(tar), (bytes) => {
        const read = readChartArchive(gzipSync(bytes, { level: 0 }));
        expect(read?.isWhole).toBe(true);
        for (const text of read?.texts.values() ?? []) expect(text.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
