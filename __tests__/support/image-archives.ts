// Small container images on disk, made byte by byte: one layer with one installed Python package (image-spec, "image-layout.md"; `docker save`).

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

async function tar(members: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(members)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  return await buffer(archive);
}

function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

async function layerWith(name: string, version: string): Promise<{ layer: Buffer; config: string }> {
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
  const layer = await tar({
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    [`usr/lib/python3/dist-packages/${name}-${version}.dist-info/METADATA`]: metadata,
  });
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [`sha256:${digest(layer)}`] },
  });
  return { layer, config };
}

/** Writes what `docker save` would. */
export async function writeDockerArchive(path: string, name: string, version: string): Promise<void> {
  const { layer, config } = await layerWith(name, version);
  const manifest = JSON.stringify([{ Config: "config.json", RepoTags: ["registry.example/shop:1"], Layers: ["layer.tar"] }]);
  writeFileSync(path, await tar({ "config.json": config, "layer.tar": layer, "manifest.json": manifest }));
}

/** Writes a tar of an OCI image layout. */
export async function writeOciArchive(path: string, name: string, version: string): Promise<void> {
  const { layer, config } = await layerWith(name, version);
  const descriptor = (mediaType: string, content: string | Buffer) => ({
    mediaType,
    digest: `sha256:${digest(content)}`,
    size: Buffer.byteLength(content),
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  });
  const index = JSON.stringify({ schemaVersion: 2, manifests: [descriptor("application/vnd.oci.image.manifest.v1+json", manifest)] });
  const blobs = Object.fromEntries([layer, config, manifest].map((content) => [`blobs/sha256/${digest(content)}`, content]));
  writeFileSync(path, await tar({ "oci-layout": '{"imageLayoutVersion":"1.0.0"}', "index.json": index, ...blobs }));
}
