// How every git process is kept from the configuration around it: the user's, the system's and the repository's own. None of them may decide what is
// scanned, or start a program or a transport.

import { dirname, sep } from "node:path";

/** Git spells the null device like this on every system. */
const NULL_DEVICE = "/dev/null";

/** Flags before the command: `root` is read whoever owns it, without a hook, a monitor, or a write to its index. */
export function isolationFlags(root: string): string[] {
  const settings = [
    `safe.directory=${root.split(sep).join("/")}`,
    "core.fsmonitor=false",
    `core.hooksPath=${NULL_DEVICE}`,
    // A file that says what the commits say, and that nobody checks against them.
    "core.commitGraph=false",
  ];
  return ["--no-optional-locks", "--literal-pathspecs", ...settings.flatMap((setting) => ["-c", setting])];
}

/** The whole environment of the git at that path; `home` is a private, empty directory. It may use no transport. */
export function isolatedEnvironment(git: string, home: string): Record<string, string> {
  return {
    PATH: dirname(git),
    HOME: home,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: NULL_DEVICE,
    GIT_TERMINAL_PROMPT: "0",
    // A partial clone whose objects are missing would start the transport that its own configuration names.
    GIT_ALLOW_PROTOCOL: "none",
    // The same since git 2.45, without starting a process in vain.
    GIT_NO_LAZY_FETCH: "1",
    // `.git` is looked for by us, across mounts; git must not stop earlier.
    GIT_DISCOVERY_ACROSS_FILESYSTEM: "1",
  };
}
