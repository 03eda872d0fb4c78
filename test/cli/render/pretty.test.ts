import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { PrettyText, type PrettyOptions } from "../../../src/cli/render/pretty/pretty.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import { EVENTS, NON_COMPLIANT, NOTIFICATIONS, notified, TIME } from "./events.js";

process.env["TZ"] = "UTC";

function text(event: WatchEvent, options: Partial<PrettyOptions> = {}): string {
  const defaults: PrettyOptions = { chalk: new Chalk({ level: 0 }), columns: () => 60, answerCommand: null };
  return new PrettyText({ ...defaults, ...options }, TIME).text(event);
}

const lines = (...all: string[]): string => all.join("\n");

describe("notifications for people", () => {
  it("balloon", () => {
    expect(text(notified(NOTIFICATIONS.balloon))).toBe(
      lines(
        "14:30:00 ● Balloon n1 from HP4 on printsrv",
        "         Paper jam",
        "         Open tray 2. Remove the paper.",
        "         A click would call NotifyEntry of PrintConfig.dll;",
        "         panwatch never does.",
      ),
    );
  });

  it("message box, with the command that would answer it where nothing does", () => {
    expect(text(notified(NOTIFICATIONS.messageBox))).toBe(
      lines(
        "14:30:00 ◆ Message box n1 from HP4 on printsrv",
        "         Toner low",
        "         Buttons: OK (IDOK), Cancel (IDCANCEL), Order toner",
        "         (3)",
      ),
    );
    const answerCommand = (_: unknown, id: string): string => `panwatch watch printsrv --reply button=${id}`;
    expect(text(notified(NOTIFICATIONS.messageBox), { answerCommand, columns: () => 100 })).toBe(
      lines(
        "14:30:00 ◆ Message box n1 from HP4 on printsrv",
        "         Toner low",
        "         Buttons: OK (IDOK), Cancel (IDCANCEL), Order toner (3)",
        "         To answer: panwatch watch printsrv --reply button=IDOK",
      ),
    );
  });

  it("custom UI", () => {
    expect(text(notified(NOTIFICATIONS.customUi))).toBe(
      lines(
        "14:30:00 ▣ Custom UI n1 from HP4 on printsrv",
        "         For AskPin of IHV.dll, which is expected to answer",
        "         job=17",
      ),
    );
  });

  it("custom data", () => {
    expect(text(notified(NOTIFICATIONS.customData), { columns: () => 100 })).toBe(
      lines(
        "14:30:00 ▤ Custom data n1 from HP4 on printsrv",
        "         For ShowLevels of IHV.dll",
        "         4 bytes",
        "         0000  00 01 fe 41                                      ...A",
      ),
    );
  });

  it("printer configuration", () => {
    expect(text(notified(NOTIFICATIONS.printerConfiguration), { columns: () => 100 })).toBe(
      lines(
        "14:30:00 ⚙ Configuration change n1 from HP4 on printsrv",
        "         HP4",
        "         \\Printer.Layout:Duplex = LongEdge",
        "         \\Printer.Toner:Level = 12",
        "         \\Printer.Counter:Total = 90071992547409930",
        "         \\Printer.Duplex:Installed = true",
        "         \\Printer.Fuser:Load = INF",
        "         \\Printer.Raw:State = 3 bytes",
        "         \\Printer.Fonts:List has changed; its value was too large to be sent",
      ),
    );
  });

  it("a type that is not decoded", () => {
    expect(text(notified(NOTIFICATIONS.unknown), { columns: () => 100 })).toBe(
      lines(
        "14:30:00 ○ Unknown notification n1 from HP4 on printsrv",
        "         Type 25df3b0e-74a9-47f5-80ce-79b4b1eb5c58, which panwatch does not decode",
        "         3 bytes",
        "         0000  ff 00 80                                         ...",
      ),
    );
  });

  it("a document that breaks a rule", () => {
    expect(text(notified(NON_COMPLIANT))).toBe(
      lines(
        "14:30:00 ○ Unknown notification n1 from HP4 on printsrv",
        "         It breaks a rule: element a is not closed",
        "         <a></b>",
      ),
    );
  });

  it("says only the server where the whole server is watched", () => {
    expect(text({ ...notified(NOTIFICATIONS.customUi), printer: null })).toContain("Custom UI n1 from printsrv\n");
  });
});

