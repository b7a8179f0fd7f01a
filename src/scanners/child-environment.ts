// The environment of a scanner's process: nothing is inherited, and every place it may write to is private.

import { join } from "node:path";

/** Returns the variables every scanner gets; the last three are the Windows names of HOME and TMPDIR. `directory` is the command's private directory. */
export function childEnvironment(directory: string, searchPath: string): Record<string, string> {
  const home = join(directory, "home");
  const temporary = join(directory, "tmp");
  return { PATH: searchPath, LANG: "C.UTF-8", HOME: home, TMPDIR: temporary, USERPROFILE: home, TEMP: temporary, TMP: temporary };
}
