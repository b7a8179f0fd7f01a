// Every scanner there is, once for each of its runs. A fourth scanner is one folder and one line here.

import { RUN_IDS, type RunId } from "../findings/scanner-id.ts";
import { bandit } from "./bandit/index.ts";
import { safety } from "./safety/index.ts";
import type { Scanner } from "./scanner.ts";
import { trivyImage } from "./trivy/image.ts";
import { trivy } from "./trivy/index.ts";

const BY_RUN = { bandit, safety, trivy, "trivy-image": trivyImage } satisfies Record<RunId, Scanner>;

/** The scanners in the order in which runs are reported. */
export const SCANNERS: readonly Scanner[] = RUN_IDS.map((run) => BY_RUN[run]);
