// Safety's command line: the deprecated `check`, the one command that needs neither network nor account.

import { join } from "node:path";
import { childEnvironment } from "../child-environment.ts";
import { databaseDirectory } from "../database-directory.ts";
import type { Command, CommandContext, ScanTarget } from "../scanner.ts";
import { REQUIREMENTS_FILE, renderRequirements } from "./requirements.ts";

/** A policy that ignores nothing; naming one keeps Safety from looking for another. */
const POLICY = "security:\n  continue-on-vulnerability-error: False\n";

/** The discard port of the loopback address: nothing answers, and nothing leaves the machine. */
const NOWHERE = "http://127.0.0.1:9";

/** Safety reads its servers from here alone. Without it every start asks the authentication server. */
const SERVERS = ["auth_server_url", "platform_api_base_url", "data_api_base_url", "safety_platform_url", "firewall_api_base_url"];
const CONFIG = `[settings]\n${SERVERS.map((name) => `${name} = ${NOWHERE}\n`).join("")}`;

/** Builds the one command. */
export function safetyCommands(target: ScanTarget, context: CommandContext): Command[] {
  const directory = context.directory(0);
  const file = (name: string) => join(directory, name);
  const options = [
    "-r",
    file(REQUIREMENTS_FILE),
    "--db",
    databaseDirectory("Safety", context.installation),
    "--policy-file",
    file("policy.yml"),
  ];
  return [
    {
      argv: [
        ...context.installation.launch,
        "--disable-optional-telemetry",
        "check",
        ...options,
        ...OUTPUT,
        file("report.json"),
        ...IGNORE_NOTHING,
      ],
      env: {
        ...childEnvironment(directory, context.searchPath),
        SAFETY_COLOR: "0",
        SAFETY_REQUEST_TIMEOUT: "2",
        SAFETY_SYSTEM_CONFIG_PATH: file("system"),
      },
      inputs: [
        { name: REQUIREMENTS_FILE, text: renderRequirements(target.pins) },
        { name: "policy.yml", text: POLICY },
        { name: "system/.safety/config.ini", text: CONFIG },
      ],
      output: "report.json",
    },
  ];
}

/** Standard output carries a banner around the report, so only the file is read. */
const OUTPUT = ["--output", "json", "--save-json"];

/** Safety marks findings as ignored by mistake while its list of ids to ignore is empty, so the list gets an id that does not exist. */
const IGNORE_NOTHING = ["--check-unpinned-requirements", "-i", "SARIF-GATE-NONE"];
