// What is asked of Trivy, against what Trivy 0.74.0 was measured to do: `provable` files it named in its report (or dropped because of a mistake in them),
// `possible` ones it named or not, and nothing at all where it names nothing.

import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findInfrastructure } from "../../src/pipeline/infrastructure.ts";
import { tarGz } from "../support/archives.ts";
import { fuzz } from "../support/fuzz.ts";

const DOCKERFILE = "FROM alpine:3.20\nUSER root\n";
const POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";
const STACK = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n";
const CHART = "apiVersion: v2\nname: shop\nversion: 0.1.0\n";
const TEMPLATE = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n";

/** A string stands for itself in UTF-8. */
function find(tree: Readonly<Record<string, string | Buffer>>) {
  return findInfrastructure(Object.keys(tree).sort(), (path, limit) => {
    const content = tree[path] ?? "";
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return bytes.length > limit ? undefined : bytes;
  });
}

/** The type of a single file, `possible`, or null. */
function classOf(path: string, content: string | Buffer): string | null {
  const { provable, possible } = find({ [path]: content });
  return provable[0]?.type ?? (possible.length > 0 ? "possible" : null);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function utf16(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, "utf16le");
}

function azure(template: object): string {
  return JSON.stringify({ $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", ...template });
}

describe("a Dockerfile", () => {
  it.each([
    "Dockerfile",
    "Dockerfile.dev",
    "Dockerfile.j2",
    "Dockerfile.",
    "Containerfile",
    "Containerfile.x",
    "dev.dockerfile",
    "dev.Dockerfile",
    "a.b.DOCKERFILE",
    ".dockerfile",
    "my.containerfile",
    "deep/er/Dockerfile",
  ])("is told by the name %s", (name) => {
    expect(classOf(name, DOCKERFILE)).toBe("dockerfile");
  });

  it.each(["dockerfile", "DOCKERFILE", "containerfile", "Dockerfile-dev", "Dockerfile_dev", "dev-Dockerfile"])(
    "that Trivy does not look at because it is called %s is noticed",
    (name) => {
      expect(classOf(name, DOCKERFILE)).toBeNull();
      expect(find({ [name]: DOCKERFILE }).notices).toEqual([{ path: name, message: expect.stringContaining("Dockerfile.NAME") }]);
    },
  );

  it.each(["Dockerfile.dev.x", "Dockerfile~", "x.dockerfile.bak", "docs/dockerfile.txt", "dockerfile.py"])(
    "is not told by the name %s",
    (name) => {
      const { provable, possible, notices } = find({ [name]: DOCKERFILE });

      expect([...provable, ...possible, ...notices]).toEqual([]);
    },
  );

  it.each([
    DOCKERFILE,
    "# syntax=docker/dockerfile:1\n\n  from a\n",
    "ARG A\nFROM $A\n",
    "\uFEFFFROM a\n",
    "FROM a\r\nRUN b\r\n",
    "FROM a\nRUN docker inspect -f '{{.State}}' x\n",
  ])("must be looked at when it is %j", (content) => {
    expect(classOf("Dockerfile", content)).toBe("dockerfile");
  });

  it("must be looked at when it has a mistake, which makes Trivy drop it", () => {
    expect(classOf("Dockerfile", "FROM a\nFOO bar\n")).toBe("dockerfile");
  });

  it.each(["", "# only a comment\n", "hello world\n", "FROM {{ base }}\n", "FROM a\n{% if x %}\nRUN y\n{% endif %}\n"])(
    "need not be named when it is %j",
    (content) => {
      expect(classOf("Dockerfile", content)).toBe("possible");
    },
  );
});

describe("a Kubernetes manifest", () => {
  it.each([
    POD,
    `---\n${POD}`,
    `foo: 1\n---\n${POD}`,
    POD.replaceAll("\n", "\r\n"),
    `a: 1\r\n---\r\n${POD.replaceAll("\n", "\r\n")}`,
    `\uFEFF${POD}`,
    '"apiVersion": v1\n"kind": Pod\n"metadata": {name: a}\n',
    "apiVersion: foo.io/v1\nkind: Custom\nmetadata: {}\n",
    "apiVersion: v1\nkind:\nmetadata:\n",
    "x: &a {name: a}\napiVersion: v1\nkind: Pod\nmetadata: *a\n",
    `${POD}spec: {image: '{{ image }}'}\n`,
    JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "{{ x }}" } }),
    JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }, null, "\t"),
    indented(POD),
    `a: 1\n---\n${indented(POD)}`,
    POD.replace("apiVersion:", "? apiVersion\n:"),
    POD.replace("apiVersion", '"\\x61piVersion"'),
    POD.replace("apiVersion", '"\\u0061piVersion"'),
    POD.replace("apiVersion:", '? "api\\\n  Version"\n:'),
    `!!str ${POD}`,
    `&a ${POD}`,
    `a: &a apiVersion\n${POD.replace("apiVersion", "*a ")}`,
    "%YAML 1.1\n--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n",
    "# a\u2028apiVersion: v1\u2028kind: Pod\u2028metadata: {name: a}\n",
    "# a\x85apiVersion: v1\x85kind: Pod\x85metadata: {name: a}\n",
    `${POD}data:\n  rule: |\n    {{ define "x" }}\n`,
  ])("is %j", (content) => {
    expect(classOf("a.yaml", content)).toBe("kubernetes");
    expect(classOf("a.yml", content)).toBe("kubernetes");
  });

  it.each([
    "apiVersion: v1\nkind: Pod\nspec: {}\n",
    "- apiVersion: v1\n  kind: Pod\n  metadata: {}\n",
    "apiVersion: v1\nkind: A\n---\nmetadata: {}\n",
    "on: push\njobs: {}\n",
    'repos:\n- hooks: [{id: a, name: "\\u0061"}]\n',
    "services: {web: {image: a, deploy: {resources: {}}}}\n",
    "kind: apiVersion\n",
    "a: C:\\users\\x\n",
    "",
  ])("is not %j", (content) => {
    expect(classOf("a.yaml", content)).toBeNull();
  });

  it.each([
    `\0${indented(POD)}`,
    POD.replace("apiVersion", "!!binary YXBpVmVyc2lvbg=="),
    POD.replace("apiVersion", "!!%62inary YXBpVmVyc2lvbg=="),
    `%TAG !b! tag:yaml.org,2002:\n---\n${POD.replace("apiVersion", "!b!binary YXBpVmVyc2lvbg==")}`,
    `x: "apiVersion kind\n`,
    indented(POD).padEnd(300 * 1024, "#"),
  ])("may be what cannot be judged (%#)", (content) => {
    expect(classOf("a.yaml", content)).toBe("possible");
  });

  it("is read in UTF-16", () => {
    expect(classOf("a.yaml", utf16(POD))).toBe("kubernetes");
    expect(classOf("a.yaml", utf16(POD).swap16())).toBe("kubernetes");
    expect(classOf("a.json", utf16(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: {} })))).toBe("kubernetes");
    expect(classOf("a.yaml", Buffer.from(POD, "utf16le"))).toBe("possible");
    expect(classOf("a.yaml", utf16("on: push\n"))).toBeNull();
  });

  it.each([TEMPLATE, indented(TEMPLATE), `{% if x %}\n${POD}{% endif %}\n`, `foo: {{ x }}\n---\n${POD}`])(
    "need not be named while it is a template (%j)",
    (content) => {
      expect(classOf("a.yaml", content)).toBe("possible");
    },
  );

  it.each([`${POD}metadata: {}\n`, `${POD}spec: "x\n`, `${POD}spec:\n\ta: 1\n`])(
    "must be looked at when it has a mistake, which makes Trivy drop it (%j)",
    (content) => {
      expect(classOf("a.yaml", content)).toBe("kubernetes");
    },
  );

  it("may be JSON", () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: {} };

    expect(classOf("a.json", JSON.stringify(pod))).toBe("kubernetes");
    expect(classOf("a.json", JSON.stringify([pod]))).toBeNull();
    expect(classOf("a.json", JSON.stringify({ items: [pod] }))).toBeNull();
    expect(classOf("a.json", `\uFEFF${JSON.stringify(pod)}`)).toBe("kubernetes");
    expect(classOf("a.json", JSON.stringify(pod).replace("apiVersion", "\\u0061piVersion"))).toBe("kubernetes");
    expect(classOf("a.json", '{"name":"\\u00e4"}')).toBeNull();
    expect(classOf("a.json", '{"name": }')).toBeNull();
  });

  it.each(["a.YAML", "a.txt", "a.yaml.j2", "a", "a.JSON"])("is not told by the name %s", (name) => {
    expect(classOf(name, POD)).toBeNull();
  });
});

