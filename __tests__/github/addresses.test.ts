import { describe, expect, it } from "vitest";
import { alertsUrl, parseApiUrl } from "../../src/github/addresses.ts";

describe("parseApiUrl", () => {
  it.each([
    ["https://api.github.com", "https://api.github.com"],
    ["https://api.shop.ghe.com/", "https://api.shop.ghe.com"],
    ["https://github.shop.example/api/v3", "https://github.shop.example/api/v3"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["http://localhost", "http://localhost"],
  ])("takes %s", (text, url) => {
    expect(parseApiUrl(text)).toBe(url);
  });

  it.each([
    "",
    "api.github.com",
    "http://api.github.com",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "file:///etc/passwd",
    "https://user:password@api.github.com",
    "https://api.github.com?x=y",
  ])("gives no token to %j", (text) => {
    expect(parseApiUrl(text)).toBeNull();
  });
});

describe("alertsUrl", () => {
  it.each([
    ["refs/heads/feature/a b", "is%3Aopen%20branch%3Afeature%2Fa%20b"],
    ["refs/pull/7/merge", "is%3Aopen%20pr%3A7"],
  ])("lists the open alerts of %s", (ref, query) => {
    expect(alertsUrl("https://github.com/octo/shop", ref)).toBe(`https://github.com/octo/shop/security/code-scanning?query=${query}`);
  });

  it("knows no page for a tag", () => {
    expect(alertsUrl("https://github.com/octo/shop", "refs/tags/v1")).toBeNull();
  });
});
