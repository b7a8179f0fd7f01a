// The names of scanners and of their runs.

/** The scanners, in the order in which they are reported. */
export const SCANNER_IDS = ["bandit", "safety", "trivy"] as const;

export type ScannerId = (typeof SCANNER_IDS)[number];

/** A scanner runs once on the tree; Trivy also once on an image. A run's category in SARIF is `<category>/<run id>/`. */
export const RUN_IDS = ["bandit", "safety", "trivy", "trivy-image"] as const;

export type RunId = (typeof RUN_IDS)[number];