describe("a CloudFormation template", () => {
  it.each([
    STACK,
    `AWSTemplateFormatVersion: '2010-09-09'\n${STACK}`,
    `---\n${STACK}`,
    `${STACK}---\na: 1\n`,
    `${STACK}    Properties:\n      BucketName: !Sub 'x-{{resolve:ssm:y}}'\n`,
    `${STACK}    Properties:\n      BucketName: a-{{resolve:ssm:x}}\n`,
    `${STACK}    Properties:\n      Text: |\n        {% x %}\n`,
    '{Resources: {B: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub x}}}}\n',
    indented(STACK),
    STACK.replace("Resources", '"\\x52esources"'),
    STACK.replace("Resources:", "? Resources\n:"),
    `!!str ${STACK}`,
  ])("is %j", (content) => {
    expect(classOf("a.yaml", content)).toBe("cloudformation");
  });

  it.each([
    "Resources: {}\n",
    "Resources:\n- a\n",
    "{Resources: {B: {Type: AWS::S3::Bucket}, C: 1}}\n",
    "{Resources: {B: {Type: AWS::S3::Bucket}, 'Fn::ForEach::X': [A, [a], {}]}}\n",
    "Resources:\n  A:\n    Type: Custom::X\n",
    "Resources:\n  'Fn::ForEach::X':\n  - A\n  - [a]\n  - B: {Type: AWS::S3::Bucket}\n",
    `${STACK}    Properties: {{ x }}\n`,
  ])("need not be named when it is %j", (content) => {
    expect(classOf("a.yaml", content)).toBe("possible");
  });

  it.each([`a: 1\n---\n${STACK}`, "resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n", `outer:\n  ${STACK.replaceAll("\n", "\n  ")}`])(
    "is not %j",
    (content) => {
      expect(classOf("a.yaml", content)).toBeNull();
    },
  );

  it("may be JSON", () => {
    expect(classOf("a.json", '{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}')).toBe("cloudformation");
    expect(classOf("a.json", '{"Resources":{"A":{"Type":"AWS::S3::Bucket"},"B":1}}')).toBe("possible");
    expect(classOf("a.json", '{"Resources":{"A":{"Type":{"Rain::Module":"x"}},"B":{"Type":"AWS::S3::Bucket"}}}')).toBe("possible");
    expect(classOf("a.json", '{"Resources":{}}')).toBe("possible");
    expect(classOf("a.json", '{"resources":{"A":{"Type":"AWS::S3::Bucket"}}}')).toBe("possible");
    expect(classOf("a.json", '{"\\u0052esources":{"A":{"Type":"AWS::S3::Bucket"}}}')).toBe("cloudformation");
    expect(classOf("a.json", '{"Re\u017fources":{"A":{"Type":"AWS::S3::Bucket"}}}')).toBe("possible");
    expect(classOf("a.json", '// a\n{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}')).toBe("possible");
    expect(classOf("a.json", '{"Resources":[]}')).toBeNull();
    expect(classOf("a.json", '{"x":{"Resources":{}}}')).toBeNull();
  });
});

