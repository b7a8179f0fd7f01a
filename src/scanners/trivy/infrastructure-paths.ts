// The files for whose sake Trivy's misconfiguration checks run.

import type { ScanTarget } from "../scanner.ts";

/** Every file that may be infrastructure, those that must be first. */
export function infrastructurePaths({ infrastructure, possibleInfrastructure }: ScanTarget): string[] {
  return [...infrastructure.map(({ path }) => path), ...possibleInfrastructure];
}
