import { describe, expect, it } from "vitest";
import { formatMessage as format, hasInserts } from "../../../src/notifications/strings/format-message.js";
import { MAX_INSERTIONS, TextBudget } from "../../../src/notifications/strings/text-budget.js";

const ALL = Array.from({ length: 99 }, (_, i) => `p${i + 1}`);

const formatMessage = (text: string, inserts: string[]): string => format(text, inserts, new TextBudget(0));

describe("the syntax of FormatMessage", () => {
  it.each<[string, string[], string]>([
    // inserts
    ["%1", ["a"], "a"],
    ["%2%1", ["a", "b"], "ba"],
    ["%1%1", ["a"], "aa"],
    ["%10|%99|%1", ALL, "p10|p99|p1"],
    ["%123", ALL, "p123"],
    ["'%1' is out of paper.", ["HP4"], "'HP4' is out of paper."],
    ["%1", ["%2%%%n"], "%2%%%n"],
    ["%1", [""], ""],
    // missing parameters
    ["%1 %2", ["a"], "a %2"],
    ["%1!d! of %2!5d!", ["1"], "1 of %2!5d!"],
    // other sequences
    ["a%nb", [], "a\nb"],
    ["a%rb", [], "a\rb"],
    ["a%tb", [], "a\tb"],
    ["a%bb", [], "a b"],
    ["a% b", [], "a b"],
    ["100%%", [], "100%"],
    ["%%1", ["a"], "%1"],
    ["%%%1", ["a"], "%a"],
    ["Wow%!", [], "Wow!"],
    ["End%.", [], "End."],
    ["%q%\\%ä", [], "q\\ä"],
    ["a%", [], "a%"],
    ["a%%", [], "a%"],
    ["one%0two%n", [], "one"],
    ["%1%0%2", ["a", "b"], "a"],
    ["%\u{1f5a8}", [], "\u{1f5a8}"],
    ["", ["a"], ""],
    // what only looks like a format
    ["Jam in %1!", ["tray"], "Jam in tray!"],
    ["%1! and %2!", ["a", "b"], "a! and b!"],
    ["%1!!", ["a"], "a!!"],
    ["%1!z!", ["a"], "a!z!"],
    ["%1!5.f!", ["1"], "1!5.f!"],
    // strings
    ["%1!s!", ["a"], "a"],
    ["[%1!5s!]", ["abc"], "[  abc]"],
    ["[%1!-5s!]", ["abc"], "[abc  ]"],
    ["[%1!2s!]", ["abc"], "[abc]"],
    ["[%1!.2s!]", ["abc"], "[ab]"],
    ["[%1!5.2s!]", ["abc"], "[   ab]"],
    ["[%1!-5.2S!]", ["abc"], "[ab   ]"],
    ["[%1!.s!]", ["abc"], "[]"],
    ["%1!ls! %1!hs! %1!ws!", ["a"], "a a a"],
    ["[%1!3c!]", ["xyz"], "[  x]"],
    ["%1!c!", ["\u{1f5a8}x"], "\u{1f5a8}"],
    ["[%1!c!]", [""], "[]"],
    ["[%1!.1s!]", ["\u{1f5a8}x"], "[]"],
    // integers
    ["%1!d! document(s) pending for %2", ["3", "HP4"], "3 document(s) pending for HP4"],
    ["%1!d!", ["-12"], "-12"],
    ["%1!d!", [" +12 pages"], "12"],
    ["%1!d!", ["many"], "0"],
    ["%1!d!", [""], "0"],
    ["%1!i!", ["7"], "7"],
    ["%1!lu!", ["7"], "7"],
    ["%1!ld!", ["-7"], "-7"],
    ["[%1!5d!]", ["42"], "[   42]"],
    ["[%1!-5d!]", ["42"], "[42   ]"],
    ["[%1!05d!]", ["42"], "[00042]"],
    ["[%1!05d!]", ["-42"], "[-0042]"],
    ["[%1!-05d!]", ["42"], "[42   ]"],
    ["[%1!.4d!]", ["42"], "[0042]"],
    ["[%1!8.4d!]", ["-42"], "[   -0042]"],
    ["[%1!08.4d!]", ["42"], "[    0042]"],
    ["[%1!.0d!]", ["0"], "[]"],
    ["%1!+d! %2!+d!", ["5", "-5"], "+5 -5"],
    ["%1! d! %2! d!", ["5", "-5"], " 5 -5"],
    ["%1!u!", ["-1"], "4294967295"],
    ["%1!I64u!", ["-1"], "18446744073709551615"],
    ["%1!llu!", ["-1"], "18446744073709551615"],
    ["%1!u!", ["5000000000"], "5000000000"],
    ["%1!d!", ["99999999999999999999999"], "9223372036854775807"],
    ["%1!x! %1!X! %1!o!", ["255"], "ff FF 377"],
    ["%1!x!", ["-1"], "ffffffff"],
    ["%1!#x! %1!#X! %1!#o!", ["255"], "0xff 0XFF 0377"],
    ["%1!#x!", ["0"], "0"],
    ["[%1!#08x!]", ["255"], "[0x0000ff]"],
    ["[%1!#8x!]", ["255"], "[    0xff]"],
    ["%1!02x!", ["5"], "05"],
    ["%1!p!", ["255"], "00000000000000FF"],
    // width and precision from inserts, as in the example of FormatMessage's documentation
    ["%1!*.*s! %4 %5!*s!", ["4", "2", "Bill", "Bob", "6", "Bill"], "  Bi Bob   Bill"],
    ["[%1!*d!]", ["5", "42"], "[   42]"],
    ["[%1!*d!]", ["-5", "42"], "[42   ]"],
    ["[%1!.*s!]", ["-1", "abc"], "[abc]"],
    ["[%1!*s!]", ["x", "abc"], "[abc]"],
    ["%1!*.*s!", ["4", "2"], "%1!*.*s!"],
  ])("%j with %j is %j", (text, inserts, expected) => {
    expect(formatMessage(text, inserts)).toBe(expected);
  });

  it("bounds width and precision", () => {
    expect(formatMessage("%1!999999999s!", ["a"])).toHaveLength(1024);
    expect(formatMessage("%1!-999999999s!", ["a"])).toHaveLength(1024);
    expect(formatMessage("%1!.999999999d!", ["1"])).toHaveLength(1024);
    expect(formatMessage("%1!0999999999d!", ["1"])).toHaveLength(1024);
    expect(formatMessage("%1!*.*d!", ["999999999", "999999999", "1"])).toHaveLength(1024);
  });

  it("puts in so many pieces and characters, and no more", () => {
    const most = 65_536;
    expect(formatMessage("%1", ["x".repeat(most)])).toHaveLength(most);
    expect(() => formatMessage("%1", ["x".repeat(most + 1)])).toThrow("more than 65536 characters");
    expect(formatMessage("%1".repeat(MAX_INSERTIONS), ["x"])).toHaveLength(MAX_INSERTIONS);
    expect(() => formatMessage("%n".repeat(MAX_INSERTIONS + 1), [])).toThrow("more than 50000 pieces");
  });

  it.each([
    ["%1!d!", "9", "9223372036854775807"],
    ["%1!d!", " ", "0"],
    ["%1!*d!", "\u2003", "5"],
    ["%1!.*s!", "1", "5"],
  ])("reads a parameter of 16 MiB once for %s, however often it is named", (piece, digit, expected) => {
    expect(formatMessage(piece.repeat(3000), [digit.repeat(8_388_608), "5"]) === expected.repeat(3000)).toBe(true);
  });
});

describe("whether a string holds inserts", () => {
  it.each([
    ["%1", true],
    ["a %9!d! b", true],
    ["%%%1", true],
    ["%%1", false],
    ["%0", false],
    ["%n 100%", false],
    ["", false],
    ["%%%%1", false],
  ])("%j: %s", (text, expected) => {
    expect(hasInserts(text)).toBe(expected);
  });
});
