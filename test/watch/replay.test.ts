import { describe, expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { UsageError } from "../../src/errors.js";
import { defaultStringTables } from "../../src/notifications/strings/string-tables.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import type { WatchEvent } from "../../src/watch/events.js";
import type { Answerer } from "../../src/watch/options.js";
import { deferred } from "../../src/waiting.js";
import { Replay, type RecordedNotification, type ReplayOptions } from "../../src/watch/replay.js";

const REQUEST = "http://schemas.microsoft.com/2003/print/asyncui/v1/request";

function recorded(seconds: number, content: string, channel: string | null = null): RecordedNotification {
  const xml = `<asyncPrintUIRequest xmlns="${REQUEST}"><v1><requestOpen>${content}</requestOpen></v1></asyncPrintUIRequest>`;
  const origin = { time: new Date(1000 * seconds), server: "print1", printer: "HP4", registration: "r1", channel };
  return { origin, raw: { type: ASYNC_UI, data: encodeUtf16(xml), result: 0 } };
}

const balloon = (title: string, seconds = 1) => recorded(seconds, `<balloonUI><title>${title}</title></balloonUI>`);
const box = (title: string, seconds = 1) =>
  recorded(
    seconds,
    `<messageBoxUI><title>${title}</title><buttons><button buttonID="IDOK"/></buttons></messageBoxUI>`,
    "c1",
  );

const pressFirst: Answerer = ({ notification }) => {
  const button = notification.kind === "messageBox" ? notification.buttons[0] : undefined;
  return Promise.resolve(button === undefined ? null : { via: "library", reply: { kind: "button", button } });
};

async function* all(recording: readonly RecordedNotification[]): AsyncGenerator<RecordedNotification> {
  for (const one of recording) yield await Promise.resolve(one);
}

function replay(recording: AsyncIterable<RecordedNotification>, options: Partial<ReplayOptions> = {}): Replay {
  const defaults = { kinds: null, accept: null, strings: defaultStringTables, answer: null, limit: null };
  const none = (): Promise<void> => Promise.resolve();
  return new Replay(recording, { ...defaults, pause: none, beforeEnd: none, ...options });
}

async function eventsOf(played: Replay): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of played.events) events.push(event);
  return events;
}

describe("a replay", () => {
  it("tells notifications with the times of the recording, and what would be answered", async () => {
    const played = replay(all([balloon("Toner low", 5), box("Jam", 9)]), { answer: pressFirst });
    expect(await eventsOf(played)).toMatchObject([
      { type: "notification", id: "n1", time: new Date(5000), server: "print1", printer: "HP4", channel: null },
      { type: "notification", id: "n2", time: new Date(9000), channel: "c1" },
      { type: "reply.planned", replyTo: "n2", via: "library", button: { id: "IDOK" }, time: new Date(9000) },
    ]);
    expect(await played.outcome).toEqual({ reason: "count", error: null, everRegistered: true });
  });

  it("tells why something could not be answered, and goes on", async () => {
    const answer: Answerer = () => Promise.reject(new UsageError("no such button"));
    const events = await eventsOf(replay(all([box("Jam"), balloon("Toner low")]), { answer }));
    expect(events).toMatchObject([
      { type: "notification" },
      { type: "error", stage: "reply", message: "no such button", fatal: false },
      { type: "notification" },
    ]);
  });

  it("leaves out what a watch would, and ends with its limit", async () => {
    const recording = [balloon("a"), box("b"), balloon("c"), balloon("d"), balloon("e")];
    const accept: ReplayOptions["accept"] = ({ notification }) => "title" in notification && notification.title !== "a";
    const titles = async (options: Partial<ReplayOptions>): Promise<unknown[]> =>
      (await eventsOf(replay(all(recording), options))).map((event) =>
        event.type === "notification" && "title" in event.notification ? event.notification.title : null,
      );
    expect(await titles({ kinds: ["balloon"], accept })).toEqual(["c", "d", "e"]);
    expect(await titles({ limit: 2 })).toEqual(["a", "b"]);
  });

  it("drops nothing for a slow reader", async () => {
    const played = replay(all(Array.from({ length: 12_000 }, (_, i) => balloon(String(i)))));
    let count = 0;
    for await (const event of played.events) {
      expect(event.type).toBe("notification");
      if (count++ % 1000 === 0) await new Promise(setImmediate);
    }
    expect(count).toBe(12_000);
  });

  it("ends when it is closed, also while it waits", async () => {
    const waits = deferred();
    const forever = (_origin: unknown, signal: AbortSignal): Promise<void> => {
      waits.resolve();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    const played = replay(all([balloon("a")]), { pause: forever });
    await waits.promise;
    await played.close("SIGTERM");
    expect(await eventsOf(played)).toEqual([]);
    expect(await played.outcome).toMatchObject({ reason: "SIGTERM" });
  });

  it("fails with a recording that cannot be read", async () => {
    async function* broken(): AsyncGenerator<RecordedNotification> {
      yield await Promise.resolve(balloon("a"));
      throw new UsageError("unreadable");
    }
    const played = replay(broken());
    expect(await eventsOf(played)).toHaveLength(1);
    await expect(played.outcome).rejects.toThrow("unreadable");
  });
});
