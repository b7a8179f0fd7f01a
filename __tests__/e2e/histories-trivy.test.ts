// What a change does to secrets and misconfigurations, told in real commits: the built command line and real Trivy.

import { beforeAll, describe, expect, it } from "vitest";
import { type ChangeScan, type Files, filler, findingsBelow, repositoryOfStories, type Story, scanChange } from "../support/stories.ts";

const lines = (...text: string[]) => `${text.join("\n")}\n`;

/** Looks like a token and is none; made here so that no file of the project holds one. */
const token = (letter: string) => `token = "${["gh", "p"].join("")}_${letter.repeat(36)}"`;

const SECRETS: readonly Story[] = [
  {
    folder: "secret-untouched",
    shows: "A secret in a file that the change leaves alone is unchanged",
    commits: [{ "a.ini": lines(token("a")) }],
    findings: ["a.ini:1 github-pat unchanged"],
  },
  {
    folder: "secret-added",
    shows: "A secret that the change adds is new, beside an old one that is unchanged",
    commits: [{ "a.ini": lines(token("b")) }, { "a.ini": lines(token("c"), token("b")) }],
    findings: ["a.ini:1 github-pat new", "a.ini:2 github-pat unchanged"],
  },
  {
    folder: "secret-moved",
    shows: "A secret that moves within its file and is indented is unchanged",
    commits: [{ "a.ini": lines(token("d"), "one = 1") }, { "a.ini": lines("one = 1", "two = 2", `    ${token("d")}`) }],
    findings: ["a.ini:3 github-pat unchanged"],
  },
  {
    folder: "secret-renamed",
    shows: "A secret in a file that is renamed and edited is unchanged",
    commits: [
      { "a.ini": `${token("e")}\n${filler("secret")}` },
      { "a.ini": null, "b.ini": `${token("e")}\n${filler("secret")}` },
      { "b.ini": `[first]\n${token("e")}\n${filler("secret")}` },
    ],
    findings: ["b.ini:2 github-pat unchanged"],
  },
  {
    folder: "secret-double",
    shows: "Of a secret and its double the double is new, as the lines around them tell",
    commits: [
      { "a.ini": lines("first = 1", token("f"), "second = 2") },
      { "a.ini": lines("zero = 0", token("f"), "first = 1", token("f"), "second = 2") },
    ],
    findings: ["a.ini:2 github-pat new", "a.ini:4 github-pat unchanged"],
  },
  {
    folder: "secret-copied",
    shows: "A secret of a copied file is new in the copy and unchanged in the original",
    commits: [{ "a.ini": lines(token("g")) }, { "b.ini": lines(token("g")) }],
    findings: ["a.ini:1 github-pat unchanged", "b.ini:1 github-pat new"],
  },
  {
    folder: "secret-fixed",
    shows: "A secret that is taken out is gone, and the other of its file is unchanged",
    commits: [{ "a.ini": lines(token("h"), token("i")) }, { "a.ini": lines(token("i")) }],
    findings: ["a.ini:1 github-pat unchanged"],
  },
  {
    folder: "secret-changed",
    shows: "A secret in the place of another one is new",
    commits: [{ "a.ini": lines(token("j")) }, { "a.ini": lines(token("k")) }],
    findings: ["a.ini:1 github-pat new"],
  },
];

/** A Dockerfile without findings but for those of the lines added. */
const image = (...added: string[]) => lines("FROM example/shop:1.4", ...added, "HEALTHCHECK CMD true", "USER shop");

/** A hardened pod whose container may be privileged. */
const pod = (name: string, privileged: string, indent = "") =>
  lines(
    "apiVersion: v1",
    "kind: Pod",
    "metadata:",
    `  name: ${name}`,
    "  namespace: shop",
    "spec:",
    "  securityContext:",
    "    runAsUser: 20001",
    "    runAsGroup: 20001",
    "    seccompProfile: {type: RuntimeDefault}",
    "  containers:",
    ...[
      `  - name: ${name}`,
      "    image: registry.example.com/shop/web:1.4",
      "    resources:",
      "      requests: {cpu: 100m, memory: 128Mi}",
      "      limits: {cpu: 500m, memory: 256Mi}",
      "    securityContext:",
      `      privileged: ${privileged}`,
      "      allowPrivilegeEscalation: false",
      "      runAsNonRoot: true",
      "      readOnlyRootFilesystem: true",
      "      capabilities: {drop: [ALL]}",
    ].map((line) => indent + line),
  );

