// Writes what the fake GitHub of the tests needs of GitHub's own OpenAPI descriptions: three operations, their constraints only.
// The package unpacks to 413 MB, far too much for a development dependency, so the excerpts are committed.
//
//   node scripts/excerpt-openapi.mjs             fetches the package with `npm pack` and writes __tests__/fixtures/github-openapi/
//   node scripts/excerpt-openapi.mjs --check     compares instead of writing; exits 1 on a difference
//   ... [--check] PACKAGE.tgz                    takes a package that was packed before
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";

const PACKAGE = "@octokit/openapi";
const VERSION = "23.0.2";
const DESCRIPTIONS = ["api.github.com", "ghec", "ghes-3.17", "ghes-3.18", "ghes-3.19"];
const OPERATIONS = [
  ["post", "/repos/{owner}/{repo}/code-scanning/sarifs"],
  ["get", "/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}"],
  ["get", "/repos/{owner}/{repo}/code-scanning/analyses"],
];
const PROSE = ["description", "summary", "title", "tags", "example", "examples", "externalDocs"];
const FIXTURES = join(import.meta.dirname, "..", "__tests__", "fixtures", "github-openapi");

const check = process.argv.includes("--check");
const packed = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
const work = mkdtempSync(join(tmpdir(), "excerpt-openapi-"));
let differs = false;
try {
  const members = await readMembers(packed ?? fetchPackage(work), ["package.json", ...DESCRIPTIONS.map(memberOf)]);
  const { name, version, license } = JSON.parse(members.get("package.json"));
  if (name !== PACKAGE || version !== VERSION) throw new Error(`This is ${name} ${version}, not ${PACKAGE} ${VERSION}`);
  mkdirSync(FIXTURES, { recursive: true });
  for (const description of DESCRIPTIONS) {
    const source = { package: name, version, license, file: memberOf(description) };
    const excerpt = { source, ...excerptOf(JSON.parse(members.get(memberOf(description)))) };
    keep(join(FIXTURES, `${description}.json`), `${JSON.stringify(excerpt, null, 2)}\n`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(differs ? 1 : 0);

function memberOf(description) {
  return `generated/${description}.json`;
}

function fetchPackage(directory) {
  const argv = ["pack", `${PACKAGE}@${VERSION}`, "--silent", "--ignore-scripts", "--pack-destination", directory];
  return join(directory, execFileSync("npm", argv, { encoding: "utf8" }).trim());
}

/** Returns the texts of the named members, and throws when one is missing. */
async function readMembers(archive, names) {
  const members = new Map();
  for await (const entry of createReadStream(archive).pipe(createGunzip()).pipe(tar.extract())) {
    const name = entry.header.name.replace(/^package\//u, "");
    if (names.includes(name)) members.set(name, await text(entry));
    else entry.resume();
  }
  const missing = names.filter((name) => !members.has(name));
  if (missing.length > 0) throw new Error(`${archive} does not hold ${missing.join(", ")}`);
  return members;
}

function excerptOf(description) {
  const paths = {};
  for (const [method, path] of OPERATIONS) {
    const operation = description.paths[path]?.[method];
    if (operation === undefined) throw new Error(`No operation ${method} ${path}`);
    paths[path] = { ...paths[path], [method]: constraints(operation, description) };
  }
  return { openapi: description.openapi, paths };
}

/** Returns a node of the description without prose and with every reference resolved in place. */
function constraints(node, description) {
  if (Array.isArray(node)) return node.map((item) => constraints(item, description));
  if (typeof node !== "object" || node === null) return node;
  if (node.$ref !== undefined) return constraints(target(node.$ref, description), description);
  const kept = Object.entries(node).filter(([key]) => !PROSE.includes(key) && !key.startsWith("x-"));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === "properties" ? members(value, description) : constraints(value, description)]),
  );
}

/** A property may be called `description`: names of properties are no prose. */
function members(properties, description) {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, constraints(schema, description)]));
}

/** Resolves a reference inside the document (RFC 6901 escapes). */
function target(reference, description) {
  const keys = reference.replace(/^#\//u, "").split("/");
  return keys.reduce((node, key) => node[key.replaceAll("~1", "/").replaceAll("~0", "~")], description);
}

function keep(file, content) {
  if (!check) return writeFileSync(file, content);
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  differs = true;
  console.error(`${file} is not the excerpt of ${PACKAGE} ${VERSION}. Run scripts/excerpt-openapi.mjs.`);
}
