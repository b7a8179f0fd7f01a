import { describe, expect, it } from "vitest";
import { readTree, shown } from "./tree.ts";

const HASH = `--hash=sha256:${"a".repeat(64)}`;

/** What one requirements file yields, in short. */
function read(text: string) {
  const { pins, gaps, notices } = readTree({ "requirements.txt": text });
  return { pins: pins.map(shown), gaps: gaps.map(({ line }) => line), notices: notices.map(({ line }) => line) };
}

describe("a pin", () => {
  it.each([
    ["an exact version", "django==2.2.0", "django==2.2.0 1"],
    ["blanks around the operator", "django == 2.2.0", "django==2.2.0 1"],
    ["tabs around the operator", "django\t==\t2.2.0", "django==2.2.0 1"],
    ["blanks at both ends", "  django==2.2.0 \t", "django==2.2.0 1"],
    ["the arbitrary equality of a PEP 440 version", "django===2.2.0", "django==2.2.0 1"],
    ["a name with every character that names have", "Zope.inter_face-2==1", "Zope.inter_face-2==1 1"],
    ["a name that begins with a digit", "3to2==1.1.1", "3to2==1.1.1 1"],
    ["extras", "requests[security,socks]==2.18.0", "requests==2.18.0 1"],
    ["extras with blanks", "requests [ security , socks ] ==2.18.0", "requests==2.18.0 1"],
    ["empty extras", "requests[]==2.18.0", "requests==2.18.0 1"],
    ["a marker", "pywin32==300; sys_platform == 'win32'", "pywin32==300 1"],
    ["a marker with a version in it", 'six==1.16.0 ; python_version == "3.8"', "six==1.16.0 1"],
    ["a comment after it", "django==2.2.0  # see ==3.0", "django==2.2.0 1"],
    ["a comment after a tab", "django==2.2.0\t#x", "django==2.2.0 1"],
    ["hashes", `django==2.2.0 ${HASH} --hash sha256:b`, "django==2.2.0 1"],
    ["options of pip for one requirement", `django==2.2.0 --global-option="--x y" --config-settings "a=b"`, "django==2.2.0 1"],
    ["parentheses", "django (==2.2.0)", "django==2.2.0 1"],
    ["parentheses with blanks", "django( == 2.2.0 )", "django==2.2.0 1"],
    ["other clauses beside the exact one", "django>=2,==2.2.0,!=2.1", "django==2.2.0 1"],
    ["a wildcard beside the exact version", "django==2.*, ==2.2.0", "django==2.2.0 1"],
    ["the same exact version twice", "django==2.2.0,==2.2.0", "django==2.2.0 1"],
    ["a comma at the end", "django==2.2.0,", "django==2.2.0 1"],
    ["an epoch", "pytz==1!2020.1", "pytz==1!2020.1 1"],
    ["a local version", "torch==2.1.0+cu121", "torch==2.1.0+cu121 1"],
    ["a pre-release", "django==3.0rc1", "django==3.0rc1 1"],
    ["a post-release", "docutils==0.3.post1", "docutils==0.3.post1 1"],
    ["a development release", "django==4.0.dev20210101", "django==4.0.dev20210101 1"],
    ["the implicit post-release", "argparse==1.0-1", "argparse==1.0-1 1"],
    ["a version that begins with v", "django==v2.2", "django==v2.2 1"],
  ])("is read from a line with %s", (_, line, pin) => {
    expect(read(line)).toEqual({ pins: [pin], gaps: [], notices: [] });
  });

  it.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("has the line that %s makes it stand on", (_, ending) => {
    expect(read(["# pins", "", "django==2.2.0", "flask==1.0"].join(ending)).pins).toEqual(["django==2.2.0 3", "flask==1.0 4"]);
  });

  it.each([
    ["a form feed", "\f"],
    ["a vertical tab", "\v"],
    ["a file separator", "\x1c"],
    ["NEL", "\x85"],
    ["U+2028", "\u2028"],
    ["U+2029", "\u2029"],
  ])("is found after %s, which ends a line for pip and not for an editor", (_, ending) => {
    expect(read(`# page${ending}django==2.2.0\nflask==1.0`)).toEqual({ pins: ["django==2.2.0 1", "flask==1.0 2"], gaps: [], notices: [] });
  });

  it("stays hidden in the comment after a unit separator, where pip does not end a line either", () => {
    expect(read("# page\x1fdjango==2.2.0").pins).toEqual([]);
  });

  it("is read from a text with a byte order mark", () => {
    expect(read("\uFEFFdjango==2.2.0")).toEqual({ pins: ["django==2.2.0 1"], gaps: [], notices: [] });
  });

  it("spans the lines that it is continued over", () => {
    expect(read(`flask==1.0\ndjango==2.2.0 \\\n    ${HASH} \\\n    ${HASH}\nsix==1`).pins).toEqual([
      "flask==1.0 1",
      "django==2.2.0 2-4",
      "six==1 5",
    ]);
  });

  it("may have its name and its version on two lines", () => {
    expect(read("django \\\r\n==2.2.0").pins).toEqual(["django==2.2.0 1-2"]);
  });

  it("may end the text with a backslash", () => {
    expect(read("django==2.2.0 \\").pins).toEqual(["django==2.2.0 1"]);
  });

  it("is not continued by a comment that ends in a backslash", () => {
    expect(read("# old \\\ndjango==2.2.0").pins).toEqual(["django==2.2.0 2"]);
  });

  it("ends where a comment interrupts its continuation, as for pip", () => {
    expect(read("django==2.2.0 \\\n# why\nflask==1.0").pins).toEqual(["django==2.2.0 1-2", "flask==1.0 3"]);
  });
});

