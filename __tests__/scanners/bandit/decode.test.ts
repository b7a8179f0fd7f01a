import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../../src/findings/severity.ts";
import { complaint, decode, edited, type Fixture, fixture, type Json } from "../fixture.ts";

const shop = fixture("bandit", "shop");
const unread = fixture("bandit", "unread");

const at = (path: string, recorded: Fixture = shop) => decode(recorded).findings.filter(({ location }) => location.path === path);
const changedFirst = (change: (result: Json) => void) => edited(shop, ({ results }) => change(results[0]));
const first = (change: (result: Json) => void) => at("shop/archive.py", changedFirst(change))[0];

describe("findings of Bandit", () => {
  it("have severity, confidence, rule and place", () => {
    expect(
      at("shop/views.py").map(({ rule, severity, confidence, location }) => [
        rule.id,
        severity,
        confidence,
        location.startLine,
        location.endLine,
      ]),
    ).toEqual([
      ["B403", "low", "high", 1, 1],
      ["B404", "low", "high", 2, 2],
      ["B602", "high", "high", 4, 4],
      ["B607", "low", "high", 5, 8],
      ["B602", "low", "high", 7, 8],
      ["B301", "medium", "high", 9, 9],
    ]);
  });

  it("count columns in UTF-16 units from 1, past a byte order mark, whatever ends the lines", () => {
    const columns = at("shop/text.py").map(({ location }) => [location.startLine, location.startColumn, location.endColumn]);
    expect(columns).toEqual([
      [1, 1, 9],
      [1, 11, 25],
      [2, 1, 9],
      [4, 1, 11],
      [4, 14, 22],
    ]);
  });

  it("have no columns where the line is not the one the columns belong to", () => {
    const [first, second] = at("shop/views.py").filter(({ rule }) => rule.id === "B602");
    expect(first?.location).toMatchObject({ startColumn: 12, endColumn: 53 });
    expect(second?.location).toEqual({ path: "shop/views.py", startLine: 7, endLine: 8 });
  });

  it("have no columns where Bandit's cannot be", () => {
    expect(at("shop/odd name,.git/bidi.py")[0]?.location).toEqual({ path: "shop/odd name,.git/bidi.py", startLine: 1, endLine: 1 });
  });

  it("say of passwords only that there is one", () => {
    expect(at("shop/settings.py").map(({ rule, message }) => [rule.id, message])).toEqual([
      ["B105", "A string looks like a hard-coded password."],
      ["B107", "A default value looks like a hard-coded password."],
      ["B106", "An argument looks like a hard-coded password."],
    ]);
    for (const finding of at("shop/settings.py")) expect(finding).toHaveProperty("sensitive", true);
    for (const finding of at("shop/views.py")) expect(finding).not.toHaveProperty("sensitive");
  });

  it("hold no memory address, which differs from run to run", () => {
    const [finding] = at("shop/archive.py");
    expect(JSON.parse(shop.reports[0]?.text ?? "").results[0].issue_text).toMatch(/ at 0x[0-9a-f]+/u);
    expect(finding?.message).not.toMatch(/0x/u);
    expect(finding?.message).toContain("<ast.List object>");
  });

  it("are named after their check, also those of calls and imports, which Bandit calls blacklist", () => {
    const names = at("shop/views.py").map(({ rule }) => rule.name);
    expect(names).toEqual(expect.arrayContaining(["import-pickle", "subprocess_popen_with_shell_equals_true", "pickle"]));
    expect(names).not.toContain("blacklist");
  });

  it("keep a place inside the file when a line is beyond it", () => {
    expect(first((result) => Object.assign(result, { line_number: 900, line_range: [900, 901] }))?.location).toEqual({
      path: "shop/archive.py",
      startLine: 3,
      endLine: 3,
    });
    expect(first((result) => Object.assign(result, { line_number: -5, line_range: [-5] }))?.location).toMatchObject({
      startLine: 1,
      endLine: 1,
    });
  });

  it.each([
    ["inside a character", { col_offset: 1, end_col_offset: 10 }, "é = 1; assert é"],
    ["beyond the line", { col_offset: 90, end_col_offset: 99 }, "assert 1"],
    ["before the line", { col_offset: -1, end_col_offset: 5 }, "assert 1"],
    ["empty", { col_offset: 3, end_col_offset: 3 }, "assert 1"],
    ["behind a byte that was replaced", { col_offset: 6, end_col_offset: 8 }, "x\ufffdy assert 1"],
  ])("have no columns %s", (_, columns, text) => {
    const changed = changedFirst((result) => Object.assign(result, columns, { line_number: 1, line_range: [1] }));
    const scanned = { ...changed, target: { ...changed.target, text: () => text } };
    expect(at("shop/archive.py", scanned)[0]?.location).toEqual({ path: "shop/archive.py", startLine: 1, endLine: 1 });
  });

  it("keep Bandit's line where the file cannot be read any more", () => {
    const gone = { ...shop, target: { ...shop.target, text: () => undefined } };
    expect(at("shop/archive.py", gone)[0]?.location).toEqual({ path: "shop/archive.py", startLine: 3, endLine: 3 });
  });

  it("convert the columns of any text", () => {
    const part = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n\ufeff\ufffd\p{Cs}]/u.test(text));
    fc.assert(
      fc.property(
        part,
        part.filter((text) => text !== ""),
        (before, found) => {
          const [start, length] = [before, found].map((text) => Buffer.byteLength(text)) as [number, number];
          const region = { line_number: 1, line_range: [1], col_offset: start, end_col_offset: start + length };
          const changed = changedFirst((result) => Object.assign(result, region));
          const scanned = { ...changed, target: { ...changed.target, text: () => `${before}${found} # end` } };
          const { startColumn = 0, endColumn = 0 } = at("shop/archive.py", scanned)[0]?.location ?? {};
          expect(`${before}${found}`.slice(startColumn - 1, endColumn - 1)).toBe(found);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it("have a severity and a confidence of the closed sets for any JSON value, and unknown for one that is not listed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const finding = first((result) => Object.assign(result, { issue_severity: value, issue_confidence: value }));
        expect(SEVERITIES).toContain(finding?.severity);
        expect(["high", "medium", "low", "unknown"]).toContain(finding?.confidence);
      }),
      { seed: 3, numRuns: 100 },
    );
    expect(first((result) => Object.assign(result, { issue_severity: "UNDEFINED", issue_confidence: "CERTAIN" }))).toMatchObject({
      severity: "unknown",
      confidence: "unknown",
    });
  });

  it.each(["__proto__", "constructor", "toString", "B999"])("of a check called %s count and have a rule", (id) => {
    const finding = first((result) => Object.assign(result, { test_id: id, test_name: id, issue_cwe: { id: 20 } }));
    expect(finding?.rule).toMatchObject({ id, name: id, title: `Bandit check ${id}`, cwes: [20] });
    expect(finding?.severity).toBe("medium");
  });

  it("of an unknown check quote nothing of the finding in the rule", () => {
    const finding = first((result) => Object.assign(result, { test_id: "B999", issue_text: "hunter2" }));
    expect(JSON.stringify(finding?.rule)).not.toContain("hunter2");
    expect(finding?.message).toBe("hunter2");
  });
});