describe("an Azure template", () => {
  const account = { type: "Microsoft.Storage/storageAccounts", name: "x", properties: {} };

  it("must be named when Trivy has a check for one of its resources", () => {
    expect(classOf("a.json", azure({ resources: [{ type: "Microsoft.Other/thing" }, account] }))).toBe("azure-arm");
  });

  it.each([
    azure({ resources: [{ type: "Microsoft.Other/thing" }] }),
    azure({ resources: [] }),
    azure({ parameters: { a: {} } }),
    azure({ handler: "Microsoft.Compute.MultiVm", resources: [account] }),
    `// a comment\n${azure({ resources: [account] })}`,
  ])("need not be named when it is %s", (content) => {
    expect(classOf("a.json", content)).toBe("possible");
  });

  it("is not told by another schema or name", () => {
    expect(classOf("a.json", JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", resources: [account] }))).toBeNull();
    expect(classOf("a.jsonc", azure({ resources: [account] }))).toBeNull();
  });
});

describe("a Helm chart", () => {
  it("must turn up when a template of its own is a resource in any case", () => {
    const { provable, possible } = find({
      "shop/Chart.yaml": CHART,
      "shop/templates/deploy.yaml": `# note\n---\n${TEMPLATE}`,
      "shop/templates/_helpers.tpl": "",
    });

    expect(provable).toEqual([{ path: "shop/Chart.yaml", type: "helm" }]);
    expect(possible).toEqual(["shop/templates/deploy.yaml"]);
  });

  it("may lie at the root", () => {
    expect(find({ "Chart.yaml": CHART, "templates/a.yaml": TEMPLATE }).provable).toEqual([{ path: "Chart.yaml", type: "helm" }]);
  });

  it.each([
    ["has no templates", {}],
    ["has only templates with a condition", { "shop/templates/a.yaml": `{{- if .Values.on }}\n${TEMPLATE}{{- end }}\n` }],
    ["has only partial templates", { "shop/templates/_a.yaml": TEMPLATE }],
    ["has templates only in another directory", { "shop/other/a.yaml": TEMPLATE, "shop-templates/a.yaml": TEMPLATE }],
    ["is a library", { "shop/Chart.yaml": `${CHART}type: library\n`, "shop/templates/a.yaml": TEMPLATE }],
  ])("need not turn up when it %s", (_what, files) => {
    const { provable, possible } = find({ "shop/Chart.yaml": CHART, ...files });

    expect(provable).toEqual([]);
    expect(possible).toContain("shop/Chart.yaml");
  });

  it("inside another need not turn up: that one may switch it off", () => {
    const tree = {
      "a/Chart.yaml": CHART,
      "a/templates/x.yaml": TEMPLATE,
      "a/charts/b/Chart.yaml": CHART,
      "a/charts/b/templates/x.yaml": TEMPLATE,
    };

    expect(find(tree).provable).toEqual([{ path: "a/Chart.yaml", type: "helm" }]);
  });

  it("in a folder `charts` without a chart around it stands for itself", () => {
    expect(find({ "charts/b/Chart.yaml": CHART, "charts/b/templates/x.yaml": TEMPLATE }).provable).toEqual([
      { path: "charts/b/Chart.yaml", type: "helm" },
    ]);
  });
});

describe("the archive of a Helm chart", () => {
  const member = (name: string, content: string | Buffer) => ({ name, content });
  const chart = [member("shop/Chart.yaml", CHART), member("shop/templates/x.yaml", TEMPLATE)];
  const padding = Buffer.alloc(101 * 1024 * 1024);

  it("must turn up when the chart must", async () => {
    expect(classOf("shop.tgz", await tarGz(chart))).toBe("helm");
    expect(classOf("shop.tar.gz", await tarGz(chart.map(({ name, content }) => member(`./${name}`, content))))).toBe("helm");
    const switched = [member("shop/Chart.yaml", CHART), member("shop/templates/x.yaml", `{{ if .Values.on }}\n${TEMPLATE}{{ end }}\n`)];
    expect(classOf("shop.tgz", await tarGz(switched))).toBe("possible");
  });

  it("is told by the name that counts where a member has two", async () => {
    const [first, ...rest] = chart;
    const renamed = { ...member("shop/other.txt", first?.content ?? ""), pax: { path: "shop/Chart.yaml" } };
    expect(classOf("shop.tgz", await tarGz([renamed, ...rest]))).toBe("helm");
  });

  it("need not turn up in a chart that may switch it off, but does beside one", async () => {
    const archive = await tarGz(chart);
    const tree = { "a/Chart.yaml": CHART, "a/templates/x.yaml": TEMPLATE, "a/charts/b.tgz": archive };
    expect(find(tree).provable).toEqual([{ path: "a/Chart.yaml", type: "helm" }]);
    expect(find({ "a/charts/b.tgz": archive }).provable).toEqual([{ path: "a/charts/b.tgz", type: "helm" }]);
  });

  it("must turn up when it is too large to be unpacked, or damaged", async () => {
    expect(classOf("shop.tgz", await tarGz([...chart, member("shop/pad", padding)]))).toBe("helm");
    expect(classOf("shop.tgz", (await tarGz(chart)).subarray(0, -12))).toBe("helm");
  });

  it("may be one that cannot be read to its end, which is a notice", async () => {
    const packed = await tarGz([member("a", padding), ...chart]);
    const notice = {
      path: "a.tgz",
      message: "is damaged, or larger than the archive of a chart can be: if it is one, nobody looked at it",
    };
    for (const bytes of [packed, Buffer.from([0x1f, 0x8b]), Buffer.from([0x1f, 0x8b, 8, 0])])
      expect(find({ "a.tgz": bytes })).toEqual({ provable: [], possible: ["a.tgz"], notices: [notice] });
  });

  it("is no archive of anything else", async () => {
    expect(classOf("a.tgz", await tarGz([member("package/package.json", "{}")]))).toBeNull();
    expect(classOf("a.tgz", "")).toBeNull();
    expect(classOf("chart.tar", gunzipSync(await tarGz(chart)))).toBeNull();
  });

  it("never breaks the search, whatever its bytes are", () => {
    fuzz(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.boolean(), (bytes, isPacked) => {
        find({ "a.tgz": isPacked ? gzipSync(bytes) : Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), bytes]) });
      }),
    );
  });
});

