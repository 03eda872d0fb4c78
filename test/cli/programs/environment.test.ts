import { describe, expect, it } from "vitest";
import { ProgramEnvironment } from "../../../src/cli/programs/environment.js";
import { BALLOON, notified } from "./scripts.js";

describe("the environment of a program", () => {
  it("holds what happened, on one line and without control characters", () => {
    const event = notified({ ...BALLOON, title: "\x1b[31mToner\x07 low", body: "first\r\nsecond\tthird" });
    expect(new ProgramEnvironment({ PATH: "/bin" }).for(event)).toEqual({
      PATH: "/bin",
      PANWATCH_EVENT_TYPE: "notification.balloon",
      PANWATCH_EVENT_ID: "n1",
      PANWATCH_EVENT_SERVER: "print1",
      PANWATCH_EVENT_PRINTER: "HP4",
      PANWATCH_EVENT_TITLE: "Toner low",
      PANWATCH_EVENT_BODY: expect.stringMatching(/^first second +third$/) as unknown,
      PANWATCH_EVENT_PROBLEM: "",
    });
  });

  it("holds the rule that a notification breaks", () => {
    const event = notified({ ...BALLOON, problem: 'element "a\u0007" cannot stand' });
    expect(new ProgramEnvironment({}).for(event)).toMatchObject({ PANWATCH_EVENT_PROBLEM: 'element "a" cannot stand' });
  });

  it("empties what there is not, whatever was inherited", () => {
    const event = notified(
      { kind: "unknown", notificationType: "x", data: new Uint8Array(), problem: null },
      {
        printer: null,
      },
    );
    const environment = new ProgramEnvironment({ PANWATCH_EVENT_TITLE: "old", PANWATCH_EVENT_PRINTER: "old" }).for(
      event,
    );
    expect(environment).toMatchObject({
      PANWATCH_EVENT_TITLE: "",
      PANWATCH_EVENT_BODY: "",
      PANWATCH_EVENT_PRINTER: "",
    });
  });

  it("never holds our password", () => {
    const environment = new ProgramEnvironment({
      PANWATCH_PASSWORD: "secret",
      PANWATCH_PASSWORD_FILE: "/secret",
      PANWATCH_DEBUG: "1",
    }).for(notified(BALLOON));
    expect(Object.keys(environment).filter((name) => !name.startsWith("PANWATCH_EVENT_"))).toEqual(["PANWATCH_DEBUG"]);
  });

  it("inherits what was there at the beginning: KRB5CCNAME is another one while tickets are looked for", () => {
    const ours = { KRB5CCNAME: "FILE:/mine" };
    const environments = new ProgramEnvironment(ours);
    ours.KRB5CCNAME = "FILE:/other";
    expect(environments.for(notified(BALLOON))).toMatchObject({ KRB5CCNAME: "FILE:/mine" });
  });

  it("cuts a value at 8 KiB of UTF-8, and never in the middle of a character", () => {
    const { PANWATCH_EVENT_TITLE: title, PANWATCH_EVENT_BODY: body } = new ProgramEnvironment({}).for(
      notified({ ...BALLOON, title: "x".repeat(20_000_000), body: "x" + "🖨".repeat(10_000) }),
    );
    expect(title).toBe("x".repeat(8192));
    expect(body).toBe("x" + "🖨".repeat(2047));
  });
});
