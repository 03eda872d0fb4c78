import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeJson, sanitise, sanitiseLines } from "../../src/cli/sanitise.js";

const ESC = "\x1b";

/** Whatever a terminal might obey: controls but for the line feed, bidirectional marks, lone surrogates. */
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u;

describe("text for a terminal", () => {
  it.each([
    ["colours", `${ESC}[1;31mred${ESC}[0m`, "red"],
    ["a cursor movement", `a${ESC}[2Jb${ESC}[Hc`, "abc"],
    ["a private sequence", `${ESC}[?1049hx`, "x"],
    ["an eight-bit CSI", "\x9b31mred", "red"],
    ["a window title ended by BEL", `a${ESC}]0;owned\x07b`, "ab"],
    ["a window title ended by ST", `a${ESC}]0;owned${ESC}\\b`, "ab"],
    ["a clipboard write", `${ESC}]52;c;ZXZpbA==\x07text`, "text"],
    ["a hyperlink", `${ESC}]8;;http://evil.example\x07click${ESC}]8;;\x07`, "click"],
    ["a device control string", `a${ESC}Pq#0;2;0;0;0${ESC}\\b`, "ab"],
    ["an eight-bit OSC", "a\x9d0;owned\x9cb", "ab"],
    ["a character set", `${ESC}(0lqk`, "lqk"],
    ["a reset", `a${ESC}cb`, "ab"],
    ["a lone ESC at the end", `a${ESC}`, "a"],
    ["ESC after ESC", `a${ESC}${ESC}[31mb`, "ab"],
    ["backspaces", "safe\b\b\b\bevil", "safeevil"],
    ["a bell and a NUL", "a\x07b\x00c", "abc"],
    ["bidirectional overrides", "a\u202egnp.exe\u202c\u2066b", "agnp.exeb"],
    ["invisible characters", "a\u200b\ufeffb\u{e0041}c", "abc"],
    ["a lone surrogate", "a\ud800b", "a\ufffdb"],
  ])("loses %s", (_what, text, clean) => {
    expect(sanitiseLines(text)).toBe(clean);
  });

  it("does not let an unfinished sequence hide what follows", () => {
    expect(sanitiseLines(`a${ESC}]0;title without an end`)).toBe("a0;title without an end");
    expect(sanitiseLines(`a${ESC}[31`)).toBe("a");
  });

  it("keeps line feeds, umlauts, Arabic, emoji with joiners", () => {
    const text = "Toner leer\nmüde طابعة 👩‍🔧";
    expect(sanitiseLines(text)).toBe(text);
  });

  it("makes every kind of line end a line feed, and a tab spaces", () => {
    expect(sanitiseLines("a\r\nb\rc\x85d\u2028e\tf")).toBe("a\nb\nc\nd\ne    f");
  });

  it("puts titles on one line", () => {
    expect(sanitise("Paper jam \r\n  in tray 2")).toBe("Paper jam in tray 2");
  });

  it("leaves nothing to obey, whatever comes", () => {
    const nasty = fc.constantFrom(
      ESC,
      "[",
      "]",
      "\\",
      "\x9b",
      "\x9d",
      "\x9c",
      "P",
      "0",
      ";",
      "m",
      "\x07",
      "\n",
      "\u202e",
      "x",
    );
    const text = fc.oneof(
      fc.array(nasty).map((all) => all.join("")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(text, (raw) => {
        expect(sanitiseLines(raw)).not.toMatch(OBEYED);
        expect(sanitise(raw)).not.toContain("\n");
      }),
      { numRuns: 200 },
    );
  });

  it("drops what nobody can see: soft hyphens, deprecated controls, tags", () => {
    expect(sanitise("Pa\u00adper\u206a \u206fjam\u{e0041}\u{e007f}")).toBe("Paper jam");
  });

  it("takes time in proportion to the text, whatever the text is", () => {
    const size = 1 << 20;
    for (const piece of [`${ESC}]`, `${ESC}[`, ESC, "\x9d", `${ESC}]0;`, "\n ", " "]) {
      expect(sanitise(piece.repeat(size / piece.length)).length).toBeLessThanOrEqual(size);
    }
  });
});

describe("JSON for a terminal", () => {
  it("escapes what JSON lets through and a terminal obeys", () => {
    const value = { title: "\x1b[31m \x9b31m \u202e \u2028 \x7f ü" };
    const json = escapeJson(JSON.stringify(value));
    expect(json).toBe('{"title":"\\u001b[31m \\u009b31m \\u202e \\u2028 \\u007f ü"}');
    expect(JSON.parse(json)).toEqual(value);
  });

  it("escapes tag characters, which are pairs of units and hide a text in another, and the deprecated controls", () => {
    expect(escapeJson('"a\u{e0041}b\u{e007f}c\u{1f5a8}\u206a\u206f"')).toBe(
      String.raw`"a\udb40\udc41b\udb40\udc7fc${"\u{1f5a8}"}\u206a\u206f"`,
    );
  });

  it("keeps pairs whole wherever they stand in a long line", () => {
    const text = "x" + "\u{e0041}".repeat(100_000);
    expect(JSON.parse(escapeJson(JSON.stringify(text)))).toBe(text);
    expect(escapeJson(JSON.stringify(text))).not.toMatch(/[\ud800-\udfff]/);
  });

  it("says the same as before, and holds nothing to obey", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = escapeJson(JSON.stringify({ text }));
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(OBEYED);
      }),
      { numRuns: 200 },
    );
  });
});
