// Whether the address of a git remote names one repository of one GitHub server. It compares text and asks nobody; what it does not recognise names nothing.

/** A repository on a GitHub server. */
export interface RepositoryAddress {
  /** E.g. `https://github.com`. */
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** `user@host:path`, git's short form of an ssh address: https://git-scm.com/docs/git-clone#_git_urls */
const SHORT_SSH = /^(?:[^@/:]+@)?([^@/:]+):(?!\/\/)(.+)$/;
const PROTOCOLS = ["https:", "http:", "ssh:"];

/** Tells whether `remoteUrl` (https, http or ssh, with or without `.git`) leads to that repository. Credentials in it and upper case do not matter. */
export function namesRepository(remoteUrl: string, { serverUrl, repository }: RepositoryAddress): boolean {
  const remote = parseUrl(remoteUrl.replace(SHORT_SSH, "ssh://$1/$2"));
  const server = parseUrl(serverUrl);
  if (remote === null || server === null || !PROTOCOLS.includes(remote.protocol)) return false;
  // The port of ssh says nothing about the server; the one of https does.
  const sameHost = remote.protocol === "ssh:" ? sameText(remote.hostname, server.hostname) : sameText(remote.host, server.host);
  return sameHost && sameText(pathOf(remote), repository);
}

/** Compares names as GitHub does: without regard to upper case. */
export function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function pathOf({ pathname }: URL): string {
  return pathname
    .replace(/^\/+/, "")
    .replace(/\/$/, "")
    .replace(/\.git$/i, "");
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