/** A chart with one such pod. */
const chart = (name: string, privileged: boolean): Files => ({
  "Chart.yaml": lines("apiVersion: v2", `name: ${name}`, "version: 1.0.0"),
  "values.yaml": lines(`privileged: ${privileged}`),
  "templates/pod.yaml": pod(name, "{{ .Values.privileged }}"),
});

const inFolder = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));

/** The same files, removed. */
const without = (files: Files): Files => Object.fromEntries(Object.keys(files).map((path) => [path, null]));

const CONTAINERS: readonly Story[] = [
  {
    folder: "image-added",
    shows: "A flaw that the change adds to a Dockerfile is new, beside an old one that is unchanged",
    commits: [{ Dockerfile: image("ADD added /a") }, { Dockerfile: image("RUN sudo added", "ADD added /a") }],
    findings: ["Dockerfile:2 DS-0010 new", "Dockerfile:3 DS-0005 unchanged"],
  },
  {
    folder: "image-renamed",
    shows: "A flaw of a Dockerfile that is renamed and edited is unchanged",
    commits: [
      { Dockerfile: filler("image") + image("ADD shop /renamed") },
      { Dockerfile: null, "deploy/shop.Dockerfile": filler("image") + image("ADD shop /renamed") },
      { "deploy/shop.Dockerfile": filler("image") + image("WORKDIR /renamed", "ADD shop /renamed") },
    ],
    findings: ["deploy/shop.Dockerfile:15 DS-0005 unchanged"],
  },
  {
    folder: "image-double",
    shows: "Of a flaw of a Dockerfile and its double the double is new, as the lines around them tell",
    commits: [
      { Dockerfile: image("WORKDIR /one", "RUN sudo double") },
      { Dockerfile: image("RUN sudo double", "WORKDIR /one", "RUN sudo double") },
    ],
    findings: ["Dockerfile:2 DS-0010 new", "Dockerfile:4 DS-0010 unchanged"],
  },
  {
    folder: "image-copied",
    shows: "A flaw of a copied Dockerfile is new in the copy and unchanged in the original",
    commits: [{ Dockerfile: image("ADD copied /a") }, { "b.Dockerfile": image("ADD copied /a") }],
    findings: ["Dockerfile:2 DS-0005 unchanged", "b.Dockerfile:2 DS-0005 new"],
  },
  {
    folder: "pod-untouched",
    shows: "Flaws of a manifest that the change leaves alone are unchanged",
    commits: [{ "pod.yaml": pod("untouched", "true") }],
    findings: ["pod.yaml:12 KSV-0017 unchanged", "pod.yaml:12 KSV-0125 unchanged"],
  },
  {
    folder: "pod-added",
    shows: "A flaw that the change adds to a manifest is new, and the other one of the same line is unchanged",
    commits: [{ "pod.yaml": pod("added", "false") }, { "pod.yaml": pod("added", "true") }],
    findings: ["pod.yaml:12 KSV-0017 new", "pod.yaml:12 KSV-0125 unchanged"],
  },
  {
    folder: "pod-fixed",
    shows: "A flaw of a manifest that is fixed is gone, and the other one of the same line is unchanged",
    commits: [{ "pod.yaml": pod("fixed", "true") }, { "pod.yaml": pod("fixed", "false") }],
    findings: ["pod.yaml:12 KSV-0125 unchanged"],
  },
  {
    folder: "pod-indented",
    shows: "Flaws of a manifest that is indented are unchanged",
    commits: [{ "pod.yaml": pod("indented", "true") }, { "pod.yaml": pod("indented", "true", "    ") }],
    findings: ["pod.yaml:12 KSV-0017 unchanged", "pod.yaml:12 KSV-0125 unchanged"],
  },
  {
    folder: "pod-renamed",
    shows: "Flaws of a manifest that is renamed and edited, and move within it, are unchanged",
    commits: [
      { "pod.yaml": filler("renamed-pod") + pod("renamed", "true") },
      { "pod.yaml": null, "deploy/pod.yml": `${filler("renamed-pod")}# The shop\n${pod("renamed", "true")}` },
    ],
    findings: ["deploy/pod.yml:25 KSV-0017 unchanged", "deploy/pod.yml:25 KSV-0125 unchanged"],
  },
  {
    folder: "pod-below",
    shows: "Flaws of a manifest that gets a second one below it are unchanged, and those of the second one are new",
    commits: [{ "pod.yaml": pod("above", "true") }, { "pod.yaml": `${pod("above", "true")}---\n${pod("below", "false")}` }],
    findings: ["pod.yaml:12 KSV-0017 unchanged", "pod.yaml:12 KSV-0125 unchanged", "pod.yaml:35 KSV-0125 new"],
  },
  {
    folder: "pod-above",
    shows: "Flaws of a manifest before which another one is put are unchanged, and told at their own line",
    commits: [{ "pod.yaml": pod("lower", "true") }, { "pod.yaml": `${pod("upper", "false")}---\n${pod("lower", "true")}` }],
    findings: ["pod.yaml:12 KSV-0125 new", "pod.yaml:35 KSV-0017 unchanged", "pod.yaml:35 KSV-0125 unchanged"],
  },
  {
    folder: "pod-copied",
    shows: "Flaws of a copied manifest are new in the copy and unchanged in the original",
    commits: [{ "pod.yaml": pod("copied", "false") }, { "copy.yaml": pod("copied", "false") }],
    findings: ["copy.yaml:12 KSV-0125 new", "pod.yaml:12 KSV-0125 unchanged"],
  },
  {
    folder: "chart-untouched",
    shows: "Flaws of a chart that the change leaves alone are unchanged",
    commits: [chart("untouched-chart", true)],
    findings: ["templates/pod.yaml:13 KSV-0017 unchanged", "templates/pod.yaml:13 KSV-0125 unchanged"],
  },
  {
    folder: "chart-values",
    shows: "A flaw that a change of a chart's values makes in its untouched template is new, and the other one there is unchanged",
    commits: [chart("values-chart", false), { "values.yaml": "privileged: true\n" }],
    findings: ["templates/pod.yaml:13 KSV-0017 new", "templates/pod.yaml:13 KSV-0125 unchanged"],
  },
  {
    folder: "chart-values-harmless",
    shows: "Flaws of a chart whose values change without a part in them are unchanged",
    commits: [chart("harmless-chart", true), { "values.yaml": "replicas: 2\nprivileged: true\n" }],
    findings: ["templates/pod.yaml:13 KSV-0017 unchanged", "templates/pod.yaml:13 KSV-0125 unchanged"],
  },
  {
    folder: "chart-renamed",
    shows: "Flaws of a chart in a renamed folder are unchanged",
    commits: [
      inFolder("old", chart("renamed-chart", true)),
      { ...without(inFolder("old", chart("renamed-chart", true))), ...inFolder("new", chart("renamed-chart", true)) },
    ],
    findings: ["new/templates/pod.yaml:13 KSV-0017 unchanged", "new/templates/pod.yaml:13 KSV-0125 unchanged"],
  },
  {
    folder: "chart-copied",
    shows: "Flaws of a copied chart are new in the copy and unchanged in the original",
    commits: [inFolder("a", chart("copied-chart", false)), inFolder("b", chart("copied-chart", false))],
    findings: ["a/templates/pod.yaml:13 KSV-0125 unchanged", "b/templates/pod.yaml:13 KSV-0125 new"],
  },
];

describe("After a change of what Trivy reads,", () => {
  const stories = [...SECRETS, ...CONTAINERS];
  let scan: ChangeScan;

  beforeAll(async () => {
    scan = await scanChange(repositoryOfStories(stories), "base", ["--scanners", "trivy"]);
  });

  it.each(stories)("$folder: $shows", ({ folder, findings }) => {
    expect(findingsBelow(scan.report, folder)).toEqual(findings);
  });

  it("the stories leave no gap and no finding that they do not tell of", () => {
    expect(scan.report.gaps).toEqual([]);
    expect(scan.report.findings).toHaveLength(stories.flatMap(({ findings }) => findings).length);
  });
});
