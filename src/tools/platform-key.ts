// The name of a platform in our tables: operating system and processor as Node names them.

import type { Platform } from "../host/ports.ts";

/** Returns e.g. `linux-x64` (process.platform, process.arch). */
export function platformKey({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}
