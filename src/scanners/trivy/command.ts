// Trivy's command lines for packages and infrastructure of the tree: one for everything but charts, and one for the charts, where there are some. Trivy checks
// a template that is YAML before it is rendered as a manifest too, and in one process would report that alone.

import { join } from "node:path";
import type { Command, CommandContext, ScanTarget } from "../scanner.ts";
import { chartFiles, commentFiles } from "./comment-files.ts";
import { infrastructurePaths } from "./infrastructure-paths.ts";
import { pinsInputs, requirementInput, SCANNED_DIRECTORY, TREE_VIEW } from "./layout.ts";
import { trivyCommand } from "./options.ts";
import { CHECK_DIRECTORY, RENDERED_CHECK, RENDERED_CHECK_NAMESPACE } from "./rendered-check.ts";
import { withoutIgnoreComments } from "./without-ignore-comments.ts";
import { withoutPython } from "./without-python.ts";

/** Terraform is not among them: checking it downloads the modules it names. */
const INFRASTRUCTURE = ["--misconfig-scanners", "dockerfile,kubernetes,cloudformation,azure-arm"];

/** Builds the command for the tree, and a second one where there are charts. */
export function trivyCommands(target: ScanTarget, context: CommandContext): Command[] {
  const charts = chartFiles(target);
  const tree = treeCommand(target, context);
  return charts.length === 0 ? [tree] : [tree, chartCommand(charts, context)];
}

/** Checks of infrastructure cost 0.7 s to load, so they take part only where there is something to check. */
function treeCommand(target: ScanTarget, context: CommandContext): Command {
  const infrastructure = infrastructurePaths(target).length > 0;
  const command = trivyCommand(
    {
      index: 0,
      subcommand: "fs",
      scanners: infrastructure ? ["vuln", "misconfig"] : ["vuln"],
      databases: ["db"],
      rest: [...(infrastructure ? INFRASTRUCTURE : []), "--include-dev-deps", join(context.directory(0), SCANNED_DIRECTORY)],
      inputs: [requirementInput(), ...pinsInputs(target.pins)],
    },
    context,
  );
  const files = withoutPython(target.files);
  const edits = { files: commentFiles({ ...target, files }), edit: withoutIgnoreComments };
  return { ...command, view: { name: TREE_VIEW, files, edits } };
}

function chartCommand(files: readonly string[], context: CommandContext): Command {
  const directory = context.directory(1);
  const [topLevel = ""] = RENDERED_CHECK_NAMESPACE.split(".");
  const check = ["--config-check", join(directory, CHECK_DIRECTORY), "--check-namespaces", topLevel];
  const command = trivyCommand(
    {
      index: 1,
      subcommand: "fs",
      scanners: ["misconfig"],
      databases: [],
      rest: ["--misconfig-scanners", "helm", ...check, join(directory, SCANNED_DIRECTORY)],
      inputs: [{ name: `${CHECK_DIRECTORY}/rendered.rego`, text: RENDERED_CHECK }],
    },
    context,
  );
  return { ...command, view: { name: TREE_VIEW, files, edits: { files, edit: withoutIgnoreComments } } };
}
