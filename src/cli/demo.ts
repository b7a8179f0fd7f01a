// The demo: the bundled sample shop, scanned with the bundled small databases.

import { join } from "node:path";
import type { RawInputs } from "../config/inputs.ts";

/** Points the inputs at the examples beside `home` (dist/ or src/), which are dated and say so in the report. */
export function demoInputs(raw: RawInputs, home: string): RawInputs {
  const examples = join(home, "..", "examples");
  return {
    ...raw,
    path: join(examples, "vulnerable-shop"),
    "safety-db": join(examples, "databases", "safety"),
    "trivy-db": join(examples, "databases", "trivy"),
    "max-database-age": "any",
  };
}
