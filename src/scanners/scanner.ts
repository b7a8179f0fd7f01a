// The one interface every scanner implements, and what it is given. A scanner's folder never starts a process, prints or decides.

import type { Coverage, Notice } from "../findings/coverage.ts";
import type { DecodedFinding } from "../findings/finding.ts";
import type { InlineComment } from "../findings/inline-comment.ts";
import type { RunId, ScannerId } from "../findings/scanner-id.ts";
import type { DatabaseFacts } from "../findings/scanner-run.ts";
import type { ProcessExit } from "../host/ports.ts";
import type { Pin } from "../manifests/pin.ts";

/** A file of the tree that Trivy's misconfiguration checks must look at. */
export interface InfrastructureFile {
  readonly path: string;
  readonly type: "dockerfile" | "kubernetes" | "helm" | "cloudformation" | "azure-arm";
}

/** A container image: by reference (pulled by Trivy), or on disk (a docker-save tar or an OCI layout directory). */
export type ImageSource =
  | { readonly kind: "reference"; readonly reference: string }
  | { readonly kind: "archive"; readonly path: string; readonly name: string };

/** What a scan looks at. Paths are relative to `root`, sorted; `root` is absolute and real. */
export interface ScanTarget {
  readonly root: string;
  /** Every regular file in the scan, for scanners that look at the tree as a whole. */
  readonly files: readonly string[];
  readonly python: readonly string[];
  readonly pins: readonly Pin[];
  readonly infrastructure: readonly InfrastructureFile[];
  /** Files that Trivy may take for infrastructure by rules of its own: a reason to run those checks, but no proof is asked for. */
  readonly possibleInfrastructure: readonly string[];
  readonly image: ImageSource | null;
  /** Text of a file of the tree (UTF-8, invalid bytes replaced), or undefined when it cannot be read. */
  readonly text: (path: string) => string | undefined;
  /** Size of a file of the tree in bytes; 0 when it cannot be told. */
  readonly size: (path: string) => number;
}

/** An installed scanner: how to start it, and with which database. */
export interface Installation {
  /** Absolute; further arguments follow (`[python, "-I", "-c", …]`). */
  readonly launch: readonly string[];
  readonly version: string;
  /** Directory of the database: Safety's `insecure*.json`; a Trivy cache (the folder that holds `db/`). Null for Bandit. */
  readonly databaseDirectory: string | null;
  readonly database: DatabaseFacts | null;
  /** For messages such as "syntax of a newer Python": the interpreter's `major.minor`. Null for Trivy. */
  readonly python: string | null;
}

/** Which files of a view do not appear as they are: `edit` returns other bytes, or the very same buffer where nothing is to be changed. */
export interface ViewEdits {
  readonly files: readonly string[];
  readonly edit: (content: Buffer) => Buffer;
}

/** One process to start. All paths in `argv` and `env` are absolute and lie in `directory`, the target or the installation. */
export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files written into `directory` before the start, by relative name. */
  readonly inputs: readonly { readonly name: string; readonly text: string }[];
  /** Directories elsewhere (`to`, absolute) that appear in `directory` under a relative name; whether they exist is not asked. */
  readonly links?: readonly { readonly name: string; readonly to: string }[];
  /** A private view of the tree: these files of the target appear under `directory/<name>/`. */
  readonly view?: { readonly name: string; readonly files: readonly string[]; readonly edits?: ViewEdits };
  /** The report, relative to `directory`; it does not exist before the start. */
  readonly output: string;
}

/** What is known when commands are built: where they will run, and until when. */
export interface CommandContext {
  /** Absolute path of the private directory of command `index`; `cwd/`, `home/` and `tmp/` in it exist and are empty, `cwd/` is the working directory. */
  readonly directory: (index: number) => string;
  readonly installation: Installation;
  readonly timeoutMs: number;
  /** PATH of the child: a fixed list of system directories. */
  readonly searchPath: string;
}

/** A report that exists: its text and how the process ended. */
export interface Report {
  readonly text: string;
  readonly exit: ProcessExit;
}

/** What one run proved and found. */
export interface ScannerOutput {
  readonly findings: readonly DecodedFinding[];
  readonly coverage: Coverage;
  readonly notices: readonly Notice[];
  /** The pins this run looked up, as `packageKey`s; coverage of pins is decided over all scanners together. */
  readonly pinsTakenUp: readonly string[];
  /** Comments in what was looked at that ask the scanner to pass over something, in order of path and line. They hide nothing: it reports all the same. */
  readonly comments: readonly InlineComment[];
}

export type Applicability = { readonly applies: true } | { readonly applies: false; readonly because: string };

/**
 * How a run may be taken apart: what is said of a file follows from its bytes, its path and the packages it lies in, and from no other file. So files may be
 * shared out among processes, and what was said of one holds for as long as it stays as it is.
 */
export interface ByFile {
  /** What the files are called where they are counted, in the plural; null where nothing proves that one of them was looked at. */
  readonly unit: string | null;
  /** Whether files are shared out among processes, as their arguments; a scanner that uses all cores by itself gets one for all. */
  readonly shared: boolean;
  /** Those files of a target that the run looks at; all that is found lies in them. */
  files(target: ScanTarget): readonly string[];
  /** A target of which the run looks at these files only. */
  only(target: ScanTarget, files: readonly string[]): ScanTarget;
}

/** A part of a run's work: commands of its own, and what their reports say. Total, and independent of the order in reports. */
export interface Part {
  /** Absent for what looks at a target as a whole. */
  readonly byFile?: ByFile;
  commands(target: ScanTarget, context: CommandContext): readonly Command[];
  /** Reports in the order of the commands, each read when it is asked for: a large run must not have all of them in memory at once. Throws a ScannerError (`report-unreadable`, `canary-missed`) with the JSON path of what is wrong. */
  decode(reports: Iterable<Report>, target: ScanTarget, installation: Installation): ScannerOutput;
}

/** One scanner run's knowledge; pure. */
export interface Scanner {
  readonly run: RunId;
  readonly scanner: ScannerId;
  /** As in `tool.driver.name`; rulesets of GitHub name it, so it never changes. */
  readonly name: string;
  readonly informationUri: string;
  appliesTo(target: ScanTarget): Applicability;
  /** What an exit status means by itself; an unlisted one is an error. */
  classifyExit(code: number): "clean" | "findings" | "error";
  /** What they say together is what the run says. */
  readonly parts: readonly [Part, ...Part[]];
}
