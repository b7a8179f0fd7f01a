import { describe, expect, it } from "vitest";
import { packageKey } from "../../src/findings/package-ref.ts";
import { pinsByKey } from "../../src/manifests/pins-by-key.ts";
import { readTree, shown } from "./tree.ts";

function group(text: string, key: string) {
  return pinsByKey(readTree({ "requirements.txt": text }).pins)
    .get(key)
    ?.map(shown);
}

describe("pinsByKey", () => {
  const text = "Zope.Interface==5.0\nzope-interface==5\nzope-interface==5.1\n3to2==1";

  it("puts every spelling of one name and version together, in order", () => {
    expect(group(text, packageKey("zope_interface", "5.0.0"))).toEqual(["Zope.Interface==5.0 1", "zope-interface==5 2"]);
  });

  it("keeps versions apart", () => {
    expect(group(text, packageKey("zope.interface", "5.1"))).toEqual(["zope-interface==5.1 3"]);
  });

  it("has no key for what is not pinned", () => {
    expect(group(text, packageKey("django", "5.0"))).toBeUndefined();
  });

  it("knows post-releases and development releases by every spelling", () => {
    const text = "docutils==0.3.post1\ndocutils==0.3-1\ndocutils==0.3.dev4";
    expect(group(text, packageKey("docutils", "0.3-r1"))).toEqual(["docutils==0.3.post1 1", "docutils==0.3-1 2"]);
    expect(group(text, packageKey("docutils", "0.3-dev4"))).toEqual(["docutils==0.3.dev4 3"]);
  });
});
