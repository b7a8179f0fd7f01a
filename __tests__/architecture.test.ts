// Holds the code to docs/architecture.md: who may import whom, no cycles, sizes, and where the environment may be read.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "..", "src");

const FILES = readdirSync(SRC, { recursive: true })
  .map((name) => String(name).replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"))
  .sort();

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), "utf8")]));

/** Static imports and re-exports, as written. */
function importsOf(file: string): Import[] {
  const text = TEXTS.get(file) ?? "";
  return [...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^;"']*?\sfrom\s+)?"([^"]+)"/gmu)].map((match) => ({
    specifier: match[2] ?? "",
    typeOnly: match[1] !== undefined,
  }));
}

/** The file of ours that a specifier names, relative to src. */
function ownFile(file: string, specifier: string): string | null {
  return specifier.startsWith(".") ? relative(".", normalize(join(dirname(file), specifier))).replaceAll("\\", "/") : null;
}

function layerOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file;
}

const EVERYONE = ["errors.ts", "text", "version.ts"];
const ALLOWED: Readonly<Record<string, readonly string[] | "all">> = {
  findings: [],
  manifests: ["findings"],
  policy: ["findings"],
  sarif: ["findings", "policy"],
  report: ["findings", "policy"],
  scanners: ["findings", "manifests", "host (types)"],
  github: ["sarif", "host (types)", "config (types)"],
  // The file system is not a port, and there is one way to open a file that may be a pipe.
  tools: ["findings", "scanners (types)", "config (types)", "host (types)", "host/read-regular-file.ts"],
  config: ["findings", "policy", "scanners (types)"],
  host: [],
  text: [],
  pipeline: "all",
  action: "all",
  cli: "all",
};

function mayImport(from: string, file: string, typeOnly: boolean): boolean {
  const [allowed, to] = [ALLOWED[from], layerOf(file)];
  if (from === to || EVERYONE.includes(to) || allowed === "all" || allowed === undefined) return true;
  return allowed.includes(to) || allowed.includes(file) || (typeOnly && allowed.includes(`${to} (types)`));
}

describe("architecture", () => {
  it("finds the source, so that the laws below have something to judge", () => {
    expect(FILES.length).toBeGreaterThan(50);
    expect(importsOf("pipeline/scan.ts").length).toBeGreaterThan(5);
  });

  it("knows every folder of src", () => {
    expect(new Set(FILES.map(layerOf).filter((layer) => !layer.endsWith(".ts")))).toEqual(new Set(Object.keys(ALLOWED)));
  });

  it("lets a layer import only what its row allows", () => {
    const violations = FILES.flatMap((file) =>
      importsOf(file).flatMap(({ specifier, typeOnly }) => {
        const target = ownFile(file, specifier);
        return target === null || mayImport(layerOf(file), target, typeOnly) ? [] : [`${file} imports ${target}`];
      }),
    );
    expect(violations).toEqual([]);
  });

  it("lets nobody import an entry, and the adapters import each other never", () => {
    const violations = FILES.flatMap((file) =>
      importsOf(file)
        .map(({ specifier }) => ownFile(file, specifier))
        .filter((target) => target === "main.ts" || target === "cli.ts" || (layerOf(file) === "cli" && layerOf(target ?? "") === "action"))
        .map((target) => `${file} imports ${target}`),
    );
    expect(violations).toEqual([]);
  });

  it("imports @actions/* only in action/, github/client.ts and host/git.ts", () => {
    const users = FILES.filter((file) => importsOf(file).some(({ specifier }) => specifier.startsWith("@actions/")));
    expect(users.filter((file) => !file.startsWith("action/") && file !== "github/client.ts" && file !== "host/git.ts")).toEqual([]);
  });

  it("writes to the job log only in action/actions-log.ts, and to the terminal only in cli.ts", () => {
    const imported = (file: string) => /import \{([^}]*)\} from "@actions\/core"/u.exec(TEXTS.get(file) ?? "")?.[1] ?? "";
    const writers = /\b(?:debug|info|notice|warning|error|setFailed|startGroup|endGroup)\b/u;
    expect(FILES.filter((file) => writers.test(imported(file)))).toEqual(["action/actions-log.ts"]);
    expect(FILES.filter((file) => /\bconsole\.|process\.std(?:out|err)\b/u.test(code(file)))).toEqual(["cli.ts"]);
  });

  it("talks to GitHub through octokit only in github/client.ts", () => {
    const users = FILES.filter((file) =>
      importsOf(file).some(({ specifier }) => specifier.startsWith("@octokit/") || specifier === "@actions/github"),
    );
    expect(users).toEqual(["github/client.ts"]);
  });

  it("reads process.env only in the two entries", () => {
    expect(FILES.filter((file) => /process\.env\b/u.test(code(file)))).toEqual(["cli.ts", "main.ts"]);
  });

  it("starts processes only in host/, by their arguments and never through a shell", () => {
    const starters = FILES.filter((file) => importsOf(file).some(({ specifier }) => specifier === "node:child_process"));
    expect(starters).toEqual(["host/local-git.ts", "host/process-group.ts", "host/supervised-process.ts"]);
    const shell = /\bshell: (?!false\b)|import \{[^}]*\bexec(?:Sync)?\b[^}]*\} from "node:child_process"/u;
    expect(FILES.filter((file) => shell.test(code(file)))).toEqual([]);
    const shells = [
      "spawn(x, { shell: true })",
      'import { exec, spawn } from "node:child_process"',
      'import { execSync } from "node:child_process"',
    ];
    expect(shells.filter((line) => !shell.test(line))).toEqual([]);
  });

  it("has no top-level mutable variable, no any and no non-null assertion", () => {
    expect(FILES.filter((file) => /^(?:export )?(?:let|var) /mu.test(code(file)))).toEqual([]);
    expect(FILES.filter((file) => /[:<]\s*any\b|\bas any\b/u.test(code(file)))).toEqual([]);
  });

  it("has no import cycle", () => {
    const graph = new Map(FILES.map((file) => [file, importsOf(file).flatMap(({ specifier }) => ownFile(file, specifier) ?? [])]));
    expect(cycles(graph)).toEqual([]);
  });

  it("keeps every file within 250 lines and opens it with a comment that says what it is for", () => {
    const lines = (file: string) => (TEXTS.get(file) ?? "").split("\n");
    expect(FILES.filter((file) => lines(file).length > 251).map((file) => `${file}: ${lines(file).length}`)).toEqual([]);
    expect(
      FILES.filter(
        (file) =>
          !lines(file)
            .slice(0, 2)
            .some((line) => line.startsWith("// ")),
      ),
    ).toEqual([]);
  });

  it("names files in kebab-case and avoids words that say nothing", () => {
    expect(FILES.filter((file) => !/^[a-z0-9-]+(?:\/[a-z0-9-]+)*\.ts$/u.test(file))).toEqual([]);
    expect(
      FILES.filter((file) => /(?:^|[/-])(?:utils?|helpers?|manager|service|handler|data|info|issues?|misc|common)(?:[-./])/u.test(file)),
    ).toEqual([]);
  });
});

/** Source without comments. */
function code(file: string): string {
  return (TEXTS.get(file) ?? "").replace(/\/\*[\s\S]*?\*\//gu, "").replace(/^\s*\/\/.*$/gmu, "");
}

/** Every edge that closes a cycle, found by depth-first search. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
