// What code writes to standard output while it runs, for tests of what the runner reads there.

import { vi } from "vitest";

/** Runs `write` and returns all that it wrote to standard output; nothing of it reaches the terminal. */
export function capturedOutput(write: () => void): string {
  const chunks: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  try {
    write();
  } finally {
    spy.mockRestore();
  }
  return chunks.join("");
}
