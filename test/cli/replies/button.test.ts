import { describe, expect, it } from "vitest";
import { findButton, parseButtonChoice } from "../../../src/cli/replies/button.js";
import { PanwatchError } from "../../../src/errors.js";
import { PAPER_JAM } from "./questions.js";

function find(text: string): number {
  const choice = parseButtonChoice(text);
  if (choice === null) throw new Error(`${text} is no button`);
  return findButton(PAPER_JAM, choice).index;
}

describe("a button", () => {
  it("is chosen by its id", () => {
    expect([find("IDOK"), find("3"), find("IDCANCEL")]).toEqual([1, 2, 3]);
  });

  it("is chosen by its label, all of it and case-sensitive", () => {
    expect([find("=OK"), find("=Retry"), find("=Cancel")]).toEqual([1, 2, 3]);
    expect(() => find("=retry")).toThrow('The message box "Paper jam" has no button labelled "retry".');
    expect(() => find("=Ret")).toThrow(PanwatchError);
  });

  it("may be written with other digits for the same integer", () => {
    expect(find("03")).toBe(2);
  });

  it("is not found by the number that stands for IDOK or IDCANCEL, or by its position", () => {
    expect(() => find("1")).toThrow('The message box "Paper jam" has no button 1.');
    expect(() => find("2")).toThrow('The message box "Paper jam" has no button 2.');
  });

  it("that does not exist is told with those that do", () => {
    const choice = { by: "id", text: "4" } as const;
    expect(() => findButton(PAPER_JAM, choice)).toThrow(
      expect.objectContaining({ code: "reply", hint: "Its buttons are: IDOK (OK), 3 (Retry), IDCANCEL (Cancel)." }),
    );
  });

  it("is not guessed when two have the label", () => {
    const [ok, retry] = PAPER_JAM.buttons;
    if (ok === undefined || retry === undefined) throw new Error("the paper jam has two buttons");
    const box = { ...PAPER_JAM, buttons: [ok, { ...retry, label: "OK" }] };
    expect(() => findButton(box, { by: "label", text: "OK" })).toThrow(
      'The message box "Paper jam" has 2 buttons labelled "OK".',
    );
  });

  it.each(["", "=", "OK", "idok", "IDYES", "3 ", "1e3", "skip"])("is not written %j", (text) => {
    expect(parseButtonChoice(text)).toBe(null);
  });
});
