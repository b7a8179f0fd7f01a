// What the outside world must provide: processes, git, downloads, the clock and a log. The file system is not a port: it is used as it is, and tests use real temporary directories.

/** How a supervised process ended. */
export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out"; readonly timeoutMs: number }
  /** It wrote more than it may, to its output streams or to a watched file. */
  | { readonly kind: "flooded"; readonly limitBytes: number; readonly where: string }
  /** We ended it because our own process was told to stop. */
  | { readonly kind: "interrupted" }
  | { readonly kind: "not-started"; readonly message: string };

export interface ProcessExit {
  readonly end: ProcessEnd;
  /** Wall time in milliseconds. */
  readonly durationMs: number;
  /** The last MiB of each stream, decoded as UTF-8. Untrusted text. */
  readonly stdoutTail: string;
  readonly stderrTail: string;
  /** The end of what it printed, one printable line without secrets; empty when it printed nothing. */
  readonly lastWords: string;
  /** Whether `stderrTail` lacks the beginning of the log, so that what is not in it may still have been logged. */
  readonly stderrDropped: boolean;
}

export interface ProcessRequest {
  /** Absolute path of the executable first; no shell is involved. */
  readonly argv: readonly string[];
  /** The whole environment of the child, but for the mark by which the supervisor finds its descendants; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Limit for stdout and stderr together, bytes. */
  readonly outputLimitBytes: number;
  /** A file whose size is watched while the process runs, e.g. its report. */
  readonly watch?: { readonly path: string; readonly limitBytes: number };
}

/** Runs a process in a group of its own and ends the whole group on timeout, flood or interruption. Never rejects because of the child. */
export interface Processes {
  run(request: ProcessRequest): Promise<ProcessExit>;
}

/** Read-only questions to a git checkout. Every method rejects with a GateError when git cannot answer. */
export interface Git {
  /** Absolute, real path of the work tree's top level that holds `directory`, or null when `directory` is not inside a git work tree. */
  topLevel(directory: string): Promise<string | null>;
  /** Files below `within` (root-relative, `""` for all): tracked ones (submodules entered) and untracked ones that are not ignored. Sorted, unique. */
  files(root: string, within: string): Promise<GitFiles>;
  /** The checked-out commit (40 or 64 hexadecimal digits), or null before the first commit. */
  head(root: string): Promise<string | null>;
  /** The checked-out branch and what is known of it at the remote `origin`, or null when HEAD is detached. */
  branch(root: string): Promise<PublishedBranch | null>;
}

/** A branch that is checked out, and what the last fetch tells of the branch of that name at `origin`. */
export interface PublishedBranch {
  /** `refs/heads/…`. Untrusted text. */
  readonly ref: string;
  /** Tip of `refs/remotes/origin/…`, or null when no such branch was fetched. */
  readonly commit: string | null;
  /** Address of `origin` as configured, before any rewriting; null when there is none, or more than one. May hold credentials. */
  readonly remoteUrl: string | null;
}

export interface GitFiles {
  readonly tracked: readonly string[];
  readonly untracked: readonly string[];
  /** Submodules that are recorded but not initialised: their files are absent. */
  readonly emptySubmodules: readonly string[];
  /** Names that are not valid UTF-8, lossily decoded for display: they cannot be reported on. */
  readonly undecodable: readonly string[];
  /** Those of `tracked` that a sparse checkout leaves out (they may exist all the same); asked for only where files are missing. */
  readonly sparse?: readonly string[];
  /** Directories git could not look into for untracked files. */
  readonly unreadable?: readonly string[];
}

/** What stands at a path of a commit. A submodule's id is the commit it is at. */
export interface TreeEntry {
  readonly kind: "file" | "symlink" | "submodule";
  /** Object id, 40 or 64 hexadecimal digits. */
  readonly id: string;
}

/**
 * The history of a checkout. What the checkout lacks is fetched from the remote that the host knows, into a private repository; the checkout's own is never
 * written. Every method rejects with a GateError `base-unavailable` when git cannot answer or what is missing cannot be fetched.
 */
