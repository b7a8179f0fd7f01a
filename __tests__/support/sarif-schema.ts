// The JSON Schema of SARIF 2.1.0 as a check for tests. The schema is draft-04, which needs its own build of ajv.

import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";
import type AjvDraft04 from "ajv-draft-04";
import type addFormats from "ajv-formats";

const require = createRequire(import.meta.url);

function compile(): ValidateFunction {
  const Ajv: typeof AjvDraft04.default = require("ajv-draft-04");
  const withFormats: typeof addFormats.default = require("ajv-formats");
  // A pattern of the schema is no valid regular expression with the u flag.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  withFormats(ajv);
  return ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
}

const validate = compile();

/** Returns how a parsed log violates the schema, one line each; empty for a valid one. */
export function schemaErrors(log: unknown): string[] {
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath || "/"} ${message}`);
}
