import { describe, expect, it } from "vitest";
import { ASYNC_UI, NOTIFICATION_RELEASE, PRINTER_CONFIGURATION } from "../../../src/pan/types.js";
import type { Channel } from "../../../src/print-server/model/channel.js";
import { Bench, EVERYBODY, PER_USER_BIDI, PER_USER_UNI, text } from "./harness.js";

const QUESTION = Buffer.from("question");

function open(bench: Bench, initial: Uint8Array | null = QUESTION): Channel {
  const opened = bench.model.open(EVERYBODY, initial);
  if (opened === null) throw new Error("not opened");
  return opened.channel;
}

const RELEASED = { result: 0, open: false, notification: { type: NOTIFICATION_RELEASE, data: new Uint8Array(0) } };

describe("GetNewChannel ([MS-PAN] 3.1.1.4.3)", () => {
  it("3.1.1.4.3: returns all channels at once, whether opened before or after the registration, each once", () => {
    const bench = new Bench();
    open(bench);
    const client = bench.client();
    const handle = client.registered(PER_USER_BIDI);
    open(bench);
    expect(
      client
        .getNewChannel(handle)
        .results()
        .channels.map(({ channel }) => channel.id),
    ).toEqual(["c1", "c2"]);
    const parked = client.getNewChannel(handle);
    expect(parked.outcome()).toBeNull();
    open(bench);
    expect(parked.results().channels.map(({ channel }) => channel.id)).toEqual(["c3"]);
  });

  it("3.1.1.4.3: leaves out channels that somebody has acquired since", () => {
    const bench = new Bench();
    const late = bench.client("bob");
    const handle = late.registered(PER_USER_BIDI);
    open(bench);
    const quick = bench.client("alice");
    quick.closeChannel(quick.channel(), ASYNC_UI, "1");
    expect(late.getNewChannel(handle).outcome()).toBeNull();
  });

  it("3.1.1.4.3: refuses a second call while one is parked, and the wrong style or state", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_BIDI);
    client.getNewChannel(handle);
    expect(client.getNewChannel(handle).results().result).toBe(0x8004000c);
    expect(client.getNewChannel(client.registered(PER_USER_UNI)).results().result).toBe(0x80070057);
    expect(client.getNewChannel(client.create()).results().result).toBe(0x8004000d);
    client.unregister(handle);
    expect(client.getNewChannel(handle).results().result).toBe(0x8007071a);
  });

  it("opens no more channels than it may, until one is taken", () => {
    const bench = new Bench({ maxChannels: 1 });
    const first = open(bench);
    expect(bench.model.open(EVERYBODY, null)).toBeNull();
    first.close();
    expect(bench.model.open(EVERYBODY, null)).not.toBeNull();
  });
});

