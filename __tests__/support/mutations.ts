// Hostile variants of what is well-formed: JSON with a few members replaced, doubled or missing, and texts and bytes that are cut, filled and swapped.

import fc from "fast-check";

type Json = ReturnType<typeof JSON.parse>;

/** Values that a reader might take for what they are not. */
const strange = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    "",
    "__proto__",
    "constructor",
    [],
    {},
    [[]],
    0,
    -1,
    1.5,
    2 ** 53,
    1e308,
    "../../etc/passwd",
    "/etc/passwd",
  ),
  fc.constantFrom<Json>("\n::error::x", "##[add-mask]x", "\uD800", "\0", "9".repeat(400), { length: 3 }, { toString: 1 }, ["a", 1, null]),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Edit {
  readonly at: number;
  readonly kind: "replace" | "remove" | "double" | "add";
  readonly value: Json;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom<Edit["kind"]>("replace", "replace", "replace", "remove", "double", "add"),
  value: strange,
});

/** A JSON value with one to three edits at places that are drawn from all of it. */
export function mutatedJson(original: Json): fc.Arbitrary<Json> {
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => edits.reduce(applyEdit, structuredClone(original)));
}

function applyEdit(json: Json, { at, kind, value: drawn }: Edit): Json {
  const value = structuredClone(drawn);
  const places = placesIn(json);
  const place = places[at % places.length];
  if (place === undefined) return value;
  const { parent, key } = place;
  if (kind === "add") setMember(parent[key], "added", value, parent, key);
  else if (kind === "double" && Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
  else if (kind === "remove" && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (kind === "remove") delete parent[key];
  else parent[key] = value;
  return json;
}

/** As JSON.parse sets members: `__proto__` becomes one like any other. */
function setMember(target: Json, name: string, value: Json, parent: Json, key: string): void {
  if (Array.isArray(target)) target.push(value);
  else if (typeof target === "object" && target !== null)
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  else parent[key] = value;
}

/** Every member at every depth. */
function placesIn(json: Json): { readonly parent: Json; readonly key: string }[] {
  const found: { parent: Json; key: string }[] = [];
  const open: Json[] = [json];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    if (typeof parent !== "object" || parent === null) continue;
    for (const key of Object.keys(parent)) {
      found.push({ parent, key });
      open.push(parent[key]);
    }
  }
  return found;
}

/** A text with up to four pieces cut out, and other pieces put in their places. */
export function mutatedText(original: string, pieces: readonly string[] = []): fc.Arbitrary<string> {
  const put = fc.oneof(fc.string({ unit: "binary", maxLength: 4 }), fc.constantFrom("", "\n", '"', "{", "]", "\0", "\uFEFF", ...pieces));
  const cuts = fc.array(fc.tuple(fc.nat(original.length), fc.nat(12), put), { minLength: 1, maxLength: 4 });
  return cuts.map((all) => all.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), original));
}

/** Bytes of which up to six are others, at times with the end missing or something behind it. */
export function mutatedBytes(original: Buffer): fc.Arbitrary<Buffer> {
  const flips = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { maxLength: 6 });
  const end = fc.oneof(fc.constant(original.length), fc.nat(original.length));
  return fc.tuple(flips, end, fc.uint8Array({ maxLength: 20 }), fc.boolean()).map(([changes, length, tail, hasTail]) => {
    const bytes = Buffer.from(original);
    for (const [at, byte] of changes) bytes[at] = byte;
    return hasTail ? Buffer.concat([bytes.subarray(0, length), tail]) : bytes.subarray(0, length);
  });
}