describe("coverage of Bandit", () => {
  it("is complete when every file was read", () => {
    expect(decode(shop).coverage).toEqual({ expected: 7, covered: 7, unit: "Python files", missing: [] });
  });

  it("names every file that was not, with a reason and what to do", () => {
    expect(decode(unread).coverage.missing.map(({ path, line, reason }) => [path, line, reason])).toEqual([
      ["broken.py", undefined, "Bandit cannot parse it with Python 3.11"],
      ["deep.py", undefined, "Bandit gave up on it, most likely over an expression that is nested too deeply"],
      ["gone.py", undefined, "Bandit cannot read it: No such file or directory"],
      ["latin1.py", undefined, "Bandit cannot decode it"],
      ["members.py", 3, "Bandit's check tarfile_unsafe_members failed on this line"],
      ["newer.py", undefined, "Bandit cannot parse it with Python 3.11"],
      ["nul.py", undefined, "Bandit cannot read it: it holds a NUL byte"],
    ]);
    expect(decode(unread).coverage).toMatchObject({ expected: 8, covered: 1 });
  });

  it("advises a newer interpreter only where there is one", () => {
    const remedy = (python: string | null) => {
      const { missing } = decode({ ...unread, installation: { ...unread.installation, python } }).coverage;
      return missing.find(({ path }) => path === "newer.py")?.remedy;
    };
    expect(remedy("3.9")).toContain("`python`");
    expect(remedy(null)).toContain("`python`");
    expect(remedy("3.14")).toBe("Mend its syntax.");
    expect(remedy("3.15")).toBe("Mend its syntax.");
  });

  it("lacks a file the report does not mention", () => {
    const silent = edited(shop, (json) => {
      delete json.metrics["/home/dev/shop/shop/quiet.py"];
      json.results = json.results.filter(({ filename }: Json) => !filename.endsWith("quiet.py"));
    });
    expect(decode(silent).coverage.missing).toEqual([{ path: "shop/quiet.py", reason: "Bandit does not list it among the files it read" }]);
    expect(decode(silent).coverage.covered).toBe(6);
  });

  const logged = (exit: Partial<Fixture["reports"][number]["exit"]>): Fixture => ({
    ...shop,
    reports: shop.reports.map((report) => ({ ...report, exit: { ...report.exit, ...exit } })),
  });

  it("keeps a check that failed on a file it does not name", () => {
    const stderrTail = "Bandit internal error running: exec_used on file /etc/passwd at line 7: boom";
    expect(decode(logged({ stderrTail })).coverage.missing).toEqual([
      expect.objectContaining({ path: ".", reason: expect.stringContaining("exec_used") }),
    ]);
  });

  it.each(["exec_used on file /home/dev/shop/a\nb.py at line 7: boom", "odd check on file x", ""])(
    "keeps a failed check whose entry cannot be read (%j)",
    (entry) => {
      expect(decode(logged({ stderrTail: `Bandit internal error running: ${entry}` })).coverage.missing).toEqual([
        expect.objectContaining({ path: "." }),
      ]);
    },
  );

  it("keeps every failed check of a log full of stack traces", () => {
    const entry = (line: number) =>
      `[tester]\tERROR\tBandit internal error running: exec_used on file /home/dev/shop/shop/views.py at line ${line}: boom\n`;
    const stderrTail = [1, 2, 3].map((line) => entry(line) + '  File "x.py", line 288, in _get\n'.repeat(5000)).join("");
    expect(decode(logged({ stderrTail })).coverage.missing.map(({ path, line }) => `${path}:${line}`)).toEqual([
      "shop/views.py:1",
      "shop/views.py:2",
      "shop/views.py:3",
    ]);
  });

  it("is incomplete when the beginning of the log was dropped, for a failed check may stand there", () => {
    expect(decode(logged({ stderrDropped: true })).coverage.missing).toEqual([
      expect.objectContaining({ path: ".", reason: expect.stringContaining("log is longer") }),
    ]);
    expect(decode(logged({ stderrDropped: false })).coverage.missing).toEqual([]);
  });

  it("joins the reports of several processes", () => {
    const clean = fixture("bandit", "clean");
    const target = { ...shop.target, python: [...clean.target.python.map((path) => `../clean/${path}`), ...shop.target.python] };
    const both = decode({ ...shop, target, reports: [...clean.reports, ...shop.reports] });
    expect(both.coverage).toMatchObject({ expected: 9, covered: 9 });
    expect(both.findings).toEqual(decode(shop).findings);
  });
});