describe("GetNotificationSendResponse ([MS-PAN] 3.1.1.4.4)", () => {
  it("3.1.1.6.3: the initial notification is held for every client until one acquires the channel", () => {
    const bench = new Bench();
    open(bench);
    for (const user of ["alice", "bob"]) {
      const client = bench.client(user);
      const first = client.sendResponse(client.channel()).results();
      expect(first).toMatchObject({ result: 0, open: true, notification: { type: ASYNC_UI } });
      expect(text(first.notification?.data)).toBe("question");
    }
  });

  it("3.1.1.4.4: the first call waits for a channel that has no notification yet", () => {
    const bench = new Bench();
    const channel = open(bench, null);
    const client = bench.client();
    const first = client.sendResponse(client.channel());
    expect(first.outcome()).toBeNull();
    expect(channel.notify(QUESTION)).toBe(0);
    expect(text(first.results().notification?.data)).toBe("question");
    expect(channel.notify(QUESTION)).toBe(0x8004000a);
  });

  it("3.1.1.4.4: a response acquires the channel; the others get NOTIFICATION_RELEASE and a NULL pChannel", () => {
    const bench = new Bench();
    const channel = open(bench, null);
    const [alice, bob, carol] = [bench.client("alice"), bench.client("bob"), bench.client("carol")];
    const [a, b, c] = [alice.channel(), bob.channel(), carol.channel()];
    const asked = alice.sendResponse(a);
    channel.notify(QUESTION);
    expect(asked.results().open).toBe(true);
    bob.sendResponse(b);
    const waiting = alice.sendResponse(a, ASYNC_UI, "first");
    expect(waiting.outcome()).toBeNull();
    expect(bob.sendResponse(b, ASYNC_UI, "second").results()).toEqual(RELEASED);
    expect(carol.sendResponse(c).results()).toEqual(RELEASED);
    expect(bob.sendResponse(b).outcome()).toEqual({ kind: "fault", status: 0x1c00001a });
    expect(channel.notify(Buffer.from("more"))).toBe(0);
    expect(text(waiting.results().notification?.data)).toBe("more");
    expect(bench.events.filter(({ type }) => type === "client.replied" || type === "client.rejected")).toMatchObject([
      { type: "client.replied", user: "alice", via: "GetNotificationSendResponse", channel: "c1" },
      { type: "client.rejected", user: "bob", hresult: 0x00040010 },
    ]);
  });

  it("3.1.1.4.4: calls of others that wait are released when somebody acquires", () => {
    const bench = new Bench();
    open(bench, null);
    const [alice, bob] = [bench.client("alice"), bench.client("bob")];
    const b = bob.channel();
    const waiting = bob.sendResponse(b);
    expect(alice.closeChannel(alice.channel(), ASYNC_UI, "1")).toBe(0);
    expect(waiting.results()).toEqual(RELEASED);
  });

  it("3.1.1.4.4: the source's next notification waits for the response to the one before", () => {
    const bench = new Bench();
    const channel = open(bench);
    const client = bench.client();
    const handle = client.channel();
    client.sendResponse(handle);
    expect(channel.notify(QUESTION)).toBe(0x8004000a);
    client.sendResponse(handle, ASYNC_UI, "answer");
    expect(channel.notify(QUESTION)).toBe(0);
    expect(channel.notify(QUESTION)).toBe(0x8004000a);
  });

  it("3.1.1.4.4: refuses a call while one is parked on the same channel", () => {
    const bench = new Bench();
    open(bench, null);
    const client = bench.client();
    const handle = client.channel();
    const waiting = client.sendResponse(handle);
    expect(client.sendResponse(handle).results()).toMatchObject({ result: 0x8004000c, open: true });
    expect(waiting.outcome()).toBeNull();
  });

  it("3.1.1.4.4: later calls name the type of the channel", () => {
    const bench = new Bench();
    open(bench);
    const client = bench.client();
    const handle = client.channel();
    client.sendResponse(handle);
    expect(client.sendResponse(handle, null, "x").results()).toMatchObject({ result: 0x80040014, open: true });
    expect(client.sendResponse(handle, PRINTER_CONFIGURATION, "x").results().result).toBe(0x80040014);
    expect(client.sendResponse(handle, ASYNC_UI, "x").outcome()).toBeNull();
  });

  it("3.1.1.4.4: the server ignores what comes with the first call", () => {
    const bench = new Bench();
    const channel = open(bench);
    const client = bench.client();
    const first = client.sendResponse(client.channel(), PRINTER_CONFIGURATION, "data").results();
    expect(first).toMatchObject({ result: 0, open: true });
    expect(channel.state).toBe("open");
  });

  it("3.1.1.4.4: InSize above the limit is 0x80040012", () => {
    const bench = new Bench({ maxResponse: 4 });
    open(bench);
    const client = bench.client();
    const handle = client.channel();
    client.sendResponse(handle);
    expect(client.sendResponse(handle, ASYNC_UI, "12345").results()).toMatchObject({ result: 0x80040012, open: true });
    expect(client.sendResponse(handle, ASYNC_UI, "1234").outcome()).toBeNull();
  });

  it("3.1.1.6.4: when the source closes, who waits is released and who calls later gets 0x80040008", () => {
    const bench = new Bench();
    const channel = open(bench, null);
    const [alice, bob] = [bench.client("alice"), bench.client("bob")];
    const b = bob.channel();
    const waiting = alice.sendResponse(alice.channel());
    channel.close();
    expect(waiting.results()).toEqual(RELEASED);
    expect(bob.sendResponse(b).results()).toEqual({ result: 0x80040008, open: false, notification: null });
    expect(bob.sendResponse(b).outcome()).toEqual({ kind: "fault", status: 0x1c00001a });
    expect(channel.notify(QUESTION)).toBe(0x80040008);
  });

  it("3.1.1.4.4: a final notification closes the channel with it", () => {
    const bench = new Bench();
    const channel = open(bench);
    const client = bench.client();
    const handle = client.channel();
    client.sendResponse(handle);
    const waiting = client.sendResponse(handle, ASYNC_UI, "answer");
    channel.close(Buffer.from("bye"));
    expect(waiting.results()).toMatchObject({ result: 0, open: false, notification: { type: ASYNC_UI } });
    expect(text(waiting.results().notification?.data)).toBe("bye");
  });

  it("a call that the client withdrew leaves the channel as it is", () => {
    const bench = new Bench();
    const channel = open(bench, null);
    const client = bench.client();
    const handle = client.channel();
    expect(client.sendResponse(handle).answer.withdraw()).toBe(true);
    channel.notify(QUESTION);
    expect(client.sendResponse(handle, ASYNC_UI, "now a response").outcome()).toBeNull();
  });
});

