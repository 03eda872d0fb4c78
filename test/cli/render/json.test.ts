import { describe, expect, it } from "vitest";
import { JsonLines } from "../../../src/cli/render/json.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import { at, EVENTS, NON_COMPLIANT, NOTIFICATIONS, notified, TIME } from "./events.js";

const line = (event: WatchEvent): string => new JsonLines(() => 9).line(event);

/** What every line of the fixtures begins with. */
const head = (type: string, channel = "null"): string =>
  `{"v":1,"type":"${type}","time":"2026-11-21T14:30:00.250Z","seq":1,"server":"printsrv","printer":"HP4",` +
  `"registration":"r1","channel":${channel},`;

describe("JSON lines of notifications", () => {
  it("balloon", () => {
    expect(line(notified(NOTIFICATIONS.balloon))).toBe(
      `${head("notification.balloon")}"id":"n1","title":"Paper jam","body":"Open tray 2. Remove the paper.",` +
        `"bodies":["Open tray 2.","Remove the paper."],"icon":{"id":7,"dll":"IHV.dll"},` +
        `"action":{"dll":"PrintConfig.dll","entrypoint":"NotifyEntry","data":"<Envelope/>"},"strings":[` +
        `{"path":"title","stringId":null,"dll":null,"params":[],"text":"Paper jam","source":"literal"},` +
        `{"path":"body[0]","stringId":12,"dll":"IHV.dll","params":["2"],"text":"Open tray 2.","source":"resources"},` +
        `{"path":"body[1]","stringId":null,"dll":null,"params":[],"text":"Remove the paper.","source":"literal"}],"problem":null}`,
    );
  });

  it("balloon without icon and action", () => {
    const bare = { ...NOTIFICATIONS.balloon, icon: null, action: null, strings: [] };
    expect(JSON.parse(line(notified(bare)))).toMatchObject({ icon: null, action: null, strings: [] });
  });

  it("message box", () => {
    expect(line(notified(NOTIFICATIONS.messageBox))).toBe(
      `${head("notification.messageBox", '"c1"')}"id":"n1","title":"Toner low","body":"","bodies":[],"bitmap":null,` +
        `"buttons":[{"index":1,"id":"IDOK","replyValue":1,"label":"OK"},` +
        `{"index":2,"id":"IDCANCEL","replyValue":2,"label":"Cancel"},` +
        `{"index":3,"id":"3","replyValue":3,"label":"Order toner"}],"strings":[],"problem":null}`,
    );
  });

  it("custom UI", () => {
    expect(line(notified(NOTIFICATIONS.customUi))).toBe(
      `${head("notification.customUi")}"id":"n1","dll":"IHV.dll","entrypoint":"AskPin","bidi":true,"text":"job=17",` +
        `"problem":null}`,
    );
  });

  it("custom data", () => {
    expect(line(notified(NOTIFICATIONS.customData))).toBe(
      `${head("notification.customData")}"id":"n1","dll":"IHV.dll","entrypoint":"ShowLevels","bidi":false,` +
        `"text":null,"data":{"text":null,"base64":"AAH+QQ==","bytes":4},"problem":null}`,
    );
  });

  it("printer configuration", () => {
    expect(line(notified(NOTIFICATIONS.printerConfiguration))).toBe(
      `${head("notification.printerConfiguration")}"id":"n1","printerName":"HP4","settings":[` +
        String.raw`{"name":"\\Printer.Layout:Duplex","kind":"BIDI_STRING","value":"LongEdge","base64":null,"problem":null},` +
        String.raw`{"name":"\\Printer.Toner:Level","kind":"BIDI_INT","value":12,"base64":null,"problem":null},` +
        String.raw`{"name":"\\Printer.Counter:Total","kind":"BIDI_INT","value":"90071992547409930","base64":null,"problem":null},` +
        String.raw`{"name":"\\Printer.Duplex:Installed","kind":"BIDI_BOOL","value":true,"base64":null,"problem":null},` +
        String.raw`{"name":"\\Printer.Fuser:Load","kind":"BIDI_FLOAT","value":"INF","base64":null,"problem":null},` +
        String.raw`{"name":"\\Printer.Raw:State","kind":"BIDI_BLOB","value":null,"base64":"AQID","problem":null}],` +
        String.raw`"reduced":["\\Printer.Fonts:List"],"problem":null}`,
    );
  });

  it("a type that is not decoded", () => {
    expect(line(notified(NOTIFICATIONS.unknown))).toBe(
      `${head("notification.unknown")}"id":"n1","notificationType":"25df3b0e-74a9-47f5-80ce-79b4b1eb5c58",` +
        `"data":{"text":null,"base64":"/wCA","bytes":3},"problem":null}`,
    );
  });

  it("a document that breaks a rule: with its text, whole and escaped", () => {
    expect(line(notified(NON_COMPLIANT))).toBe(
      `${head("notification.unknown")}"id":"n1","notificationType":"f6853f92-eb31-4e23-b6e7-fd69056153f0",` +
        `"data":{"text":"<a>\\u001b[31m</b>","base64":"PABhAD4AGwBbADMAMQBtADwALwBiAD4AAAA=","bytes":26},` +
        `"problem":"element a is not closed"}`,
    );
  });
});

