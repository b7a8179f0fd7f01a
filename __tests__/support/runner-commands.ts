// What the GitHub runner would obey in a stream of output: our own statement of the rules in actions/runner (src/Runner.Common/ActionCommand.cs,
// src/Runner.Worker/ActionCommandManager.cs, Handlers/OutputManager.cs). The oracle of every test that says "no command".

/** Every command a runner registers; `internal-set-repo-path` only while one of its own plug-ins runs, counted here all the same. */
export const RUNNER_COMMANDS = [
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "internal-set-repo-path",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
] as const;

export interface RunnerCommand {
  readonly name: string;
  readonly text: string;
}

/** Returns the commands in output, in order. Lines end at CR, LF or CRLF, as .NET's StreamReader.ReadLine ends them. */
export function runnerCommands(output: string): RunnerCommand[] {
  return output
    .split(/\r\n|\r|\n/)
    .flatMap((line) => [line, withoutIgnorable(line)].flatMap((text) => parseColons(text) ?? parseBracket(text) ?? []));
}

/** `::name properties::text`, after any white space in .NET's sense (which knows NEL and no byte order mark). */
function parseColons(line: string): RunnerCommand | null {
  const message = line.replace(/^[\p{Zs}\p{Zl}\p{Zp}\t-\r\u0085]+/u, "");
  if (!message.startsWith("::")) return null;
  const end = message.indexOf("::", 2);
  return end < 0 ? null : registered(message.slice(2, end), message.slice(end + 2));
}

/** `##[name properties]text`, anywhere in the line. Only the first `##[` counts. */
function parseBracket(line: string): RunnerCommand | null {
  const start = line.indexOf("##[");
  const end = start < 0 ? -1 : line.indexOf("]", start);
  return end < 0 ? null : registered(line.slice(start + 3, end), line.slice(end + 1));
}

function registered(head: string, text: string): RunnerCommand | null {
  const name = head.split(" ", 1)[0] ?? "";
  return RUNNER_COMMANDS.some((command) => command === name.toLowerCase()) ? { name, text } : null;
}

/** The runner searches with the rules of its culture, which pass over ignorable characters; so a line counts with and without them. */
function withoutIgnorable(line: string): string {
  return line.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\u0000-\u0008\u000E-\u001F\u007F-\u009F]/gu, "");
}
