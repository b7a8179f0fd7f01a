// Which files hold Python: by name, and for files without an extension by their first line. Everything else is no Python to us, whatever is in it.

import { posix } from "node:path";

/** A first line is looked for in this many bytes; Linux reads as many (https://man7.org/linux/man-pages/man2/execve.2.html). */
const FIRST_LINE_BYTES = 256;

/** Returns those of `files` that hold Python, in their order. `head` reads the first bytes of a file. */
export function pythonSources(files: readonly string[], head: (path: string, count: number) => Buffer | undefined): string[] {
  return files.filter((path) => {
    if (/\.pyw?$/.test(path)) return true; // Bandit goes by the end of the name: `.py` is such a file too
    if (posix.extname(path) !== "") return false;
    return startsPython(head(path, FIRST_LINE_BYTES)?.toString("latin1") ?? "");
  });
}

/**
 * Returns whether a text begins with a line that starts Python: an interpreter's path, or `env` with the interpreter, or a script runner
 * (`uv run`, `pipx run`), anywhere among its options.
 */
export function startsPython(text: string): boolean {
  const line = /^#!([^\r\n]*)/.exec(text)?.[1] ?? "";
  const words = line
    .trim()
    .split(/[ \t]+/)
    .map((word) => posix.basename(word.replace(/^-S|^--split-string=/, "")));
  const program = words[0] === "env" ? words.slice(1) : words.slice(0, 1);
  return program.some((word, index) => isInterpreter(word) || ((word === "uv" || word === "pipx") && program[index + 1] === "run"));
}

function isInterpreter(word: string): boolean {
  return /^(?:python|pypy)w?[\d.]*[dt]?$/.test(word);
}
