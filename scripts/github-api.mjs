// Asks GitHub's REST API for one thing. Follows no redirect: a repository that answers from elsewhere is not the one that was named.
// The token (GITHUB_TOKEN) is optional and goes to no other origin than the API's, and to none without TLS except loopback.

const API = new URL(process.env.GITHUB_API_URL ?? "https://api.github.com");
const TOKEN = process.env.GITHUB_TOKEN ?? "";
const LIMIT_MS = 30_000;

if (API.protocol !== "https:" && API.hostname !== "127.0.0.1") throw new Error(`GITHUB_API_URL must be https: ${API}`);

/** Returns the parsed answer, or null where GitHub says 404. Throws on every other status, so that an outage is never taken for absence. */
export async function ask(path) {
  const response = await fetch(`${API.href.replace(/\/$/, "")}${path}`, {
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      ...(TOKEN === "" ? {} : { authorization: `Bearer ${TOKEN}` }),
    },
    redirect: "manual",
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (response.status === 404) return null;
  if (response.status >= 300 && response.status < 400)
    throw new Error(`GET ${path}: moved elsewhere (${response.status}), which is not followed`);
  if (!response.ok) throw new Error(`GET ${path}: GitHub answered ${response.status}`);
  return response.json();
}

/** Returns the commit that a tag of a repository names, through annotated tags; null where the tag does not exist. */
export async function commitOfTag(repository, tag) {
  const reference = await ask(`/repos/${repository}/git/ref/tags/${tag}`);
  let object = reference?.object ?? null;
  // An annotated tag may name another one; more than a few are a cycle or a joke.
  for (let depth = 0; object?.type === "tag" && depth < 5; depth += 1) {
    object = (await ask(`/repos/${repository}/git/tags/${object.sha}`))?.object ?? null;
  }
  if (object === null) return null;
  if (object.type !== "commit") throw new Error(`${repository} ${tag} names a ${object.type}, not a commit`);
  return object.sha;
}