describe("comments that ask Bandit to pass over findings", () => {
  it("hide none, but the finding says on which line the comment is", () => {
    expect(at("shop/quiet.py").map(({ rule, location, commentLine }) => [rule.id, location.startLine, commentLine])).toEqual([
      ["B403", 1, 1],
      ["B101", 2, 2],
      ["B101", 3, undefined],
    ]);
  });

  it("are all listed, also those that hide nothing", () => {
    expect(decode(shop).comments).toEqual([
      { scanner: "bandit", path: "shop/quiet.py", line: 1, text: "importpickle#nosec" },
      { scanner: "bandit", path: "shop/quiet.py", line: 2, text: "assertTrue#nosecB101" },
      { scanner: "bandit", path: "shop/quiet.py", line: 3, text: "assert1#nosecB602" },
    ]);
    expect(decode(shop).notices).toEqual([]);
  });
});

describe("a report of Bandit that cannot be believed", () => {
  it.each(["/etc/passwd", "views.py", "/home/dev/shop/../shop/shop/views.py", "__proto__", ""])(
    "names a file that was not given (%j)",
    (filename) => {
      expect(complaint(changedFirst((result) => Object.assign(result, { filename })))).toMatch(
        /^report-unreadable: .*results\[0\]\.filename/u,
      );
    },
  );

  it("has an error or metrics of such a file", () => {
    expect(complaint(edited(shop, (json) => json.errors.push({ filename: "/x.py", reason: "?" })))).toContain("errors: ");
    expect(complaint(edited(shop, (json) => Object.assign(json.metrics, { "/x.py": { nosec: 0, skipped_tests: 0 } })))).toContain(
      "metrics: ",
    );
  });

  it("ended with a status that contradicts its number of results", () => {
    const ended = (recorded: Fixture, code: number) => {
      const reports = recorded.reports.map((one) => ({ ...one, exit: { ...one.exit, end: { kind: "exited" as const, code } } }));
      return { ...recorded, reports };
    };
    expect(complaint(ended(shop, 0))).toContain("contradicts the exit status");
    expect(complaint(ended(fixture("bandit", "clean"), 1))).toContain("contradicts the exit status");
    expect(decode(ended(shop, 1)).findings).not.toEqual([]);
  });

  it.each([
    ["generated_at", (json: Json) => Object.assign(json, { generated_at: "yesterday" })],
    ["results[0].test_id", (json: Json) => Object.assign(json.results[0], { test_id: "" })],
    ["results[0].line_number", (json: Json) => Object.assign(json.results[0], { line_number: 1.5 })],
    ["results[0].line_range[0]", (json: Json) => Object.assign(json.results[0], { line_range: ["1"] })],
    ["metrics._totals.nosec", (json: Json) => Object.assign(json.metrics._totals, { nosec: 1 })],
  ])("has a wrong %s", (place, change) => {
    expect(complaint(edited(shop, change))).toContain(`: ${place}: `);
  });
});