describe("a requirement without an exact version", () => {
  it.each([
    ["no version", "django"],
    ["no version but extras", "django[argon2]"],
    ["no version but a marker", "django ; python_version > '3'"],
    ["a lower bound", "django>=2.2"],
    ["a compatible release", "django~=2.2.0"],
    ["a wildcard", "django==2.*"],
    ["an exclusion", "django!=2.2"],
    ["a range in parentheses", "django (>=2,<3)"],
  ])("leaves one notice for the file and no gap: %s", (_, line) => {
    expect(read(line)).toEqual({ pins: [], gaps: [], notices: [undefined] });
  });
});

describe("a requirement that does not come from an index", () => {
  it.each([
    ["an https URL", "https://files.example/django-2.2.0-py3-none-any.whl"],
    ["an https URL with a marker", "https://files.example/d.zip ; python_version < '3'"],
    ["a file URL", "file:///srv/pkg"],
    ["a git URL", "git+https://git.example/d.git@2.2#egg=django"],
    ["a git URL over ssh", "git+ssh://git@git.example/d.git"],
    ["a name with a URL", "django @ https://files.example/d.zip"],
    ["a name with a URL and no blanks", "django@https://files.example/d.zip"],
    ["a name with extras, a URL and a marker", "django[x] @ git+https://git.example/d.git ; python_version < '3'"],
    ["a name with a URL and a marker right after it", "django @ https://files.example/d.zip; python_version < '3'"],
    ["an editable directory", "-e ."],
    ["an editable directory with the long option", "--editable=./pkg[extra]"],
    ["the current directory", "."],
    ["the current directory with extras", ".[dev]"],
    ["a directory below", "./pkg"],
    ["a directory beside", "../pkg"],
    ["a directory with a Windows separator", ".\\pkg"],
    ["a nested directory", "vendor/pkg"],
    ["an absolute path", "/srv/pkg"],
    ["a Windows path", "C:\\pkg\\d.whl"],
    ["a wheel", "django-2.2.0-py3-none-any.whl"],
    ["a source archive", "django-2.2.0.tar.gz"],
    ["a URL with an environment variable", "git+https://${TOKEN}@git.example/d.git"],
  ])("is a notice at its line: %s", (_, line) => {
    expect(read(`\n${line}`)).toEqual({ pins: [], gaps: [], notices: [2] });
  });
});

describe("an option line", () => {
  it.each([
    "-i https://index.example/simple",
    "--index-url=https://index.example/simple",
    "--extra-index-url https://index.example/simple --trusted-host index.example",
    "-f ./wheels",
    "--find-links 'my wheels'",
    "--no-index",
    "--no-binary :all: --only-binary=numpy",
    "--pre",
    "--prefer-binary",
    "--require-hashes",
    "--use-feature=fast-deps",
    "--use-feat fast-deps",
    HASH,
  ])("says nothing about packages: %s", (line) => {
    expect(read(`${line}\ndjango==2.2.0`)).toEqual({ pins: ["django==2.2.0 2"], gaps: [], notices: [] });
  });

  it("with an environment variable is a notice", () => {
    expect(read("--index-url https://${TOKEN}@index.example/simple")).toEqual({ pins: [], gaps: [], notices: [1] });
  });
});

