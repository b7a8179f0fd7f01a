// Where pip may break the lines of a requirements file otherwise than we do, because it decodes the bytes otherwise: there a pin hides in a comment.
// It refuses no text: what can be read is read all the same.

import type { Gap } from "../findings/coverage.ts";

/** As pip searches the bytes of a line, which end at a line feed alone; its `\s` and `\w` know ASCII only. */
const DECLARATION = /^#.*?coding[:=][ \t\r\v\f]*([-\w.]+)/s;
const UTF8 = /^(?:utf[-_]?8(?:[-_]sig)?|(?:us-)?ascii)$/i;

/** Returns the gaps of a decoded text: at a declaration of another encoding (PEP 263, first two lines) and at lines with bytes that could hide a pin. */
export function encodingGaps(path: string, text: string): Gap[] {
  return [...declarationGaps(path, text), ...byteGaps(path, text)];
}

function declarationGaps(path: string, text: string): Gap[] {
  const declarations = text.split("\n", 2).map((line) => DECLARATION.exec(line)?.[1]);
  const line = declarations.findIndex((encoding) => encoding !== undefined) + 1;
  if (line === 0 || UTF8.test(declarations[line - 1] ?? "")) return [];
  const reason = "declares an encoding other than UTF-8, so pip may read other lines than we do";
  return [{ path, line, reason, remedy: "Save it as UTF-8 and remove the declaration." }];
}

function byteGaps(path: string, text: string): Gap[] {
  if (!text.includes("\uFFFD")) return [];
  const reason = "is not UTF-8 here, so pip may read other lines than we do";
  return text.split(/\r\n|\n|\r/).flatMap((content, index) => {
    const first = content.indexOf("\uFFFD");
    return first !== -1 && hidesSomething(content.slice(first)) ? [{ path, line: index + 1, reason, remedy: "Save it as UTF-8." }] : [];
  });
}

/**
 * Whether a line could hide something; `rest` is what it holds from its first byte on that is not UTF-8. Such bytes make pip fall back to the locale's
 * encoding, where one of them may end a line (0x85 in Latin-1) or have a `\` as its second half (Shift JIS). It matters where a pin or an option follows,
 * or the line ends in `\`; a name with an accent in a comment hides nothing.
 */
function hidesSomething(rest: string): boolean {
  return rest.includes("==") || rest.endsWith("\\") || rest.split("\uFFFD").some((part) => /^\s*-\S/.test(part));
}
