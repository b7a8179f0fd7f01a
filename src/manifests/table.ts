// Parsed TOML and JSON as untrusted values: what is a table, and parsing that answers instead of throwing.

import { parse, TomlError } from "smol-toml";

/** A TOML table or JSON object. Keys come from outside: read them with `Object.entries` or by a known name. */
export type Table = Readonly<Record<string, unknown>>;

/** Returns whether a value is a table or object, not an array. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document, or the 1-based line of what is wrong with it where the parser knows. */
export type ParsedTable = { readonly table: Table } | { readonly table: null; readonly line?: number };

/** Parses a TOML 1.0 document. Never throws, however deep the text nests. */
export function parseToml(text: string): ParsedTable {
  try {
    return { table: parse(text) };
  } catch (error) {
    return error instanceof TomlError ? { table: null, line: error.line } : { table: null };
  }
}

/** Parses a JSON object. Never throws; the line is known where the engine's message tells the position. */
export function parseJson(text: string): ParsedTable {
  try {
    const value: unknown = JSON.parse(text);
    return isTable(value) ? { table: value } : { table: null, line: 1 };
  } catch (error) {
    const position = /at position ([0-9]+)/.exec(error instanceof Error ? error.message : "")?.[1];
    return position === undefined ? { table: null } : { table: null, line: text.slice(0, Number(position)).split("\n").length };
  }
}