export interface History {
  /** The commit a revision names in the checkout, or null when it names none there. Nothing is fetched. */
  resolve(revision: string): Promise<string | null>;
  /** The parents of a commit as its object says, also where a shallow clone hides them. Nothing is fetched unless the commit itself is missing. */
  parents(commit: string): Promise<readonly string[]>;
  /** The best common ancestors of two commits: none when they are unrelated, several where branches were merged crosswise. A cut history is completed first. */
  mergeBases(one: string, other: string): Promise<readonly string[]>;
  /** All entries of a commit by path, submodules not entered. A name that is not valid UTF-8 is left out. */
  tree(commit: string): Promise<ReadonlyMap<string, TreeEntry>>;
  /** Contents of files by object id; all of them, or it rejects. Fetches what is missing at once. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
  /** Renames from one commit to another as git detects them: new path to old path. Needs the contents of what was added and deleted, and fetches them. */
  renames(from: string, to: string): Promise<ReadonlyMap<string, string>>;
}

export interface DownloadRequest {
  readonly url: string;
  /** Where to write it; the parent exists. Written whole or not at all. */
  readonly destination: string;
  readonly limitBytes: number;
  readonly timeoutMs: number;
  /** Hosts a redirect may lead to, besides the url's own. */
  readonly redirectHosts?: readonly string[];
}

/** Downloads a file over https (plain http only to loopback addresses). Rejects with an InstallError `download-failed` that names the address and the reason. */
export interface Downloads {
  download(request: DownloadRequest): Promise<{ readonly bytes: number; readonly sha256: string }>;
}

export interface Clock {
  now(): Date;
  /** Milliseconds that only grow. */
  monotonic(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** One line of text per call; the implementation neutralises what is untrusted. */
export interface Logger {
  debug(message: string): void;
  say(message: string): void;
  warn(message: string): void;
}

/** A scanner's progress, for whoever shows it. */
export interface Progress {
  started(run: string, doing: string): void;
  finished(run: string, outcome: string): void;
}

export interface Platform {
  readonly os: "linux" | "darwin" | "win32" | "other";
  readonly arch: "x64" | "arm64" | "other";
  readonly cores: number;
}

/** Facts of the environment, read once at the start; children see nothing else of it. */
export interface Surroundings {
  /** PATH, only to look for a Python interpreter and git. */
  readonly searchPath: string;
  /** Proxy and certificate variables, for downloads only: HTTP(S)_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE. */
  readonly network: Readonly<Record<string, string>>;
  /** What every child needs to start at all: SYSTEMROOT on Windows, nothing elsewhere. */
  readonly system: Readonly<Record<string, string>>;
  /** Directory of the running program: dist/, or src/ in development. */
  readonly programDirectory: string;
  /** Directory with the hash locks of the Python scanners. */
  readonly locksDirectory: string;
  /** PATH of scanner processes: the system's own directories, never one of the user's. */
  readonly childSearchPath: string;
  /** Directory with the registry credentials of the user's container engine; only the process that pulls a private image sees it. */
  readonly dockerConfig: string | null;
  /** Where installed tools and databases are kept between runs. */
  readonly cacheDirectory: string;
  /** A private (0700), empty directory for this run. */
  readonly scratch: string;
}

/** A part of the cache directory that a job can bring from other machines and leave to them; each is the directory of that name. */
export type CarriedPart = "results" | "safety-db" | "trivy-db";

/** What of the cache directory outlives the machine, where machines are thrown away. */
export interface CarriedCache {
  /** Resolves when the part is as it will be in this run, brought back or not. However often it is asked for, it is brought once. Never rejects. */
  restore(part: CarriedPart): Promise<void>;
  /** Null: none may be used, and none are kept. */
  readonly results: ResultsPlace | null;
}

/** Where results of earlier runs are, and what they are good for. */
export interface ResultsPlace {
  /** Absolute; it need not exist. */
  readonly directory: string;
  /** Whether what this run finds out may be kept for later ones: not where a change decides what runs. */
  readonly keeps: boolean;
  /** Whether they may be used where nothing is compared, so that nothing tells what a change could have brought. */
  readonly decideAlone: boolean;
}

export interface Host {
  readonly processes: Processes;
  readonly git: Git;
  /** The history of the checkout at `root`. */
  readonly history: (root: string) => History;
  readonly downloads: Downloads;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly progress: Progress;
  readonly platform: Platform;
  readonly surroundings: Surroundings;
  readonly carried: CarriedCache;
}
