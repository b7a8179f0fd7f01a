// Text that a scanned repository could hold to be obeyed instead of shown: seeds for tests, and an arbitrary that mixes them with anything else.

import fc from "fast-check";
import { RUNNER_COMMANDS } from "./runner-commands.ts";

/** Each of these is a command to the runner as it stands. */
export const COMMAND_SEEDS: readonly string[] = [
  "a\n::error file=x,line=1::p.py",
  "text ##[add-mask]true",
  "a\r::set-output name=gate::pass",
  "\u00A0::add-mask::fail",
  "\u3000\u2003 ::stop-commands::x",
  "###[group]x",
  "##[ADD-MATCHER]m.json",
  "\u0085::warning::x",
  "x\r\n\t::notice title=a::b",
  "##[set-env name=PATH]x",
];

/** Markup, escapes of a terminal, reordering and hiding characters, lone surrogates. */
export const MARKUP_SEEDS: readonly string[] = [
  "</td><img src=x onerror=alert(1)>",
  "</details></summary></code>",
  "[x](javascript:alert(1))",
  "![x](https://evil.example/p.png)",
  "a | b || c \\| d",
  "`".repeat(3000),
  "@admin #1 $x$ www.evil.example https://evil.example a@evil.example",
  "\u001b]0;title\u0007\u001b[2J\u009b31m",
  "\u202Egnp.exe\u2066\u200F\u061C\u2069",
  "a\u200Bb\u2060c\u00ADd\uFEFFe\u{E0041}f\u3164",
  "\uD800 \uDC00",
  "\u2028\u2029\u0000",
  "~~a~~ *b* __c__ [d] $e$",
  "- list",
  "1. list",
  "    code",
];

const piece = fc.oneof(
  fc.constantFrom(
    "::",
    ":",
    "##[",
    "#",
    "[",
    "]",
    " ",
    "\u00A0",
    "\t",
    "\n",
    "\r",
    "\u0085",
    "\u00AD",
    "\u200B",
    "\uD800",
    "\u001b[",
    "|",
    "`",
    "<",
    "&",
  ),
  fc.constantFrom(...RUNNER_COMMANDS),
  fc.constantFrom(...COMMAND_SEEDS, ...MARKUP_SEEDS.filter((seed) => seed.length < 100)),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** Hostile text of up to twelve pieces. */
export const hostileText: fc.Arbitrary<string> = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
