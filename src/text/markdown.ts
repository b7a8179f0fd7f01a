// Untrusted text in GitHub-flavoured markdown: paragraphs, table cells, inline code and links. Whatever could be markup becomes a numeric
// character reference, which shows the character and can never be structure (CommonMark 0.31, section 2.5), so one rule fits every place.
// Secrets are redacted before, because nothing would recognise their shape afterwards.

import { printable } from "./printable.ts";
import { redact } from "./redact.ts";

/** Emphasis, code, links, HTML, references, table cells, strikethrough, math, and what makes an address into a link by itself. */
const MARKUP = /[\\`*_[\]<>&|~$]|:(?=\/\/)|(?<=www)\./giu;

/** What starts a list, a heading, an underline or indented code when it opens a paragraph. */
const BLOCK_START = /^(?:[-+=#\s]|\d(?=\d{0,8}[.)](?:\s|$)))/u;

/** Escapes text for a paragraph or a table cell. A zero-width space keeps `@name` from being a mention and `#1` from being a reference. */
export function escapeMarkdown(text: string): string {
  return references(text).replace(/@(?=\w)|(?<!&)#(?=\d)/g, "$&&#8203;");
}

/** Renders text as inline code, exact to the character; safe for back-quotes and inside tables, where a code span is not. */
export function code(text: string): string {
  return `<code>${references(text)}</code>`;
}

/** Renders a link to an https address without credentials; for any other address only the text. `render` is how the text is shown. */
export function link(text: string, url: string, render: (text: string) => string = escapeMarkdown): string {
  const address = httpsAddress(url);
  return address === null ? render(text) : `[${render(text)}](<${address}>)`;
}

function references(text: string): string {
  return printable(redact(text, [])).replace(MARKUP, reference).replace(BLOCK_START, reference);
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** A parsed address is ASCII without `<`, `>` and white space; these five are all that could still end the link or the cell. */
function httpsAddress(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.protocol !== "https:" || parsed.username !== "" || parsed.password !== "") return null;
  return parsed.href.replace(/[\\|`]/g, (character) => encodeURIComponent(character)).replaceAll("&", "&amp;");
}
