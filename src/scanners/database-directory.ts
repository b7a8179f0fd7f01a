// A scanner of dependencies without its database would look them up somewhere else, or nowhere.

import { ScannerError } from "../errors.ts";
import type { Installation } from "./scanner.ts";

/** Returns the directory of the database. Throws a ScannerError `database-unusable` when there is none. */
export function databaseDirectory(scanner: string, { databaseDirectory: directory }: Installation): string {
  if (directory === null) throw new ScannerError("database-unusable", `${scanner} has no vulnerability database.`);
  return directory;
}
