// The answer of everything that looks at one file for the misconfiguration checks.

import type { InfrastructureFile } from "../scanners/scanner.ts";

/** What a file is to Trivy: of a type that it must name, something it may name, or nothing. */
export type InfrastructureClass = InfrastructureFile["type"] | "possible" | null;
