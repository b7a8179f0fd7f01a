// Trivy on a container image: vulnerable packages and secrets in its layers. A second process looks at the canary with the same database and rules.

import { join } from "node:path";
import type { Coverage, Notice } from "../../findings/coverage.ts";
import type { DecodedFinding, Location } from "../../findings/finding.ts";
import { databaseDirectory } from "../database-directory.ts";
import { inOrder } from "../in-order.ts";
import { decodeReport, unreadable } from "../report-json.ts";
import type { Command, CommandContext, ImageSource, Installation, Report, Scanner, ScannerOutput, ScanTarget } from "../scanner.ts";
import { requirementInput, SCANNED_DIRECTORY, secretInput } from "./layout.ts";
import { trivyCommand } from "./options.ts";
import { type TrivyReport, type TrivyResult, trivyReportSchema } from "./report.ts";
import { requireSecret, requireVulnerable } from "./require-canary.ts";
import { secretFinding } from "./secrets.ts";
import { packageOf, vulnerabilityFinding } from "./vulnerabilities.ts";

export const trivyImage: Scanner = {
  run: "trivy-image",
  scanner: "trivy",
  name: "Trivy",
  informationUri: "https://trivy.dev/",
  appliesTo: ({ image }) => (image === null ? { applies: false, because: "no image was given" } : { applies: true }),
  /** As on the tree. */
  classifyExit: (code) => (code === 0 ? "clean" : "error"),
  parts: [{ commands: imageCommands, decode: decodeImage }],
};

/** An image that was built in the same job is in the Docker daemon and in no registry yet, so the daemon is asked first. */
const SOURCES = ["--image-src", "docker,remote"];
/** The default would keep on disk what is in the layers. */
const CACHE = ["--cache-backend", "memory"];
const COMMON = { scanners: ["vuln", "secret"], databases: ["db", "java-db"] } as const;

function imageCommands({ image }: ScanTarget, context: CommandContext): Command[] {
  if (image === null) return [];
  const source = image.kind === "archive" ? ["--input", image.path] : [...SOURCES, "--", image.reference];
  const canary = join(context.directory(1), SCANNED_DIRECTORY);
  return [
    trivyCommand({ ...COMMON, index: 0, subcommand: "image", rest: [...CACHE, ...source], inputs: [] }, context),
    trivyCommand({ ...COMMON, index: 1, subcommand: "fs", rest: [canary], inputs: [requirementInput(), secretInput()] }, context),
  ];
}

function decodeImage([image, canary]: Iterable<Report>, target: ScanTarget, installation: Installation): ScannerOutput {
  const onCanary = decodeReport("Trivy", canary?.text ?? "", trivyReportSchema);
  requireVulnerable(onCanary.Results, databaseDirectory("Trivy", installation));
  requireSecret(onCanary.Results);
  const report = decodeReport("Trivy", image?.text ?? "", trivyReportSchema);
  const location = { path: imagePath(target.image), startLine: 1, endLine: 1 };
  return {
    findings: inOrder(report.Results.flatMap((result) => findingsOf(result, location))),
    coverage: layerCoverage(report, location.path),
    notices: systemNotices(report, location.path),
    pinsTakenUp: [],
    comments: [],
  };
}

function findingsOf(result: TrivyResult, location: Location): DecodedFinding[] {
  const vulnerabilities = result.Vulnerabilities.map((vulnerability) =>
    vulnerabilityFinding(vulnerability, {
      run: "trivy-image",
      package: packageOf(vulnerability, result),
      location,
      ...(vulnerability.PkgPath ? { where: vulnerability.PkgPath } : {}),
    }),
  );
  return [...vulnerabilities, ...result.Secrets.map((secret) => secretFinding(secret, "trivy-image", location, result.Target))];
}

/** The layers the image says it has, against those Trivy lists. */
function layerCoverage({ Metadata: metadata }: TrivyReport, path: string): Coverage {
  const layers = [...new Set(metadata?.ImageConfig?.rootfs?.diff_ids ?? [])];
  if (layers.length === 0) throw unreadable("Trivy", "Metadata.ImageConfig.rootfs.diff_ids: the image has no layers");
  const seen = new Set(metadata?.DiffIDs);
  const missing = layers.filter((layer) => !seen.has(layer)).map((layer) => ({ path, reason: `Trivy did not look at the layer ${layer}` }));
  return { expected: layers.length, covered: layers.length - missing.length, unit: "image layers", missing };
}

function systemNotices({ Metadata: metadata }: TrivyReport, path: string): Notice[] {
  const system = metadata?.OS;
  if (!system?.Family)
    return [{ path, message: "Trivy knows no operating system of this image, so its system packages were not looked up" }];
  if (system.EOSL !== true) return [];
  return [
    { path, message: `${system.Family} ${system.Name ?? ""} gets no security updates any more, so flaws in its packages may be unknown` },
  ];
}

/** Returns the image's name as a relative path: without tag and digest, with `_` for what a path had better not hold. */
export function imagePath(image: ImageSource | null): string {
  if (image === null) return "image";
  const name = image.kind === "archive" ? image.name : image.reference.replace(/@.*$/s, "").replace(/:[^/:]*$/, "");
  const segments = name.split("/").map((segment) => segment.replace(/[^\w.-]/g, "_"));
  return segments.filter((segment) => !/^\.{0,2}$/.test(segment)).join("/") || "image";
}
