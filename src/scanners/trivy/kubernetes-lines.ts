// The lines of Kubernetes manifests with several documents. Trivy counts them without the separators (trivy/pkg/iac/scanners/kubernetes/parser/parser.go).

const SEPARATOR = /(?<=^|\n)---\r?\n/;

/** Returns the line of the file (1-based) that Trivy means by a line of its count. */
export function kubernetesLine(text: string, counted: number): number {
  let lines = 0;
  let left = 0;
  for (const part of text.split(SEPARATOR)) {
    const own = countLines(part);
    if (counted <= lines + own) break;
    lines += own;
    // It takes an empty part for a line, which stands for the separator.
    if (part !== "") left += 1;
  }
  return counted + left;
}

function countLines(part: string): number {
  if (part === "") return 1;
  const breaks = part.split("\n").length - 1;
  return part.endsWith("\n") ? breaks : breaks + 1;
}
