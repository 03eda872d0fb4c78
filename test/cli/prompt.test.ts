import { describe, expect, it } from "vitest";
import { SecretLine } from "../../src/cli/prompt.js";

/** Types the pieces one after the other, and gives the last state with the line. */
function type(...pieces: string[]): [state: string, text: string] {
  const line = new SecretLine();
  let state = "more";
  for (const piece of pieces) state = line.feed(piece);
  return [state, line.text];
}

describe("a line that is typed unseen", () => {
  it("ends with Enter", () => {
    expect(type("S", "e", "same", "\r")).toEqual(["done", "Sesame"]);
    expect(type("Sesame\nmore")).toEqual(["done", "Sesame"]);
    expect(type("Sesame")).toEqual(["more", "Sesame"]);
  });

  it("loses a whole character with Backspace", () => {
    expect(type("ab\x7f\bc👍\x7fd\r")).toEqual(["done", "cd"]);
    expect(type("\x7f\x7fa\r")).toEqual(["done", "a"]);
  });

  it("begins again after Ctrl-U", () => {
    expect(type("wrong\x15right\r")).toEqual(["done", "right"]);
  });

  it("is given up with Ctrl-C, and with Ctrl-D when it is empty", () => {
    expect(type("abc\x03")[0]).toBe("interrupted");
    expect(type("\x04")[0]).toBe("ended");
    expect(type("abc\x04\r")).toEqual(["done", "abc"]);
  });

  it("takes no other control characters", () => {
    expect(type("a\x1a\tb\x00\r")).toEqual(["done", "ab"]);
  });
});
