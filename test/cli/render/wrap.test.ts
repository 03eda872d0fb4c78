import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../../src/cli/render/width.js";
import { wrap } from "../../../src/cli/render/wrap.js";

describe("the width of a text", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["ü", 1],
    ["u\u0308", 1],
    ["印刷", 4],
    ["프린터", 6],
    ["👍", 2],
    ["－", 2],
    ["👩‍🔧", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["ก็", 1],
    ["ｶﾞ", 2],
  ])("of %j is %d", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe("wrapping", () => {
  it("breaks between words", () => {
    expect(wrap("Open tray 2 and remove the paper.", 12)).toEqual(["Open tray 2", "and remove", "the paper."]);
  });

  it("keeps line feeds and empty lines", () => {
    expect(wrap("a\n\nb c", 80)).toEqual(["a", "", "b c"]);
  });

  it("keeps what fits as it is, and the indent of what does not", () => {
    expect(wrap("  a   b", 7)).toEqual(["  a   b"]);
    expect(wrap("  one two", 6)).toEqual(["  one", "two"]);
  });

  it("breaks a long word where the line ends", () => {
    expect(wrap("\\\\printserver\\x y", 6)).toEqual(["\\\\prin", "tserve", "r\\x y"]);
  });

  it("counts columns, not characters", () => {
    expect(wrap("印刷機が詰まった", 5)).toEqual(["印刷", "機が", "詰ま", "った"]);
  });

  it("keeps characters whole that are made of several", () => {
    expect(wrap("👩‍🔧👩‍🔧👩‍🔧", 4)).toEqual(["👩‍🔧👩‍🔧", "👩‍🔧"]);
    expect(wrap("🇩🇪🇫🇷", 3)).toEqual(["🇩🇪", "🇫🇷"]);
    expect(wrap("u\u0308".repeat(3), 2)).toEqual(["u\u0308u\u0308", "u\u0308"]);
  });

  it("breaks nothing where there is no terminal", () => {
    const text = "word ".repeat(1000).trim();
    expect(wrap(text, Number.POSITIVE_INFINITY)).toEqual([text]);
  });

  it("never exceeds the width, and loses nothing but spaces", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "印", "u\u0308", "-"), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), fc.integer({ min: 2, max: 30 }), (words, width) => {
        const text = words.join(" ");
        const lines = wrap(text, width);
        expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
      { numRuns: 200 },
    );
  });
});
