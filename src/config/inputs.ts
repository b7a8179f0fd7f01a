// The inputs by name: one table for action.yml, the command line, the README and the parser. Tests hold them equal.

export interface InputSpec {
  readonly default: string;
  /** One sentence; the same text stands in action.yml, in `--help` and in the README. */
  readonly description: string;
  /** Which of the two entries offers it. */
  readonly offered: "both" | "action" | "cli";
  /** Name of the value in `--help`; a flag without one is a switch. */
  readonly value?: string;
}

export const INPUTS = {
  path: { default: ".", offered: "action", description: "Directory to scan, inside the workspace." },
  scanners: {
    default: "bandit, safety, trivy",
    offered: "both",
    value: "LIST",
    description: "Scanners to run, separated by commas: bandit, safety, trivy.",
  },
  "fail-on": {
    default: "",
    offered: "both",
    value: "SEVERITY",
    description:
      "Findings at or above this severity fail the gate: critical, high, medium, low or never; by default high. Not together with a policy that says what fails.",
  },
  policy: {
    default: "",
    offered: "both",
    value: "FILE",
    description: "Policy file; by default .github/sarif-gate.yml where there is one. A named file that is missing is an error.",
  },
  scope: {
    default: "auto",
    offered: "both",
    value: "SCOPE",
    description:
      "What gates: `new` findings, or `all`. `auto` is `new` on pull requests, in merge queues, on pushes and with `base`, and `all` everywhere else.",
  },
  base: {
    default: "",
    offered: "both",
    value: "REVISION",
    description:
      "Revision that new findings are measured against; by default the event decides. Refused on pull requests and in merge queues, where it always does.",
  },
  image: { default: "", offered: "both", value: "REFERENCE", description: "Container image to scan with Trivy besides the directory." },
  "image-archive": {
    default: "",
    offered: "both",
    value: "PATH",
    description: "Container image on disk: a docker save tar, an OCI layout directory or an OCI tar.",
  },
  upload: {
    default: "auto",
    offered: "action",
    description:
      "Upload to code scanning: auto where the event and the repository allow it, always (not being able to is a failure) or never.",
  },
  "wait-for-processing": {
    default: "true",
    offered: "action",
    description: "Wait for GitHub's answer to the upload; false makes the step end when GitHub has taken the file.",
  },
  category: {
    default: "sarif-gate",
    offered: "both",
    value: "NAME",
    description: "Prefix of every run's category; matrix and monorepo jobs set their own.",
  },
  "sarif-file": {
    default: "",
    offered: "action",
    description: "Where to write the merged SARIF; by default in the runner's temporary directory.",
  },
  token: {
    default: "${{ github.token }}",
    offered: "action",
    description:
      "Token for the upload and for reading the base commit; no scanner ever sees it. An empty one means that the run has none and uploads nothing.",
  },
  "safety-db": {
    default: "",
    offered: "both",
    value: "DIR",
    description: "Directory with Safety's insecure.json and insecure_full.json; nothing is downloaded for Safety then.",
  },
  "trivy-db": {
    default: "",
    offered: "both",
    value: "DIR",
    description: "Trivy cache directory, the one that holds db/; no vulnerability database is downloaded then.",
  },
  "trivy-db-repository": {
    default: "",
    offered: "both",
    value: "LIST",
    description: "Mirrors of Trivy's database, separated by commas, in the order to try; Trivy's own by default.",
  },
  python: {
    default: "",
    offered: "both",
    value: "INTERPRETER",
    description: "Python interpreter for Bandit and Safety, 3.10 to 3.14; by default the newest on PATH.",
  },
  "python-index-url": {
    default: "",
    offered: "both",
    value: "URL",
    description: "Package index for the hash-locked scanner wheels; pip's own by default.",
  },
  cache: {
    default: "true",
    offered: "action",
    description: "Reuse results and databases of earlier runs; false scans everything and downloads the databases afresh.",
  },
  offline: {
    default: "false",
    offered: "both",
    description: "Download nothing: use what is installed and cached, or fail saying what is missing.",
  },
  "timeout-minutes": {
    default: "15",
    offered: "action",
    description: "Time for the scan as a whole, in minutes; each scanner gets what is left.",
  },
  "max-database-age": {
    default: "",
    offered: "cli",
    value: "DAYS",
    description:
      "Oldest vulnerability database to accept, in days, or `any`; by default what the policy says, or else 7 for Trivy and 45 for Safety.",
  },
} as const satisfies Record<string, InputSpec>;

export type InputName = keyof typeof INPUTS;

export const INPUT_NAMES = Object.keys(INPUTS) as readonly InputName[];

/** Raw text per input; an empty string means "not given". */
export type RawInputs = Readonly<Record<InputName, string>>;
