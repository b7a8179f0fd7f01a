// Files that hold a pointer of Git LFS where their content should be: no scanner looked at the content. That is a gap, except for formats no scanner would
// have read. Fetches nothing.

import { posix } from "node:path";
import type { Gap, Notice } from "../findings/coverage.ts";
import { POINTER_LIMIT_BYTES, pointedSha256 } from "./blob-id.ts";
import { nameSome } from "./name-some.ts";
import type { Tree } from "./tree.ts";

/**
 * Formats in which no scanner finds anything, and for which Git LFS is mostly used. A format is absent when it is text (SVG, notebooks), or when a scanner
 * looks into it (archives can be Helm charts).
 */
const UNREAD_EXTENSIONS: ReadonlySet<string> = new Set(
  [
    "png jpg jpeg gif webp bmp tif tiff ico icns heic avif psd", // images
    "mp3 wav flac ogg m4a aac", // audio
    "mp4 m4v mov avi mkv webm mpg mpeg", // video
    "ttf otf woff woff2 eot", // fonts
    "pdf doc docx xls xlsx ppt pptx odt ods odp", // documents
    "bin pkl joblib pt pth ckpt safetensors onnx gguf tflite h5 hdf5", // machine-learning models; Trivy passes over every `.bin`
    "npy npz parquet feather", // arrays and columns
    "iso img dmg qcow2 vmdk vdi vhd vhdx", // disk images
    "db sqlite sqlite3", // databases
  ].flatMap((line) => line.split(" ")),
);

const POINTER = {
  reason: "is a Git LFS pointer, its content was not fetched",
  remedy: "Check out with `lfs: true`, or run `git lfs pull`.",
};

/** Looks at `files` in their order; asks for no more of one than a pointer can have. */
export function findPointers(files: readonly string[], read: Tree["read"]): { gaps: Gap[]; notices: Notice[] } {
  const pointers = files.filter((path) => {
    const bytes = read(path, POINTER_LIMIT_BYTES);
    return bytes !== undefined && pointedSha256(bytes) !== null;
  });
  const unread = pointers.filter(isUnread);
  return {
    gaps: pointers.filter((path) => !isUnread(path)).map((path) => ({ path, ...POINTER })),
    notices: unread.length === 0 ? [] : [noticeOf(unread)],
  };
}

function isUnread(path: string): boolean {
  return UNREAD_EXTENSIONS.has(posix.extname(path).slice(1).toLowerCase());
}

function noticeOf(paths: readonly string[]): Notice {
  const files = paths.length === 1 ? "1 file is a Git LFS pointer" : `${paths.length} files are Git LFS pointers`;
  return { message: `${files} to content that no scanner reads as text (${nameSome(paths)})` };
}