describe("a line that pip would refuse", () => {
  it.each([
    ["prose", "Please install these packages first"],
    ["a markdown list", "* django"],
    ["a merge conflict", "<<<<<<< HEAD"],
    ["a single equals sign", "django=2.2.0"],
    ["four equals signs", "django====2.2.0"],
    ["a version that is not PEP 440", "django==abc"],
    ["an arbitrary version that is not PEP 440", "django===2.2.0-custom~1"],
    ["an arbitrary version that swallows a clause", "django===2.2.0,>=2"],
    ["no version after the operator", "django=="],
    ["a pre-release with a wildcard", "django==2.2rc1.*"],
    ["a lower bound with a local version", "django>=2.2+x"],
    ["a compatible release of one number", "django~=2"],
    ["text after the version", "django==2.2.0 flask"],
    ["two exact versions", "django==2.2.0,==2.2.1"],
    ["clauses without a comma", "django>=2 <3"],
    ["an open parenthesis", "django (==2.2.0"],
    ["open extras", "django[x==2.2.0"],
    ["extras without a comma", "django[a b]==2.2.0"],
    ["a name that ends in a hyphen", "django-==2.2.0"],
    ["a byte order mark that is not at the start of the text", "\uFEFFdjango==2.2.0"],
    ["text after a URL", "django @ https://files.example/d.zip flask"],
    ["no URL after the @", "django @"],
    ["a path with a version", "vendor/django==2.2.0"],
    ["an unknown option", "--frobnicate"],
    ["an ambiguous abbreviation", "--req base.txt"],
    ["a flag with a value", "--pre=yes"],
    ["an option without its value", "--index-url"],
    ["an open quotation mark", "-f 'wheels"],
    ["text after options, which pip ignores", "--pre django==2.2.0"],
    ["an environment variable as version", "django==${VERSION}"],
    ["an environment variable as name", "${PACKAGE}==2.2.0"],
  ])("is a gap at that line and hides no other: %s", (_, line) => {
    expect(read(`flask==1.0\n${line}\nsix==1`)).toEqual({ pins: ["flask==1.0 1", "six==1 3"], gaps: [2], notices: [] });
  });

  it("still gives its pin where only its options are wrong", () => {
    expect(read("django==2.2.0 --frobnicate")).toEqual({ pins: ["django==2.2.0 1"], gaps: [1], notices: [] });
  });

  it("is explained and has a remedy", () => {
    const [gap] = readTree({ "requirements.txt": "django==abc" }).gaps;
    expect(gap).toEqual({
      path: "requirements.txt",
      line: 1,
      reason: "cannot be parsed as a requirement: what follows == is not a version (PEP 440) that the operator takes",
      remedy: "Write the line as pip's requirements file format has it, or remove it.",
    });
  });

  it("is blamed on the environment variable where it has one", () => {
    expect(readTree({ "requirements.txt": "django==${VERSION}" }).gaps[0]?.reason).toMatch(/environment variable/u);
  });
});

describe("an environment variable in a marker", () => {
  it("leaves the pin and a notice", () => {
    expect(read("django==2.2.0; python_version < '${PY}'")).toEqual({ pins: ["django==2.2.0 1"], gaps: [], notices: [1] });
  });

  it("that pip does not expand is none", () => {
    expect(read("django==2.2.0; python_version < '${py}' or '$PY' == ''").notices).toEqual([]);
  });
});

describe("the encoding of a requirements file", () => {
  it("UTF-16 is a gap, not silence", () => {
    expect(read("d\0j\0a\0n\0g\0o\0")).toEqual({ pins: [], gaps: [undefined], notices: [] });
  });

  it("is a gap where the file declares another than UTF-8, and pins are read all the same", () => {
    expect(read("# pins\n# -*- coding: latin-1 -*-\ndjango==2.2.0")).toEqual({ pins: ["django==2.2.0 3"], gaps: [2], notices: [] });
  });

  it.each(["# -*- coding: utf-8 -*-", "# vim: set fileencoding=UTF8 :", "# coding=us-ascii", "# decoding", "\n\n# coding: latin-1"])(
    "is no gap for %j",
    (head) => {
      expect(read(`${head}\ndjango==2.2.0`).gaps).toEqual([]);
    },
  );

  it.each(["#\r#coding: utf-7", "#\u2028# coding=utf-7", "#\u2029# coding:\r utf-7", "# coding:\u00a0utf-8 coding: utf-7"])(
    "is a gap where pip finds the declaration of another behind what looks like a line break or a blank: %j",
    (head) => {
      expect(read(`${head}\n# +AAo-django==2.2.0\n`).gaps).toEqual([1]);
    },
  );

  it.each([
    "# x\ufffddjango==2.2.0",
    "flask==1.0 # \ufffd\ufffd -r base.txt",
    "flask==1.0 # \ufffd\ufffde\ufffd--pre",
    "flask==1.0 # \ufffd\\",
  ])("is a gap where a byte that is not UTF-8 could end the line before a pin or an option, or be half of a backslash: %j", (line) => {
    expect(read(`# pins\n${line}\n`).gaps).toEqual([2]);
  });

  it.each(["# Jos\ufffd M\ufffdller <jose@example.org>", "# Jos\ufffd - maintainer", "# see ==1.0, Jos\ufffd", "flask==1.0 # caf\ufffd"])(
    "is no gap for such a byte in a comment that hides nothing: %j",
    (line) => {
      expect(read(`${line}\ndjango==2.2.0`).gaps).toEqual([]);
    },
  );
});

it("a file of garbage leaves a bounded number of gaps, and the last one counts the rest", () => {
  const { gaps } = readTree({ "requirements.txt": "!\n".repeat(5000) });
  expect(gaps).toHaveLength(100);
  expect(gaps.find(({ line }) => line === undefined)?.reason).toBe("has 4901 further places that cannot be read");
});
