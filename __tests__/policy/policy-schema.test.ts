import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { policyFileSchema, policyJsonSchema } from "../../src/policy/policy-schema.ts";
import { readPolicyYaml } from "../../src/policy/policy-yaml.ts";
import { ACCEPTED_POLICIES, REFUSED_POLICIES } from "../fixtures/policies/cases.ts";

// `required` stands in `oneOf` and `not` beside the properties it names, which strictRequired does not see.
const accepts = new Ajv2020({ strict: true, strictRequired: false }).compile(policyJsonSchema());

describe("policy.schema.json", () => {
  it("is what the schema in the source says", () => {
    const committed: unknown = JSON.parse(readFileSync(new URL("../../policy.schema.json", import.meta.url), "utf8"));
    expect(committed).toEqual(policyJsonSchema());
  });

  it("describes every key and is closed everywhere", () => {
    const loose = mappings(policyJsonSchema(), "policy").filter(({ schema }) => schema["additionalProperties"] !== false);
    const keys = mappings(policyJsonSchema(), "policy").flatMap(({ schema, name }) =>
      Object.entries(members(schema["properties"])).map(([key, value]) => ({
        name: `${name}.${key}`,
        description: members(value)["description"],
      })),
    );
    expect(loose.map(({ name }) => name)).toEqual([]);
    expect(keys.filter(({ description }) => description === undefined).map(({ name }) => name)).toEqual([]);
    expect(keys.length).toBeGreaterThan(35);
  });

  it.each(ACCEPTED_POLICIES)("accepts $name, as the source does", ({ text }) => {
    const { value } = readPolicyYaml(text);
    expect([accepts(value), policyFileSchema.safeParse(value).success]).toEqual([true, true]);
  });

  it.each(REFUSED_POLICIES.filter(({ toldBy }) => toldBy === undefined))("refuses $name, as the parser does", ({ text }) => {
    expect(accepts(readPolicyYaml(text).value)).toBe(false);
  });

  it.each(REFUSED_POLICIES.filter(({ toldBy }) => toldBy === "parser"))("leaves $name to the parser", ({ text }) => {
    expect(accepts(readPolicyYaml(text).value)).toBe(true);
  });

  it.each(REFUSED_POLICIES.filter(({ toldBy }) => toldBy === "yaml"))("never gets to see $name", ({ text }) => {
    expect(readPolicyYaml(text).problems).not.toEqual([]);
  });
});

type Members = Readonly<Record<string, unknown>>;

function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Every schema of a mapping, the whole one first. */
function mappings(schema: unknown, name: string): { readonly schema: Members; readonly name: string }[] {
  const own = members(schema);
  const inner = Object.entries(members(own["properties"])).flatMap(([key, value]) => mappings(value, `${name}.${key}`));
  const element = own["items"] === undefined ? [] : mappings(own["items"], `${name}[]`);
  return [...(own["type"] === "object" ? [{ schema: own, name }] : []), ...inner, ...element];
}
