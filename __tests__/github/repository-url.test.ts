import { describe, expect, it } from "vitest";
import { namesRepository } from "../../src/github/repository-url.ts";

const SHOP = { serverUrl: "https://github.com", repository: "octo/shop" };
const ENTERPRISE = { serverUrl: "https://git.example.test:8443", repository: "octo/shop" };

describe("namesRepository", () => {
  it.each([
    "https://github.com/octo/shop",
    "https://github.com/octo/shop.git",
    "https://github.com/octo/shop/",
    "https://GitHub.com/Octo/Shop.git",
    "https://github.com:443/octo/shop",
    "https://x-access-token:secret@github.com/octo/shop",
    "git@github.com:octo/shop.git",
    "git@github.com:/octo/shop.git",
    "github.com:octo/shop",
    "ssh://git@github.com/octo/shop.git",
    "ssh://git@GITHUB.com:22/octo/shop",
  ])("recognises %s", (url) => {
    expect(namesRepository(url, SHOP)).toBe(true);
  });

  it.each([
    "",
    "octo/shop",
    "/srv/octo/shop",
    "file:///octo/shop",
    "ext::sh -c 'octo/shop'",
    "https://github.com/octo/shop2",
    "https://github.com/octo",
    "https://github.com/octo/shop/wiki",
    "https://github.com/fork-hubot/shop",
    "https://github.com.example.test/octo/shop",
    "https://example.test/github.com/octo/shop",
    "https://github.com@example.test/octo/shop",
    "https://github.com:8443/octo/shop",
    "https://github.com/octo/shop/../other",
    "git@example.test:octo/shop.git",
    "git@github.com:fork-hubot/shop.git",
    "ssh://git@example.test/octo/shop.git",
  ])("does not recognise %j", (url) => {
    expect(namesRepository(url, SHOP)).toBe(false);
  });

  it("compares the port of https, and not that of ssh", () => {
    expect(namesRepository("https://git.example.test:8443/octo/shop", ENTERPRISE)).toBe(true);
    expect(namesRepository("https://git.example.test/octo/shop", ENTERPRISE)).toBe(false);
    expect(namesRepository("git@git.example.test:octo/shop.git", ENTERPRISE)).toBe(true);
  });

  it("recognises nothing when the server's address is none", () => {
    expect(namesRepository("https://github.com/octo/shop", { ...SHOP, serverUrl: "" })).toBe(false);
  });
});
