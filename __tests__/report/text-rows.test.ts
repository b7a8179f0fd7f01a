import { describe, expect, it } from "vitest";
import { buildPage } from "../../src/report/text-page.ts";
import { renderRows } from "../../src/report/text-rows.ts";

const page = buildPage({ color: false, width: 80 });
const row = (place: string, label: string, ...texts: string[]) => ({ place, label, body: texts.map((text) => ({ text })) });
const long = `${"deep/".repeat(20)}a.py:1`;

describe("renderRows", () => {
  it("sets places, labels and texts in columns", () => {
    expect(renderRows([row("a.py:1", "B602", "one"), row("long/b.py:12", "B1", "two", "three")], page)).toEqual([
      ["    a.py:1        B602  one"],
      ["    long/b.py:12  B1    two", "                        three"],
    ]);
  });

  it("gives a line of its own to the one place that is too long, whole", () => {
    const rows = renderRows([row(long, "B602", "one"), row("b.py:1", "B602", "two"), row("c.py:1", "B602", "three")], page);
    expect(rows[0]?.[0]).toBe(`    ${long}`);
    expect(rows[0]?.[1]?.trim()).toBe("B602  one");
    expect(rows[0]?.[1]?.indexOf("B602")).toBe(rows[1]?.[0]?.indexOf("B602"));
  });

  it("gives every place a line of its own when many are too long", () => {
    expect(renderRows([row(long, "B602", "one"), row("b.py:1", "B602", "two")], page)).toEqual([
      [`    ${long}`, "        B602  one"],
      ["    b.py:1", "        B602  two"],
    ]);
  });

  it("puts the text below a label that is too long for its column", () => {
    const label = "a-rule-with-a-name-of-thirty-letters";
    expect(renderRows([row("a.py:1", label, "one")], page)).toEqual([[`    a.py:1  ${label}`, `${" ".repeat(34)}one`]]);
  });

  it("makes no column of labels where there are none", () => {
    expect(renderRows([row("a.py", "", "one")], page)).toEqual([["    a.py  one"]]);
  });
});
