// The bundled small databases with today's date: the Action has no input that accepts a database of any age.

import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAFETY_DATABASE, TRIVY_DATABASE } from "./run-cli.ts";

/** Returns the two inputs; the copies' dates are now, everything else is as bundled. */
export function freshDatabases(now = new Date()): Record<"safety-db" | "trivy-db", string> {
  const directory = mkdtempSync(join(tmpdir(), "sarif-gate-databases-"));
  const safety = join(directory, "safety");
  const trivy = join(directory, "trivy");
  cpSync(SAFETY_DATABASE, safety, { recursive: true });
  cpSync(TRIVY_DATABASE, trivy, { recursive: true });
  for (const name of readdirSync(safety)) {
    const database = JSON.parse(readFileSync(join(safety, name), "utf8")) as { meta: { timestamp: number } };
    database.meta.timestamp = Math.floor(now.getTime() / 1000);
    writeFileSync(join(safety, name), JSON.stringify(database));
  }
  const metadata = join(trivy, "db", "metadata.json");
  const dated = JSON.parse(readFileSync(metadata, "utf8")) as Record<string, unknown>;
  writeFileSync(metadata, JSON.stringify({ ...dated, UpdatedAt: now.toISOString() }));
  return { "safety-db": safety, "trivy-db": trivy };
}