describe("everything else for people", () => {
  it.each([
    [
      "registered",
      EVENTS.registered,
      "14:30:00 · Registered: asyncui, uni, per-user as CORP\\alice, NTLM, privacy, ndr64 (HP4 on printsrv)",
    ],
    [
      "registered again",
      { ...EVENTS.registered, attempt: 3 } as WatchEvent,
      "14:30:00 · Registered again (3): asyncui, uni, per-user as CORP\\alice, NTLM, privacy, ndr64 (HP4 on printsrv)",
    ],
    ["channel.opened", EVENTS.opened, "14:30:00 · Channel c1 opened by the server (HP4 on printsrv)"],
    [
      "channel.acquired",
      EVENTS.acquired,
      "14:30:00 · Channel c1 taken by another client: CHANNEL_ACQUIRED (HP4 on printsrv)",
    ],
    ["channel.released", EVENTS.released, "14:30:00 · Channel c1 released by panwatch: not answered (HP4 on printsrv)"],
    ["reply.sent", EVENTS.sent, "14:30:00 ✓ Reply to n1: OK (IDOK), accepted after 1.2 s"],
    [
      "reply.rejected",
      EVENTS.rejected,
      lines(
        "14:30:00 ✗ Reply to n1 not accepted: a text",
        "         another client answered first",
        "         0x00040010 CHANNEL_ACQUIRED",
      ),
    ],
    ["reply.planned", EVENTS.planned, "14:30:00 · Would reply to n1: OK (IDOK) (dry run)"],
    ["hook.finished, failed", EVENTS.hook, "14:30:00 ✗ Hook for n1 failed with exit status 3 (52 ms)"],
    ["hook.finished, done", EVENTS.hookDone, "14:30:00 · Hook for n1 done after 52 ms"],
    ["hook.finished, timed out", EVENTS.hookKilled, "14:30:00 ✗ Hook for n1 took too long (30.5 s)"],
    [
      "reconnecting",
      EVENTS.reconnecting,
      lines("14:30:00 ↻ Trying again in 2.1 s (attempt 2) (HP4 on printsrv)", "         the connection was lost"),
    ],
    [
      "gap",
      EVENTS.gap,
      "14:30:00 … Back after 7.5 s, gap from 14:29:00 to 14:29:07: notifications may have been missed (HP4 on printsrv)",
    ],
    [
      "error",
      EVENTS.failed,
      lines(
        "14:30:00 ✗ Error (register): access denied (HP4 on printsrv)",
        "         ask the administrator of the print server",
      ),
    ],
    [
      "unregistered",
      EVENTS.unregistered,
      "14:30:00 · Unregistered (count): 3 notifications, 1 reply, 0 errors, 2 reconnections (HP4 on printsrv)",
    ],
  ])("%s", (_type, event, expected) => {
    expect(text(event, { columns: () => Infinity })).toBe(expected);
  });

  it("on more lines where one is too short, broken between words", () => {
    expect(text(EVENTS.acquired, { columns: () => 50 })).toBe(
      lines("14:30:00 · Channel c1 taken by another client:", "         CHANNEL_ACQUIRED (HP4 on printsrv)"),
    );
    expect(text(EVENTS.opened, { columns: () => 50 })).toBe(
      lines("14:30:00 · Channel c1 opened by the server", "         (HP4 on printsrv)"),
    );
  });

  it.each([80, 50, 40])("hexadecimal digits in as many columns as there are: %d", (columns) => {
    const data = Uint8Array.from({ length: 100 }, (_, i) => i + 32);
    const shown = text(notified({ ...NOTIFICATIONS.customData, data }), { columns: () => columns }).split("\n");
    expect(shown.filter((line) => line.length > columns)).toEqual([]);
    const perRow = columns === 80 ? 16 : columns === 50 ? 8 : 4;
    expect(shown.filter((line) => /^ {9}[0-9a-f]{4} {2}/.test(line))).toHaveLength(64 / perRow);
    expect(shown.join(" ")).toContain("100 bytes in all");
  });
});