describe("Terraform", () => {
  it("is noticed once, however many files there are", () => {
    const { provable, possible, notices } = find({ "a.tf": "", "b.tf.json": "{}", "c/d.tf": "", "e.tf": "", "f.tfvars": "" });

    expect([...provable, ...possible]).toEqual([]);
    expect(notices).toEqual([{ message: "4 Terraform files are not checked for misconfigurations (a.tf, b.tf.json, c/d.tf, …)" }]);
    expect(find({ "a.tf": "" }).notices).toEqual([{ message: "1 Terraform file is not checked for misconfigurations (a.tf)" }]);
  });
});

describe("findInfrastructure", () => {
  it("need not prove what is too large to be read", () => {
    expect(classOf("a.yaml", POD.padEnd(9 * 1024 * 1024, "#"))).toBe("possible");
  });

  it("keeps the order of the files", () => {
    expect(find({ "b.yaml": POD, Dockerfile: DOCKERFILE, "a/b.yaml": STACK }).provable.map(({ path }) => path)).toEqual([
      "Dockerfile",
      "a/b.yaml",
      "b.yaml",
    ]);
  });

  it("takes no more than a moment for hostile text", () => {
    const started = performance.now();
    for (const piece of [
      "- ",
      ": ",
      " ",
      "\n",
      "---\n",
      "{{",
      "FROM ",
      "#\n",
      "apiVersion: ",
      '"resources"',
      "Resources:\n",
      "  Type: ",
      "!!",
      "!<",
      " Resources: {",
      "\\x",
    ]) {
      const text = piece.repeat(1_000_000 / piece.length);
      for (const name of ["a.yaml", "a.json", "Dockerfile", "Chart.yaml"]) classOf(name, text);
      classOf("a.yaml", POD + STACK + text);
    }

    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
