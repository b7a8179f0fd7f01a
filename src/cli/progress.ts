// What a person sees on stderr while the scanners run: one live line on a terminal, plain lines elsewhere. Never writes to stdout.

import type { Clock, Logger, Progress } from "../host/ports.ts";
import { printable } from "../text/printable.ts";

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Whether the stream is a terminal, and how wide it is. */
  readonly live: boolean;
  readonly width: number;
  readonly quiet: boolean;
  readonly clock: Clock;
}

export interface TerminalProgress extends Progress, Logger {
  /** Removes the live line and stops redrawing it. */
  stop(): void;
}

/** Milliseconds between two drawings of the live line. */
const REDRAW_MS = 100;

/** Builds the progress display. A warning is shown even when `quiet`; debug lines are shown by neither. */
export function terminalProgress({ write, live, width, quiet, clock }: ProgressOptions): TerminalProgress {
  const running = new Map<string, { doing: string; since: number }>();
  const seconds = (since: number) => ((clock.monotonic() - since) / 1000).toFixed(1);
  const clear = () => {
    if (live && !quiet) write("\r\u001b[2K");
  };
  const draw = () => {
    const parts = [...running].map(([run, { doing, since }]) => `${run}: ${doing} ${seconds(since)} s`);
    if (parts.length > 0) write(`\r\u001b[2K${parts.join("  ").slice(0, Math.max(20, width - 1))}`);
  };
  const line = (text: string) => {
    clear();
    write(`${printable(text)}\n`);
  };
  const timer = live && !quiet ? setInterval(draw, REDRAW_MS) : null;
  timer?.unref();
  return {
    started: (run, doing) => {
      running.set(run, { doing: printable(doing), since: clock.monotonic() });
      if (!quiet && !live) line(`${run}: ${doing}`);
    },
    finished: (run, outcome) => {
      const since = running.get(run)?.since;
      running.delete(run);
      if (!quiet) line(`${run}: ${outcome}${since === undefined ? "" : ` (${seconds(since)} s)`}`);
    },
    debug: () => {},
    say: (message) => {
      if (!quiet) line(message);
    },
    warn: (message) => line(`warning: ${message}`),
    stop: () => {
      if (timer !== null) clearInterval(timer);
      clear();
    },
  };
}
