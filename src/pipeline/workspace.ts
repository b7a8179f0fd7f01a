// What there is to scan: the files of a checkout by kind, and everything that stands in the way of looking at all of them. Reads only and follows no link.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { Git } from "../host/ports.ts";
import type { InfrastructureFile } from "../scanners/scanner.ts";
import { findBinaryFiles } from "./binary-files.ts";
import type { Checkout } from "./checkout.ts";
import { findInfrastructure } from "./infrastructure.ts";
import { inventoryOfCheckout, inventoryOfWalk } from "./inventory.ts";
import { findPointers } from "./lfs-pointers.ts";
import { pythonSources } from "./python-sources.ts";
import type { EntryKind } from "./tree.ts";

/** What else decides how a checkout is described. */
export interface WorkspaceOptions {
  readonly git: Git;
  /** Nobody works in the checkout, so every tracked file must be there. */
  readonly fresh: boolean;
  /** Whether secrets are searched for: only then is it a gap that a file is not. */
  readonly secrets: boolean;
  /** What the policy keeps out of the scan. */
  readonly isExcluded: (path: string) => boolean;
}

/** A tree as it is scanned. All paths are relative to `root`, separated by `/`; all lists of paths are sorted. */
export interface Workspace extends Checkout {
  /** Every regular file that can be read. */
  readonly files: readonly string[];
  /** What would be listed if nothing were excluded. */
  readonly excluded: readonly string[];
  readonly python: readonly string[];
  /** Files that Trivy's misconfiguration checks must look at. */
  readonly infrastructure: readonly InfrastructureFile[];
  /** Files they may look at, which is a reason to run them. */
  readonly possibleInfrastructure: readonly string[];
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
  /** Text of a regular file of at most 64 MiB (UTF-8, invalid bytes replaced), listed or not; undefined when it cannot be read. */
  readonly text: (path: string) => string | undefined;
  /** Size of a regular file in bytes; 0 for everything else. */
  readonly size: (path: string) => number;
  /** What stands at a path. A symbolic link, and what is reached through one, is not regular. */
  readonly exists: (path: string) => "file" | "missing" | "not-regular";
}

const TEXT_LIMIT_BYTES = 64 * 1024 * 1024;

/** Rejects with a GateError `workspace-unreadable` when git cannot list the checkout. */
export async function describeWorkspace(checkout: Checkout, { git, fresh, secrets, isExcluded }: WorkspaceOptions): Promise<Workspace> {
  const { root, within, source, tree } = checkout;
  const inventory =
    source === "walk"
      ? inventoryOfWalk(root, within, { tree, isExcluded })
      : inventoryOfCheckout(await git.files(root, within), { tree, isExcluded, fresh });
  const infrastructure = findInfrastructure(inventory.files, tree.read);
  const pointers = findPointers(inventory.pointerSized, tree.read);
  const unfetched = new Set(pointers.gaps.map(({ path }) => path));
  // A pointer says all that is to be said of it; Bandit would call it wrong Python.
  const python = pythonSources(inventory.files, tree.head).filter((path) => !unfetched.has(path));
  const binary = secrets ? findBinaryFiles(inventory.files, python, tree.head) : { gaps: [], notices: [] };
  const empty: Gap[] =
    inventory.files.length > 0
      ? []
      : [{ path: within || ".", reason: "holds no files that could be scanned", remedy: "Name a directory with files." }];
  return {
    ...checkout,
    files: inventory.files,
    excluded: inventory.excluded,
    python,
    infrastructure: infrastructure.provable,
    possibleInfrastructure: infrastructure.possible,
    gaps: [...inventory.gaps, ...pointers.gaps, ...binary.gaps, ...empty],
    notices: [...inventory.notices, ...infrastructure.notices, ...pointers.notices, ...binary.notices],
    text: (file) => tree.text(file, TEXT_LIMIT_BYTES),
    size: tree.size,
    exists: (file) => existence(tree.kind(file)),
  };
}

/** A file that cannot be read is one all the same: who asks for its text learns that. */
function existence(kind: EntryKind): "file" | "missing" | "not-regular" {
  if (kind === "file" || kind === "missing") return kind;
  return kind === "unreadable" ? "file" : "not-regular";
}
