// Which files Trivy's misconfiguration checks must look at, told by name and content as Trivy 0.74 tells them (measured). A file is `provable` only when
// Trivy is sure to name it in its report, because one that it does not name is a gap; whatever Trivy may take up besides is `possible`: enough of a reason
// to run the checks, and no proof is asked for. So this errs towards asking for too little proof, never towards not looking.

import { posix } from "node:path";
import type { Notice } from "../findings/coverage.ts";
import type { InfrastructureFile } from "../scanners/scanner.ts";
import { utf16Of } from "./binary-files.ts";
import { classifyArchive, classifyChart } from "./infrastructure-chart.ts";
import type { InfrastructureClass } from "./infrastructure-class.ts";
import { classifyJson } from "./infrastructure-json.ts";
import { classifyYaml } from "./infrastructure-yaml.ts";
import { nameSome } from "./name-some.ts";

/** What of a tree concerns the misconfiguration checks; lists in the order of the files. */
export interface Infrastructure {
  readonly provable: readonly InfrastructureFile[];
  /** Files that Trivy may take for infrastructure, by rules that are its own. */
  readonly possible: readonly string[];
  readonly notices: readonly Notice[];
}

/** Larger files are `possible` without being read. Generated manifests of 3 MB exist; of 8 MB hardly. */
const LIMIT_BYTES = 8 * 1024 * 1024;

/** Of larger archives Trivy is told nothing. */
const ARCHIVE_LIMIT_BYTES = 128 * 1024 * 1024;

const UNREADABLE_ARCHIVE = "is damaged, or larger than the archive of a chart can be: if it is one, nobody looked at it";

/** Looks at `files` (sorted) in their order. `read` returns a file's bytes, or undefined when it has more than `limit` or cannot be read. */
export function findInfrastructure(files: readonly string[], read: (path: string, limit: number) => Buffer | undefined): Infrastructure {
  const text = (path: string) => {
    const bytes = read(path, LIMIT_BYTES);
    return bytes === undefined ? undefined : new TextDecoder(utf16Of(bytes) ?? "utf-8", { ignoreBOM: true }).decode(bytes);
  };
  const archiveClass = (path: string) => {
    const bytes = read(path, ARCHIVE_LIMIT_BYTES);
    return bytes === undefined ? "unreadable" : classifyArchive(path, bytes, files);
  };
  const provable: InfrastructureFile[] = [];
  const possible: string[] = [];
  const notices: Notice[] = terraformNotices(files);
  for (const path of files) {
    const found = isArchive(path) ? archiveClass(path) : classify(path, files, text);
    if (found === "unreadable") notices.push({ path, message: UNREADABLE_ARCHIVE });
    if (found === "possible" || found === "unreadable") possible.push(path);
    else if (found !== null) provable.push({ path, type: found });
    else if (isUnusualDockerfile(path, text))
      notices.push({
        path,
        message: "looks like a Dockerfile, but only one called Dockerfile, Dockerfile.NAME or NAME.dockerfile is checked",
      });
  }
  return { provable, possible, notices };
}

/** Archives of charts, which Trivy opens; of any other kind Helm makes none. */
function isArchive(path: string): boolean {
  return /\.(?:tgz|tar\.gz)$/.test(path);
}

type Text = (path: string) => string | undefined;

function classify(path: string, files: readonly string[], text: Text): InfrastructureClass {
  const name = posix.basename(path);
  if (name === "Chart.yaml") return classifyChart(path, files, text);
  if (isDockerfileName(name)) return withText(path, text, classifyDockerfile);
  if (/\.ya?ml$/.test(name)) return withText(path, text, classifyYaml);
  if (name.endsWith(".json")) return withText(path, text, classifyJson);
  return null;
}

function withText(path: string, text: Text, judge: (text: string) => InfrastructureClass): InfrastructureClass {
  const content = text(path);
  return content === undefined ? "possible" : judge(content);
}

/** `Dockerfile` and `Containerfile`, alone or before one extension; or as the extension, in any case. */
function isDockerfileName(name: string): boolean {
  const dot = name.lastIndexOf(".");
  const stem = dot === -1 ? name : name.slice(0, dot);
  return stem === "Dockerfile" || stem === "Containerfile" || /\.(?:docker|container)file$/i.test(name);
}

/**
 * Begins with one of the two instructions that may come first. Trivy drops a file without an instruction, and a template whose own lines
 * (`{% if %}`) stand between the instructions; a mistake in a real one drops it too, and is a gap.
 */
function classifyDockerfile(text: string): InfrastructureClass {
  if (!startsDockerfile(text)) return "possible";
  return /^[ \t]*\{[{%]|^[ \t]*FROM[ \t].*\{[{%]/im.test(text) ? "possible" : "dockerfile";
}

function startsDockerfile(text: string): boolean {
  return /^\uFEFF?(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*(?:FROM|ARG)[ \t]/i.test(text);
}

function isUnusualDockerfile(path: string, text: Text): boolean {
  const name = posix.basename(path);
  const isNamed = name.split(/[-_]/).some((word) => /^(?:docker|container)file$/i.test(word));
  return isNamed && startsDockerfile(text(path) ?? "");
}

/** Trivy would download the modules that Terraform names, so it is not asked to look. */
function terraformNotices(files: readonly string[]): Notice[] {
  const found = files.filter((path) => /\.tf(?:\.json)?$/.test(path));
  if (found.length === 0) return [];
  const what = found.length === 1 ? "1 Terraform file is" : `${found.length} Terraform files are`;
  return [{ message: `${what} not checked for misconfigurations (${nameSome(found)})` }];
}
