import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, lineAndColumn, readJsonText } from "../../../src/cli/replies/json-text.js";

describe("JSON with places", () => {
  it("is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(readJsonText(text).value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("is refused where JSON.parse refuses it, whatever was done to it", () => {
    const base = '[{"match":{"title":"/a\\/b/i","bidi":true},"button":3},{"text":"\\u00e4"}]';
    fc.assert(
      fc.property(fc.nat(base.length), fc.nat(3), fc.string({ maxLength: 2 }), (at, cut, insert) => {
        const text = base.slice(0, at) + insert + base.slice(at + cut);
        let fine = true;
        try {
          JSON.parse(text);
        } catch {
          fine = false;
        }
        if (fine) expect(readJsonText(text).value).toEqual(JSON.parse(text));
        else expect(() => readJsonText(text)).toThrow(JsonError);
      }),
    );
  });

  it("tells where values stand, or what should hold them", () => {
    const text = '[\n  {"a": [1, "x"]}\n]';
    const { offsetOf } = readJsonText(text);
    const at = (...path: (string | number)[]): string => lineAndColumn(text, offsetOf(...path));
    expect([at(), at(0), at(0, "a"), at(0, "a", 1), at(0, "b")]).toEqual(["1:1", "2:3", "2:9", "2:13", "2:3"]);
  });

  it.each([
    ["", "1:1", "expected a value"],
    ["[1,\n2", "2:2", 'expected "," or "]"'],
    ['{"a" 1}', "1:6", 'expected ":"'],
    ["[tru]", "1:2", "expected a value"],
    ["[] []", "1:4", "nothing may follow"],
    ["[".repeat(200), "1:102", "too many lists and objects in each other"],
  ])("tells where %j is wrong", (text, place, message) => {
    try {
      readJsonText(text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      expect([lineAndColumn(text, error.offset), error.message]).toEqual([place, message]);
    }
  });
});