describe("pretty text in general", () => {
  const coloured = { chalk: new Chalk({ level: 1 }) };

  it("says the same with colour and without", () => {
    const events = [...Object.values(NOTIFICATIONS).map((one) => notified(one)), ...Object.values(EVENTS)];
    for (const event of events) {
      const withColour = text(event, coloured);
      expect(withColour).toContain("\u001b[");
      expect(withColour.replace(/\u001b\[\d+m/g, "")).toBe(text(event));
    }
  });

  it("colours titles, replies and errors", () => {
    expect(text(notified(NOTIFICATIONS.balloon), coloured)).toContain("\u001b[1mPaper jam\u001b[22m");
    expect(text(EVENTS.sent, coloured)).toContain("\u001b[32m✓ Reply to n1: OK (IDOK), accepted after 1.2 s\u001b[39m");
    expect(text(EVENTS.failed, coloured)).toContain("\u001b[31m✗ Error (register): access denied\u001b[39m");
  });

  it("tells the date when it changes, and only then", () => {
    const pretty = new PrettyText(
      { ...coloured, chalk: new Chalk({ level: 0 }), columns: () => 80, answerCommand: null },
      TIME,
    );
    const next = { ...EVENTS.hookDone, time: new Date("2026-11-22T00:00:01Z") } as WatchEvent;
    expect(pretty.text(EVENTS.hookDone)).toBe("14:30:00 · Hook for n1 done after 52 ms");
    expect(pretty.text(next)).toBe("── 2026-11-22 ──\n00:00:01 · Hook for n1 done after 52 ms");
    expect(pretty.text(next)).toBe("00:00:01 · Hook for n1 done after 52 ms");
  });

  it("takes out whatever a server wants a terminal to do, from every text", () => {
    const evil = "\u001b[2J\u001b]0;owned\u0007\u202eevil\u009b31m";
    const notifications = [
      { ...NOTIFICATIONS.balloon, title: evil, body: evil, action: { dll: evil, entrypoint: evil, data: evil } },
      { ...NOTIFICATIONS.messageBox, buttons: [{ index: 1, id: evil, replyValue: 1, label: evil }] },
      { ...NOTIFICATIONS.customUi, dll: evil, entrypoint: evil, text: evil },
      { ...NOTIFICATIONS.printerConfiguration, printerName: evil, reduced: [evil] },
      { ...NOTIFICATIONS.unknown, problem: evil },
    ];
    const others = [
      { ...EVENTS.failed, message: evil, hint: evil, stage: evil, server: evil, printer: evil },
      { ...EVENTS.reconnecting, reason: evil },
      { ...EVENTS.acquired, reason: evil },
      { ...EVENTS.rejected, message: evil, text: evil },
      { ...EVENTS.registered, auth: { mechanism: "NTLM", level: "privacy", user: evil } },
    ] as WatchEvent[];
    for (const event of [...notifications.map((one) => notified(one)), ...others]) {
      expect(text(event)).toContain("evil");
      expect(text(event)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|owned/);
    }
  });

  it("shows the beginning of a title of 10 MiB", () => {
    const shown = text(notified({ ...NOTIFICATIONS.balloon, title: "x".repeat(10 * 2 ** 20) }));
    expect(shown).toMatch(/…\n +\(10,485,760 characters in all; -o json prints them\)/);
    expect(shown.length).toBeLessThan(6000);
  });

  it("shows the first of many lines", () => {
    const body = "line\n".repeat(100_000);
    const settings = Array.from({ length: 5000 }, () => NOTIFICATIONS.printerConfiguration.settings[0]);
    expect(text(notified({ ...NOTIFICATIONS.printerConfiguration, settings }))).toMatch(/… and 4,80\d more lines$/);
    expect(text(notified({ ...NOTIFICATIONS.balloon, body })).split("\n").length).toBeLessThan(210);
  });

  it("wraps to the width that the terminal has now", () => {
    let columns = 30;
    const pretty = new PrettyText(
      { chalk: new Chalk({ level: 0 }), columns: () => columns, answerCommand: null },
      TIME,
    );
    const narrow = pretty.text(notified(NOTIFICATIONS.balloon));
    columns = 200;
    expect(narrow.split("\n").length).toBeGreaterThan(pretty.text(notified(NOTIFICATIONS.balloon)).split("\n").length);
  });
});
