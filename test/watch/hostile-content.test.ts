import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { JsonLines } from "../../src/cli/render/json.js";
import { PrettyText } from "../../src/cli/render/pretty/pretty.js";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import type { Notification } from "../../src/notifications/model.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import type { WatchEvent } from "../../src/watch/events.js";
import { READER_BOUNDS } from "../../src/watch/reporter.js";
import { growthDuring } from "../fuzz/engine/memory.js";
import { eventsOf, of, watchLocal } from "./support/watching.js";

const MEBIBYTE = 1024 * 1024;
const UNI = { types: [ASYNC_UI], style: "uni" } as const;

function document(content: string, prolog = ""): string {
  return `${prolog}<asyncPrintUIRequest><v1><requestOpen>${content}</requestOpen></v1></asyncPrintUIRequest>`;
}

function balloon(title: string): string {
  return document(`<balloonUI><title>${title}</title><body>b</body></balloonUI>`);
}

interface Shown {
  readonly notification: Notification;
  /** As `-o json` prints it, and as a terminal gets it. */
  readonly json: string;
  readonly pretty: string;
}

/** Lets a print server send a document, and gives what the watch made of it. */
async function show(xml: string): Promise<Shown> {
  await using server = await PrintServer.start({ users: [{ name: "alice", password: "x" }] });
  const watcher = watchLocal(server.port, UNI);
  const data = encodeUtf16(xml);
  const events = await eventsOf(watcher, (event) => {
    if (event.type === "registered") server.notify({ type: ASYNC_UI, data });
    return event.type === "notification" || event.type === "error";
  });
  const [event] = of(events, "notification");
  if (event === undefined) throw new Error(`nothing was shown: ${of(events, "error")[0]?.message}`);
  return { notification: event.notification, ...rendered(event) };
}

function rendered(event: WatchEvent): { json: string; pretty: string } {
  const options = { chalk: new Chalk({ level: 0 }), columns: () => 80, answerCommand: null };
  return { json: new JsonLines(() => 0).line(event), pretty: new PrettyText(options, event.time).text(event) };
}

/** What a terminal might obey: C0 but for line feeds, DEL, C1, and what turns the direction. */
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe("a message that", () => {
  it("holds escape sequences moves no cursor, and is whole in JSON", async () => {
    // XML has no room for ESC and BEL, but for their C1 relatives, and for what turns the direction.
    const hostile = "a&#x9b;31m \u009d0;title\u009c \u202egnp.exe\u2066 \u0085 &#x9;b";
    const { notification, json, pretty } = await show(balloon(hostile));
    expect(notification.kind).toBe("balloon");
    expect(pretty).not.toMatch(OBEYED);
    expect(json).not.toMatch(OBEYED);
    const { title } = JSON.parse(json) as { title: string };
    expect(title).toContain("\u202egnp.exe");
    expect(title).toContain("\u009b31m");
  });

  it("is no document for its control characters is shown without them", async () => {
    const { notification, json, pretty } = await show(balloon("\u001b]52;c;AAAA\u0007\u001b[2J"));
    expect(notification).toMatchObject({ kind: "unknown" });
    expect(pretty).not.toMatch(OBEYED);
    expect(json).not.toMatch(OBEYED);
    expect((JSON.parse(json) as { data: { text: string } }).data.text).toContain("\u001b[2J");
  });

  it("has a title of 10 MiB is told whole, shown in short, and costs a few times its size", async () => {
    const xml = balloon("x".repeat(5 * MEBIBYTE));
    let shown: Shown | null = null;
    const growth = await growthDuring(async () => {
      shown = await show(xml);
    });
    const { notification, json, pretty } = shown as unknown as Shown;
    expect(notification).toMatchObject({ kind: "balloon" });
    expect(json.length).toBeGreaterThan(5 * MEBIBYTE);
    expect(pretty.length).toBeLessThan(10_000);
    expect(growth).toBeLessThan(160 * MEBIBYTE);
  });

  it("is larger than the limit is dropped and told with its size; the next one comes", async () => {
    await using server = await PrintServer.start({ users: [{ name: "alice", password: "x" }] });
    const watcher = watchLocal(server.port, { ...UNI, maxSize: 1000 });
    const sizes = [10 * MEBIBYTE, 500];
    const events = await eventsOf(watcher, (event) => {
      if (event.type === "registered")
        for (const size of sizes) server.notify({ type: ASYNC_UI, data: new Uint8Array(size).fill(1) });
      return event.type === "notification";
    });
    expect(of(events, "error")).toMatchObject([{ code: "too-large", fatal: false }]);
    expect(of(events, "error")[0]?.message).toContain(String(10 * MEBIBYTE));
    expect(of(events, "notification")).toHaveLength(1);
  });

  it("laughs a billion times is not expanded", async () => {
    const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
    const prolog = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">${entities}]>`;
    const laughs = document("<balloonUI><title>&l9;</title></balloonUI>", prolog);
    const growth = await growthDuring(async () => {
      const { notification } = await show(laughs);
      const problem = expect.stringContaining("a document type declaration is not accepted") as string;
      expect(notification).toMatchObject({ kind: "unknown", problem });
    });
    expect(growth).toBeLessThan(64 * MEBIBYTE);
  });

  it.each(["__proto__", "constructor", "prototype", "hasOwnProperty", "toString"])(
    "names an element or attribute %s changes no object",
    async (name) => {
      const inside = document(`<balloonUI ${name}="1"><title>t</title><${name} polluted="1">x</${name}></balloonUI>`);
      const { notification } = await show(inside);
      expect((notification as { problem: string }).problem).toContain(name);
      const root = await show(`<${name}><polluted>1</polluted></${name}>`);
      expect(root.notification).toMatchObject({ kind: "unknown" });
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );
});

describe("a reader who reads nothing", () => {
  it("costs bounded memory, and hears of a gap", async () => {
    const count = READER_BOUNDS.events + 500;
    await using server = await PrintServer.start({ users: [{ name: "alice", password: "x" }], queueLimit: count });
    const watcher = watchLocal(server.port, UNI);
    await server.next("client.waiting");
    const lastHanded = new Promise<void>((resolve) => {
      let handed = 0;
      server.on((event) => void (event.type === "client.received" && ++handed === count && resolve()));
    });
    const growth = await growthDuring(async () => {
      for (let i = 0; i < count; i++) server.notify({ type: ASYNC_UI, data: new Uint8Array(1000) });
      await lastHanded;
    });
    expect(growth).toBeLessThan(128 * MEBIBYTE);
    const events = await eventsOf(watcher, ({ type }) => type === "gap");
    expect(of(events, "gap")).toMatchObject([{ registration: null, mayHaveLost: true }]);
    expect(of(events, "notification").length).toBeLessThanOrEqual(READER_BOUNDS.events);
  });
});
