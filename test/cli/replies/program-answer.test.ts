import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProgramAnswer } from "../../../src/cli/replies/program-answer.js";
import type { Decision, Invalid } from "../../../src/cli/replies/decision.js";

function answer(printed: string | Uint8Array): Decision | Invalid {
  const collected = new ProgramAnswer();
  collected.push(Buffer.from(printed));
  return collected.read();
}

describe("the answer of a reply program", () => {
  it.each<[string, Decision]>([
    ["IDOK\n", { kind: "button", choice: { by: "id", text: "IDOK" } }],
    ["IDCANCEL", { kind: "button", choice: { by: "id", text: "IDCANCEL" } }],
    ["3\r\n", { kind: "button", choice: { by: "id", text: "3" } }],
    ["=Try again\n", { kind: "button", choice: { by: "label", text: "Try again" } }],
    ['{"button":"=Wiederholen ✓"}\n', { kind: "button", choice: { by: "label", text: "Wiederholen ✓" } }],
    ['{"button":3}\n\n', { kind: "button", choice: { by: "id", text: "3" } }],
    ['{"text":"tray 2\\nplease"}\n', { kind: "text", text: "tray 2\nplease" }],
    ['{"text":""}', { kind: "text", text: "" }],
    ["skip\n", { kind: "skip" }],
    ['{"skip":true}', { kind: "skip" }],
  ])("%j is understood", (printed, decision) => {
    expect(answer(printed)).toEqual(decision);
  });

  it.each([
    ["", "it printed no answer"],
    ["\n", "it printed no answer"],
    ["IDOK\nIDOK\n", "it printed more than one line"],
    ["\nIDOK\n", "it printed more than one line"],
    ["OK\n", '"OK" is no button: write IDOK, IDCANCEL, an integer such as 3, or =Label'],
    [" IDOK\n", '" IDOK" is no button: write IDOK, IDCANCEL, an integer such as 3, or =Label'],
    ["{IDOK}\n", '"{IDOK}" is no JSON object'],
    ["{}\n", 'it needs exactly one of "button", "text" and "skip"'],
    ['{"button":"3","text":"a"}\n', 'it needs exactly one of "button", "text" and "skip"'],
    ['{"answer":"3"}\n', '"answer" is not one of "button", "text" and "skip"'],
    ['{"button":true}\n', '"button" must be IDOK, IDCANCEL, an integer such as 3, or =Label'],
    ['{"text":3}\n', '"text" must be a string'],
    ['{"skip":false}\n', '"skip" must be true, or left out'],
  ])("%j is refused", (printed, problem) => {
    expect(answer(printed)).toEqual({ kind: "invalid", problem });
  });

  it("must be UTF-8", () => {
    expect(answer(Uint8Array.of(0x3d, 0xff, 0x0a))).toEqual({
      kind: "invalid",
      problem: "it printed bytes that are not UTF-8",
    });
  });

  it("is the same however it is cut into pieces", () => {
    const printed = Buffer.from('{"text":"größer ✓"}\n\n');
    fc.assert(
      fc.property(fc.array(fc.nat(printed.length)), (cuts) => {
        const collected = new ProgramAnswer();
        const ends = [...cuts, printed.length].sort((a, b) => a - b);
        for (const [index, end] of ends.entries()) {
          expect(collected.push(printed.subarray(ends[index - 1] ?? 0, end))).toBe(true);
        }
        expect(collected.read()).toEqual({ kind: "text", text: "größer ✓" });
      }),
      { numRuns: 100 },
    );
  });

  it("may be as long as the longest reply when it is JSON, and is cut off beyond it", () => {
    const text = "ж".repeat(5_000_000);
    expect(answer(JSON.stringify({ text }))).toEqual({ kind: "text", text });
    const collected = new ProgramAnswer();
    expect(collected.push(Buffer.alloc(16 * 1024 * 1024, "{"))).toBe(true);
    expect(collected.push(Buffer.from("x"))).toBe(false);
    expect(collected.read()).toEqual({ kind: "invalid", problem: "it printed a line of more than 16384 KiB" });
  });

  it("wants no more of what cannot become an answer", () => {
    const collected = new ProgramAnswer();
    expect(collected.push(Buffer.alloc(64 * 1024, "x"))).toBe(true);
    expect(collected.push(Buffer.from("x"))).toBe(false);
    expect(collected.push(Buffer.from("\n"))).toBe(false);
    expect(collected.read()).toEqual({ kind: "invalid", problem: "it printed a line of more than 64 KiB" });
  });
});
