// Trivy's command line for the tree.

import { join } from "node:path";
import type { Command, CommandContext, ScanTarget } from "../scanner.ts";
import { infrastructurePaths } from "./infrastructure-paths.ts";
import { canaryInputs, pinsInputs, SCANNED_DIRECTORY, TREE_VIEW } from "./layout.ts";
import { trivyCommand } from "./options.ts";

/** Terraform is not among them: checking it downloads the modules it names. */
const INFRASTRUCTURE = ["--misconfig-scanners", "dockerfile,kubernetes,helm,cloudformation,azure-arm"];

/** Builds the one command. Checks of infrastructure cost 0.7 s to load, so they take part only where there is something to check. */
export function trivyCommands(target: ScanTarget, context: CommandContext): Command[] {
  const scanned = join(context.directory(0), SCANNED_DIRECTORY);
  const infrastructure = infrastructurePaths(target).length > 0;
  const command = trivyCommand(
    {
      index: 0,
      subcommand: "fs",
      scanners: infrastructure ? ["vuln", "secret", "misconfig"] : ["vuln", "secret"],
      rest: [...(infrastructure ? INFRASTRUCTURE : []), "--include-dev-deps", scanned],
      inputs: [...canaryInputs(), ...pinsInputs(target.pins)],
    },
    context,
  );
  return [{ ...command, view: { name: TREE_VIEW, files: target.files } }];
}
