// What this program asks of GitHub's code scanning, and what it may hear. The client makes it over https; tests that need no network make their own.

/** The body of an upload (https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data). */
export interface SarifUpload {
  readonly commit_sha: string;
  readonly ref: string;
  /** Base64 of the gzip of the log. */
  readonly sarif: string;
  /** `file:` address of the checkout. */
  readonly checkout_uri: string;
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  readonly started_at: string;
}

/** GitHub's last word to a call, after whatever was repeated; silence when nothing came back. Messages and bodies are untrusted. */
export type Answer = HttpAnswer | { readonly kind: "silence"; readonly message: string };

export interface HttpAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly message: string;
  readonly body: unknown;
  /** Where a redirect leads. */
  readonly location: string | null;
  /** GitHub's primary or secondary rate limit. */
  readonly rateLimited: boolean;
  /** When a limit ends, in seconds from now; null when GitHub does not say. */
  readonly waitSeconds: number | null;
}

/** Never rejects: whatever goes wrong is an answer. `deadline` is a time of the monotonic clock, after which nothing is repeated. */
export interface CodeScanning {
  upload(body: SarifUpload, deadline: number): Promise<Answer>;
  status(sarifId: string, deadline: number): Promise<Answer>;
  analyses(sarifId: string, deadline: number): Promise<Answer>;
}
