import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip } from "../../src/bytes/clip.js";

describe("clipping a text", () => {
  it.each([
    ["short", 5, "short"],
    ["longer", 5, "longe…"],
    ["", 0, ""],
    ["a", 0, "…"],
    ["ab👩‍🔧c", 3, "ab…"],
    ["ab👩‍🔧c", 6, "ab…"],
    ["ab👩‍🔧c", 7, "ab👩‍🔧…"],
    ["u\u0308x", 1, "…"],
    ["u\u0308x", 2, "u\u0308…"],
    ["🇩🇪🇫🇷", 6, "🇩🇪…"],
    ["1\r\n2", 2, "1…"],
  ])("%j at %d is %j", (text, length, expected) => {
    expect(clip(text, length)).toBe(expected);
  });

  it("is not fooled by a letter with a million accents", () => {
    expect(clip("u" + "\u0308".repeat(1_000_000), 60).length).toBeLessThanOrEqual(61);
  });

  it("gives a beginning, never longer than asked for, in whole characters", () => {
    const grapheme = fc.constantFrom("a", "印", "👍", "👩‍🔧", "u\u0308", "🇩🇪", "\r\n");
    fc.assert(
      fc.property(fc.array(grapheme, { maxLength: 30 }), fc.nat(60), (parts, length) => {
        const clipped = clip(parts.join(""), length);
        const kept = clipped.replace(/…$/, "");
        expect(kept.length).toBeLessThanOrEqual(Math.max(length, 0));
        expect(parts.map((_, i) => parts.slice(0, i).join("")).concat(parts.join(""))).toContain(kept);
      }),
      { numRuns: 200 },
    );
  });
});
