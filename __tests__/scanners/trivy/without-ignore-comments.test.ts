import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIgnoreComments } from "../../../src/scanners/trivy/ignore-comments.ts";
import { withIgnoreComments, withoutIgnoreComments } from "../../../src/scanners/trivy/without-ignore-comments.ts";
import { fuzz } from "../../support/fuzz.ts";
import { expectLinear } from "../../support/processor-time.ts";

const changed = (text: string) => withoutIgnoreComments(Buffer.from(text, "latin1")).toString("latin1");

describe("content without ignore comments", () => {
  it("is the same number of bytes, UTF-8 or not, and nothing else changes", () => {
    expect(changed("\xff\xfe# trivy:ignore:a\r\n//tfsec:ws:x:ignore:b\n\x00")).toBe(
      "\xff\xfe# triv:yignore:a\r\n//tfse:cws:x:ignore:b\n\x00",
    );
  });

  it("is the very same where there are none", () => {
    const content = Buffer.from("image: aquasec/trivy:0.74.0\n# trivy: ignore: nothing\n# ignore:a\n");
    expect(withoutIgnoreComments(content)).toBe(content);
  });

  it("leaves the given bytes alone", () => {
    const content = Buffer.from("# trivy:ignore:a");
    withoutIgnoreComments(content);
    expect(content.toString()).toBe("# trivy:ignore:a");
  });

  it("has no comment left, and is turned back to what it was, whatever the text", () => {
    const parts = fc.constantFrom("trivy:", "tfsec:", "ignore:", "a", "*", "#", "/", " ", "\n", "\u00a0", "\r", "exp:");
    fuzz(
      fc.property(fc.array(parts, { maxLength: 40 }), (chosen) => {
        const text = chosen.join("");
        const without = withoutIgnoreComments(Buffer.from(text)).toString();
        expect(parseIgnoreComments(without)).toEqual([]);
        expect(withIgnoreComments(without)).toBe(text);
      }),
    );
  });

  it("reaches into compressed content, where the sum of bytes stays the same", () => {
    const content = Buffer.from("name\0trivy:ignore:a\0");
    const inside = gunzipSync(withoutIgnoreComments(gzipSync(content)));
    const sum = (bytes: Buffer) => bytes.reduce((total, byte) => total + byte, 0);
    expect(inside.toString()).toBe("name\0triv:yignore:a\0");
    expect(sum(inside)).toBe(sum(content));
  });

  it("is the very same where nothing can be unpacked, or nothing in it is a comment", () => {
    for (const content of [Buffer.from([0x1f, 0x8b, 1, 2, 3]), gzipSync("# ignore:a")])
      expect(withoutIgnoreComments(content)).toBe(content);
  });

  it("takes time in proportion to the content", () => {
    expectLinear(() => withoutIgnoreComments(Buffer.from("trivy:".repeat(500_000))));
    expectLinear(() => withoutIgnoreComments(Buffer.from("trivy:ignore:* ".repeat(200_000))));
  });
});
