// Reads the locks: for each Python tool and minor version the exact wheels, by hash, that make it. Written by locks/make-locks.py, never by hand.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InstallError } from "../errors.ts";
import type { Platform } from "../host/ports.ts";
import { platformKey } from "./platform-key.ts";

/** The scanners that are Python programs. */
export type PythonTool = "bandit" | "safety";

/** How they are written for people. */
export const TITLES = { bandit: "Bandit", safety: "Safety" } as const satisfies Record<PythonTool, string>;

export interface Lock {
  readonly tool: PythonTool;
  readonly version: string;
  /** A requirements file of pip with the hashes of every wheel. */
  readonly text: string;
  readonly pins: readonly { readonly name: string; readonly version: string }[];
}

/** platforms.json: the platforms that were checked with their oldest system; per tool and minor version those that lack a wheel, and why. */
const Platforms = z.object({
  platforms: z.record(z.string(), z.string()),
  tools: z.record(z.string(), z.object({ version: z.string(), incomplete: z.record(z.string(), z.record(z.string(), z.string())) })),
});

/** Returns the lock of a tool for `minor` ("3.11"). `directory` holds the locks. */
export async function readLock(directory: string, tool: PythonTool, minor: string): Promise<Lock> {
  const text = await readFile(join(directory, `${tool}-${minor}.txt`), "utf8");
  const pins = [...text.matchAll(/^([a-z0-9-]+)==([^\s;\\]+)/gm)].map(([, name = "", version = ""]) => ({ name, version }));
  const version = pins.find(({ name }) => name === tool)?.version;
  if (version === undefined) throw new Error(`${tool}-${minor}.txt does not pin ${tool}`);
  return { tool, version, text, pins };
}

/** Throws an InstallError `install-unsupported` when some package of the tool has no wheel for this platform. */
export async function requireWheels(directory: string, lock: Lock, minor: string, platform: Platform): Promise<void> {
  const { platforms, tools } = Platforms.parse(JSON.parse(await readFile(join(directory, "platforms.json"), "utf8")));
  const key = platformKey(platform);
  const incomplete = tools[lock.tool]?.incomplete ?? {};
  const known = Object.hasOwn(platforms, key);
  const because = known ? incomplete[minor]?.[key] : `its wheels were checked for ${Object.keys(platforms).join(", ")} only`;
  if (because === undefined) return;
  const others = Object.entries(incomplete).flatMap(([python, lacking]) => (Object.hasOwn(lacking, key) ? [] : [python]));
  throw new InstallError(
    "install-unsupported",
    `${TITLES[lock.tool]} ${lock.version} cannot be installed for Python ${minor} on ${key}: ${because}.`,
    {
      remedy:
        known && others.length > 0
          ? `Name an interpreter with \`python\`: Python ${others.join(", ")}.`
          : "Leave it out with `scanners` on this platform.",
    },
  );
}
