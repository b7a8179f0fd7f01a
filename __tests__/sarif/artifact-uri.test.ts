import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { artifactUri } from "../../src/sarif/artifact-uri.ts";
import { fuzz } from "../support/fuzz.ts";

describe("artifactUri", () => {
  it.each([
    ["src/app.py", "src/app.py"],
    ["a b/ü#?%.py", "a%20b/%C3%BC%23%3F%25.py"],
    ["registry.example:5000/team/shop", "registry.example%3A5000/team/shop"],
    ["back\\slash.py", "back%5Cslash.py"],
    ["line\nbreak.py", "line%0Abreak.py"],
    ["lone\uD800.py", "lone%EF%BF%BD.py"],
  ])("encodes %j segment by segment", (path, uri) => {
    expect(artifactUri(path)).toBe(uri);
  });

  it.each([
    ["/etc/passwd", "etc/passwd"],
    ["../../outside.py", "_../_../outside.py"],
    ["./a//b/.", "a/b"],
    ["", "_"],
    ["/", "_"],
  ])("keeps %j below the root", (path, uri) => {
    expect(artifactUri(path)).toBe(uri);
  });

  it("gives back a clean path when it is decoded", () => {
    const segment = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("/") && text !== "." && text !== "..");
    fuzz(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const path = segments.join("/");
        expect(decodeURIComponent(artifactUri(path))).toBe(path);
      }),
    );
  });
});