describe("JSON lines of everything else", () => {
  it("registered", () => {
    expect(line(EVENTS.registered)).toBe(
      `${head("registered")}"notificationType":{"guid":"f6853f92-eb31-4e23-b6e7-fd69056153f0","name":"asyncui"},` +
        `"style":"uni","userFilter":"per-user","attempt":1,` +
        String.raw`"auth":{"mechanism":"NTLM","level":"privacy","user":"CORP\\alice"},"transferSyntax":"ndr64"}`,
    );
  });

  it("channels", () => {
    expect(line(EVENTS.opened)).toBe(`${head("channel.opened", '"c1"')}"by":"server","reason":null}`);
    expect(line(EVENTS.acquired)).toBe(`${head("channel.acquired", '"c1"')}"by":"other","reason":"CHANNEL_ACQUIRED"}`);
  });

  it("replies", () => {
    expect(line(EVENTS.sent)).toBe(
      `${head("reply.sent", '"c1"')}"replyTo":"n1","via":"button",` +
        `"button":{"id":"IDOK","replyValue":1,"label":"OK"},"text":null,` +
        `"result":{"code":"0x00000000","name":"S_OK"},"message":null,"latencyMs":1234}`,
    );
    expect(line(EVENTS.rejected)).toBe(
      `${head("reply.rejected", '"c1"')}"replyTo":"n1","via":"exec","button":null,"text":"<pin>",` +
        `"result":{"code":"0x00040010","name":"CHANNEL_ACQUIRED"},` +
        `"message":"another client answered first","latencyMs":40}`,
    );
    expect(JSON.parse(line(EVENTS.planned))).toMatchObject({ type: "reply.planned", result: null });
  });

  it("hooks", () => {
    expect(line(EVENTS.hook)).toBe(
      `${head("hook.finished")}"for":"n1","exit":3,"signal":null,"timedOut":false,"ms":52}`,
    );
  });

  it("reconnecting and gap", () => {
    expect(line(EVENTS.reconnecting)).toBe(
      `${head("reconnecting")}"attempt":2,"delayMs":2100,"reason":"the connection was lost"}`,
    );
    expect(line(EVENTS.gap)).toBe(
      `${head("gap")}"from":"2026-11-21T14:29:00.000Z","to":"2026-11-21T14:29:07.500Z","mayHaveLost":true,"cause":"connection"}`,
    );
  });

  it("error, with its HRESULT and without", () => {
    expect(line(EVENTS.failed)).toBe(
      `${head("error")}"code":"hresult","hresult":"0x80070005","message":"access denied",` +
        `"hint":"ask the administrator of the print server","stage":"register","fatal":true}`,
    );
    expect(JSON.parse(line({ ...EVENTS.failed, hresult: null, hint: null } as WatchEvent))).toMatchObject({
      hresult: null,
      hint: null,
    });
  });

  it("unregistered: the exit code only where the process ends with it", () => {
    const counts = `"counts":{"notifications":3,"replies":1,"errors":0,"reconnects":2}}`;
    expect(line(EVENTS.unregistered)).toBe(`${head("unregistered")}"reason":"count","exitCode":9,${counts}`);
    expect(line({ ...EVENTS.unregistered, final: false } as WatchEvent)).toBe(
      `${head("unregistered")}"reason":"count","exitCode":null,${counts}`,
    );
  });
});

describe("JSON lines in general", () => {
  it("number themselves", () => {
    const lines = new JsonLines(() => 0);
    const seqs = [EVENTS.opened, EVENTS.sent, EVENTS.gap].map(
      (event) => JSON.parse(lines.line(event)) as { seq: number },
    );
    expect(seqs.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("have null for the printer of a whole server, and for what concerns no registration", () => {
    const event = {
      ...at({ type: "reconnecting", attempt: 1, delayMs: 1, reason: "x" }),
      printer: null,
      registration: null,
    };
    expect(JSON.parse(line(event))).toMatchObject({ printer: null, registration: null, channel: null });
  });

  it("are one line each and hold nothing that a terminal obeys", () => {
    const title = "a\nb\u001b]0;x\u0007\u009b31m\u202e\u2028";
    const text = line(notified({ ...NOTIFICATIONS.balloon, title }));
    expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
    expect(JSON.parse(text)).toMatchObject({ title });
  });

  it("hold a lone surrogate escaped, as JSON wants it", () => {
    expect(line(notified({ ...NOTIFICATIONS.balloon, title: "\ud800" }))).toContain(String.raw`"title":"\ud800"`);
  });

  it("are not confused by names that objects have", () => {
    const settings = [{ name: "__proto__", kind: "BIDI_STRING", value: "x", bytes: null, problem: null }] as const;
    const parsed = JSON.parse(line(notified({ ...NOTIFICATIONS.printerConfiguration, settings }))) as object;
    expect(parsed).toMatchObject({ settings: [{ name: "__proto__", value: "x" }] });
  });

  it("tell the time of the event", () => {
    expect(line(EVENTS.opened)).toContain(TIME.toISOString());
  });
});
