// Every way to pin a package leads to its advisories, at the line that pins it. Real scanners, built dist.

import { describe, expect, it } from "vitest";
import { makeProject, type Report, scanDirectory } from "../support/run-cli.ts";

const PROJECT = {
  "requirements.txt": [
    "django\t==2.2.0",
    "flask \\",
    "    ==0.12",
    "pyyaml===5.3",
    "requests[security,socks]==2.19.1",
    "-r deps/base.txt",
    "-c limits.txt",
    "jinja2",
    "Pillow == 6.2.1 ; python_version < '4'",
    "",
  ].join("\n"),
  "deps/base.txt": "werkzeug==0.15.0\n",
  "limits.txt": "jinja2==2.10\n",
  "Pipfile.lock": JSON.stringify(
    {
      _meta: { hash: { sha256: "0" }, "pipfile-spec": 6, requires: {}, sources: [] },
      default: {},
      develop: { urllib3: { version: "==1.24.1" } },
    },
    null,
    4,
  ),
  "service/uv.lock": [
    "version = 1",
    "",
    "[[package]]",
    'name = "py"',
    'version = "1.11.0"',
    'source = { registry = "https://example.com" }',
    "",
  ].join("\n"),
};

const EXPECTED = [
  ["django", "requirements.txt", 1],
  ["flask", "requirements.txt", 2],
  ["pyyaml", "requirements.txt", 4],
  ["requests", "requirements.txt", 5],
  ["pillow", "requirements.txt", 9],
  ["werkzeug", "deps/base.txt", 1],
  ["jinja2", "limits.txt", 1],
  ["py", "service/uv.lock", 5],
] as const;

async function places(report: Report): Promise<Map<string, { path: string; startLine: number; scanners: readonly string[] }>> {
  return new Map(report.findings.flatMap((finding) => (finding.package === null ? [] : [[finding.package.name.toLowerCase(), finding]])));
}

describe("pinned packages", async () => {
  const { report } = await scanDirectory(makeProject(PROJECT));
  const found = await places(report);

  it.each(EXPECTED)("%s is looked up by both scanners and found at %s:%d", (name, path, line) => {
    expect(found.get(name)).toMatchObject({ path, startLine: line, scanners: ["trivy", "safety"] });
  });

  it("in the develop part of Pipfile.lock are looked up as well", () => {
    expect(found.get("urllib3")).toMatchObject({ path: "Pipfile.lock", scanners: ["trivy", "safety"] });
  });

  it("leave no gap", () => {
    expect(report.verdict).toBe("fail");
  });
});