describe("CloseChannel ([MS-PAN] 3.1.1.4.6)", () => {
  it("3.1.1.4.6: a response acquires and closes; later ones get 0x00040010", () => {
    const bench = new Bench();
    const channel = open(bench);
    const [alice, bob] = [bench.client("alice"), bench.client("bob")];
    const [a, b] = [alice.channel(), bob.channel()];
    expect(alice.closeChannel(a, ASYNC_UI, "1")).toBe(0);
    expect(channel.state).toBe("closed");
    expect(bob.closeChannel(b, ASYNC_UI, "2")).toBe(0x00040010);
    expect(bench.events.filter(({ type }) => type === "client.replied")).toMatchObject([
      { user: "alice", via: "CloseChannel" },
    ]);
    expect(bench.model.openChannels).toBe(0);
  });

  it("3.1.1.4.6: NOTIFICATION_RELEASE acquires nothing, and ignores data beside it", () => {
    const bench = new Bench();
    const channel = open(bench);
    const [alice, bob] = [bench.client("alice"), bench.client("bob")];
    const b = bob.channel();
    expect(alice.closeChannel(alice.channel(), NOTIFICATION_RELEASE, "ignored")).toBe(0);
    expect(channel.state).toBe("open");
    expect(bob.closeChannel(b, ASYNC_UI, "1")).toBe(0);
    expect(bench.types()).not.toContain("client.rejected");
  });

  it("3.1.1.4.6: is processed without waiting for a notification that GetNotificationSendResponse awaits", () => {
    const bench = new Bench();
    open(bench, null);
    const client = bench.client();
    const handle = client.channel();
    const waiting = client.sendResponse(handle);
    expect(client.closeChannel(handle, NOTIFICATION_RELEASE)).toBe(0);
    expect(waiting.results()).toEqual(RELEASED);
  });

  it("3.1.1.4.6: the owner's release closes the channel for good", () => {
    const bench = new Bench();
    const channel = open(bench);
    const client = bench.client();
    const handle = client.channel();
    client.sendResponse(handle);
    const waiting = client.sendResponse(handle, ASYNC_UI, "answer");
    expect(client.closeChannel(handle, NOTIFICATION_RELEASE)).toBe(0);
    expect(waiting.results()).toEqual(RELEASED);
    expect(channel.state).toBe("closed");
    expect(channel.notify(QUESTION)).toBe(0x80040008);
  });

  it("3.1.1.4.6: another type is 0x80040014, more than the limit 0x80040012, and pChannel is NULL all the same", () => {
    const bench = new Bench({ maxResponse: 4 });
    const channel = open(bench);
    for (const [type, data, result] of [
      [PRINTER_CONFIGURATION, "1", 0x80040014],
      [ASYNC_UI, "12345", 0x80040012],
    ] as const) {
      const client = bench.client();
      const handle = client.channel();
      expect(client.closeChannel(handle, type, data)).toBe(result);
      expect(client.sendResponse(handle).outcome()).toEqual({ kind: "fault", status: 0x1c00001a });
    }
    expect(channel.state).toBe("open");
  });

  it("3.1.1.4.6: a response on a channel that the source closed is 0x80040008", () => {
    const bench = new Bench();
    const channel = open(bench);
    const client = bench.client();
    const handle = client.channel();
    channel.close();
    expect(client.closeChannel(handle, ASYNC_UI, "1")).toBe(0x80040008);
  });

  it("[MS-RPCE] 3.3.1.4.1: the owner's disconnect closes the channel, another client's does not", () => {
    const bench = new Bench();
    const channel = open(bench);
    const [alice, bob] = [bench.client("alice"), bench.client("bob")];
    bob.channel();
    bob.client.rundown();
    expect(channel.state).toBe("open");
    const handle = alice.channel();
    alice.sendResponse(handle);
    alice.sendResponse(handle, ASYNC_UI, "answer");
    alice.client.rundown();
    expect(channel.state).toBe("closed");
  });

  it("after termination channels are closed and GetNewChannel fails with 0x8007071A", () => {
    const bench = new Bench();
    open(bench, null);
    const client = bench.client();
    const object = client.registered(PER_USER_BIDI);
    const handle = client.getNewChannel(object).results().channels[0]?.handle ?? "";
    const waiting = client.sendResponse(handle);
    bench.model.terminate();
    expect(waiting.results()).toEqual(RELEASED);
    expect(client.getNewChannel(object).results().result).toBe(0x8007071a);
  });
});
