import { describe, expect, it } from "vitest";
import { manifestFormat } from "../../src/manifests/manifest-format.ts";

describe("manifestFormat", () => {
  it.each([
    "requirements.txt",
    "requirements.in",
    "requirements.pip",
    "Requirements.TXT",
    "requirements-dev.txt",
    "requirements_test.in",
    "dev-requirements.txt",
    "test_requirements.txt",
    "dev-requirements-py3.txt",
    "api/requirements.prod.txt",
    "constraints.txt",
    "upper-constraints.txt",
    "requirements/base.txt",
    "requirements/edx/base.in",
    "src/reqs/prod.txt",
  ])("takes %s for a requirements file", (path) => {
    expect(manifestFormat(path)).toBe("requirements");
  });

  it.each([
    ["Pipfile.lock", "Pipfile.lock"],
    ["api/poetry.lock", "poetry.lock"],
    ["uv.lock", "uv.lock"],
    ["pylock.toml", "pylock.toml"],
    ["pylock.dev-3.toml", "pylock.toml"],
  ])("takes %s for a lock", (path, format) => {
    expect(manifestFormat(path)).toBe(format);
  });

  it.each([
    "notes.txt",
    "requirements.md",
    "requirements.txt.bak",
    "requirements/readme.md",
    "requirements/README.txt",
    "requirements/LICENSE.txt",
    "requirements/parse.py",
    "requirements.py",
    "myreqs/base.txt",
    "Pipfile",
    "pyproject.toml",
    "pylock..toml",
    "pylock.a.b.toml",
    "cargo/Cargo.lock",
    "docs/uv.lock.txt",
  ])("takes %s for no manifest", (path) => {
    expect(manifestFormat(path)).toBeNull();
  });
});
