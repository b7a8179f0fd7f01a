// GitHub's OpenAPI description of the three operations of code scanning, as checks on requests and answers.
// It knows what the excerpt in fixtures says, and nothing that GitHub only says in prose.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type SchemaObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** The excerpts that scripts/excerpt-openapi.mjs writes. */
export const DESCRIPTIONS = ["api.github.com", "ghec", "ghes-3.17", "ghes-3.18", "ghes-3.19"] as const;
export type DescriptionName = (typeof DESCRIPTIONS)[number];

interface Described {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: "path" | "query"; required?: boolean; schema: SchemaObject }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: SchemaObject } } };
  readonly responses: Readonly<Record<string, { readonly content?: { readonly "application/json": { readonly schema: SchemaObject } } }>>;
}

export interface Excerpt {
  readonly source: { readonly package: string; readonly version: string; readonly license: string; readonly file: string };
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** One operation as it was asked for. */
export interface Operation {
  /** GitHub's operationId, such as `code-scanning/upload-sarif`. */
  readonly id: string;
  /** Values of the path's variables. */
  readonly variables: ReadonlyMap<string, string>;
  /** How a query and a parsed body (null for none) violate the description, one line each. */
  requestErrors(query: Readonly<Record<string, string>>, body: unknown): string[];
  /** How an answer violates the description; null for a status that the description does not list. */
  responseErrors(status: number, body: unknown): string[] | null;
}

export function readExcerpt(name: DescriptionName): Excerpt {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", "fixtures", "github-openapi", `${name}.json`), "utf8"));
}

/** Returns a lookup of operations by method and path without query; it returns null for an unknown one. */
export function describeGitHub(name: DescriptionName): (method: string, path: string) => Operation | null {
  const routes = Object.entries(readExcerpt(name).paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, described]) => ({ method, template, compiled: compile(described) })),
  );
  return (method, path) => {
    for (const { template, compiled, ...route } of routes) {
      const variables = route.method === method.toLowerCase() ? matchTemplate(template, path) : null;
      if (variables !== null) return { ...compiled, variables };
    }
    return null;
  };
}

function matchTemplate(template: string, path: string): ReadonlyMap<string, string> | null {
  const names = template.split("/");
  const values = path.split("/");
  if (names.length !== values.length) return null;
  const variables = new Map<string, string>();
  for (const [at, name] of names.entries()) {
    const value = values[at] ?? "";
    if (name.startsWith("{") && value !== "") variables.set(name.slice(1, -1), decodeURIComponent(value));
    else if (name !== value) return null;
  }
  return variables;
}

function compile({ operationId, parameters, requestBody, responses }: Described): Omit<Operation, "variables"> {
  const ajv = formats.default(new Ajv({ allErrors: true }));
  const forText = formats.default(new Ajv({ allErrors: true, coerceTypes: true }));
  const query = forText.compile(querySchema(parameters));
  const body = requestBody === undefined ? null : ajv.compile(requestBody.content["application/json"].schema);
  const answers = new Map(
    Object.entries(responses).map(([status, { content }]) => [
      Number(status),
      content === undefined ? null : ajv.compile(closed(content["application/json"].schema)),
    ]),
  );
  return {
    id: operationId,
    requestErrors: (sentQuery, sentBody) => {
      const inBody = body === null ? (sentBody === null ? [] : ["body: not expected"]) : errorsOf(body, sentBody, "body");
      return [...errorsOf(query, { ...sentQuery }, "query"), ...inBody];
    },
    responseErrors: (status, answer) => {
      const check = answers.get(status);
      if (check === undefined) return null;
      return check === null ? [] : errorsOf(check, answer, "answer");
    },
  };
}

function querySchema(parameters: Described["parameters"]): SchemaObject {
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  return {
    type: "object",
    properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema])),
    required: inQuery.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** GitHub may add members to an answer at any time; the fake may not invent one. */
function closed(schema: SchemaObject): SchemaObject {
  if (schema.type === "array") return { ...schema, items: closed(schema["items"]) };
  if (schema.type !== "object") return schema;
  const properties: Readonly<Record<string, SchemaObject>> = schema["properties"];
  const members = Object.entries(properties).map(([name, member]) => [name, closed(member)]);
  return { ...schema, properties: Object.fromEntries(members), additionalProperties: false };
}

function errorsOf(validate: ValidateFunction, value: unknown, where: string): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message, params }: ErrorObject) => {
    const extra: unknown = params["additionalProperty"];
    return `${where}${instancePath} ${message}${typeof extra === "string" ? `: ${extra}` : ""}`;
  });
}
