// A registry on loopback that holds one artifact of one layer, as Trivy's database is published (OCI distribution specification 1.1, pulling).

import { createHash } from "node:crypto";
import { serveOnLoopback } from "./loopback.ts";

const LAYER_TYPE = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip";

/** Serves the layer as `name` and returns the reference that Trivy is given. */
export async function serveArtifact(name: string, layer: Buffer): Promise<string> {
  const config = Buffer.from("{}");
  const described = (mediaType: string, blob: Buffer) => ({ mediaType, digest: digestOf(blob), size: blob.length });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: described("application/vnd.aquasec.trivy.config.v1+json", config),
    layers: [{ ...described(LAYER_TYPE, layer), annotations: { "org.opencontainers.image.title": "db.tar.gz" } }],
  });
  const { url } = await serveOnLoopback(
    new Map<string, Buffer | string>([
      ["/v2/", "{}"],
      [`/v2/${name}/manifests/2`, manifest],
      [`/v2/${name}/blobs/${digestOf(config)}`, config],
      [`/v2/${name}/blobs/${digestOf(layer)}`, layer],
    ]),
  );
  return `${url.replace("http://", "")}/${name}:2`;
}

function digestOf(blob: Buffer): string {
  return `sha256:${createHash("sha256").update(blob).digest("hex")}`;
}
