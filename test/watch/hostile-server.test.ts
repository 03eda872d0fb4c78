import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { NULL_HANDLE } from "../../src/ndr/types.js";
import { CLOSE_TIMEOUT_MS } from "../../src/pan/channel.js";
import * as idl from "../../src/pan/idl.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { PFC } from "../../src/rpc/pdu/types.js";
import { growthDuring } from "../fuzz/engine/memory.js";
import type { Link } from "../../src/rpc/link.js";
import { listenTcp } from "../../src/transport/listen.js";
import { deferred } from "../../src/waiting.js";
import { MAX_OPEN_CHANNELS } from "../../src/watch/poll.js";
import { READER_BOUNDS } from "../../src/watch/reporter.js";
import { HostileServer, type HostileCall } from "./support/hostile-server.js";
import { eventsOf, of, watchLocal } from "./support/watching.js";
import { eventually } from "../support/eventually.js";

const MEBIBYTE = 1024 * 1024;
const BACKOFF = { minMs: 1, maxMs: 5 };
const UNI = { types: [ASYNC_UI], style: "uni" } as const;
const BIDI = { types: [ASYNC_UI], style: "bidi" } as const;
const CHANNEL = { attributes: 0, uuid: "23222120-2524-2726-2829-2a2b2c2d2e2f" };
const QUESTION = new Uint8Array(
  Buffer.from(
    '<asyncPrintUIRequest><requestOpen><customUI dll="d" entrypoint="e" bidi="true">?</customUI></requestOpen></asyncPrintUIRequest>',
    "utf16le",
  ),
);

function giveChannel(call: HostileCall, uuid = CHANNEL.uuid): void {
  call.answer(idl.getNewChannel, { pNoOfChannels: 1, ppChannelCtxt: [{ ...CHANNEL, uuid }], result: 0 });
}

function ask(call: HostileCall): void {
  call.answer(idl.getNotificationSendResponse, {
    pChannel: CHANNEL,
    ppOutNotificationType: ASYNC_UI,
    pOutSize: QUESTION.length,
    ppOutNotificationData: QUESTION,
    result: 0,
  });
}

const answer = () => Promise.resolve({ via: "library", reply: { kind: "text", text: "!" } } as const);

describe("a server that", () => {
  it("announces channels that it does not send is refused, and asked again with backoff", async () => {
    const announced = new Uint8Array(12).fill(0x7f);
    await using server = await HostileServer.start({ GetNewChannel: (call) => call.answerRaw(announced) });
    const watcher = watchLocal(server.port, { ...BIDI, retry: BACKOFF });
    const events = await eventsOf(watcher, (_, all) => of(all, "reconnecting").length === 3);
    expect(of(events, "error")[0]).toMatchObject({ code: "decode" });
    expect(server.count("GetNewChannel")).toBeLessThanOrEqual(4);
  });

  it("names 800,000 channels costs no more than the bytes of its answer", async () => {
    const count = 800_000;
    const stub = Buffer.alloc(12 + 20 * count + 4, 1);
    stub.writeUInt32LE(count, 0);
    stub.writeUInt32LE(0x20000, 4);
    stub.writeUInt32LE(count, 8);
    stub.writeUInt32LE(0, stub.length - 4);
    await using server = await HostileServer.start({
      GetNewChannel: (call, nth) => (nth === 1 ? call.answerRaw(stub) : undefined),
    });
    const watcher = watchLocal(server.port, { ...BIDI, retry: BACKOFF });
    const growth = await growthDuring(async () => {
      const events = await eventsOf(watcher, ({ type }) => type === "reconnecting");
      expect(of(events, "error")[0]).toMatchObject({ code: "too-large" });
    });
    expect(growth).toBeLessThan(128 * MEBIBYTE);
    expect(server.count("GetNotificationSendResponse") + server.count("CloseChannel")).toBe(0);
  });

  it("names more channels than are followed at once is asked for more only when some have ended (3.2.2.4)", async () => {
    const uuids = Array.from({ length: MAX_OPEN_CHANNELS + 1 }, () => randomUUID());
    const waiting: HostileCall[] = [];
    const full = deferred();
    const polled = deferred();
    await using server = await HostileServer.start({
      GetNewChannel: (call, nth) => {
        const ppChannelCtxt = uuids.map((uuid) => ({ ...CHANNEL, uuid }));
        if (nth === 1) call.answer(idl.getNewChannel, { pNoOfChannels: uuids.length, ppChannelCtxt, result: 0 });
        else polled.resolve();
      },
      GetNotificationSendResponse: (call, nth) => {
        waiting.push(call);
        if (nth === MAX_OPEN_CHANNELS) full.resolve();
      },
    });
    const notices: string[] = [];
    const watcher = watchLocal(server.port, { ...BIDI, notice: (text) => notices.push(text) });
    const events = eventsOf(watcher);
    const close = (call: HostileCall | undefined): void =>
      call?.answer(idl.getNotificationSendResponse, {
        pChannel: NULL_HANDLE,
        ppOutNotificationType: null,
        pOutSize: 0,
        ppOutNotificationData: null,
        result: 0,
      });
    await full.promise;
    expect(server.count("GetNewChannel")).toBe(1);
    // The one that waits takes the first place, the next poll the second.
    close(waiting[0]);
    await eventually(() => expect(waiting).toHaveLength(MAX_OPEN_CHANNELS + 1));
    expect(server.count("GetNewChannel")).toBe(1);
    close(waiting[1]);
    await polled.promise;
    expect(waiting).toHaveLength(MAX_OPEN_CHANNELS + 1);
    expect(notices.filter((text) => text.includes(`${MAX_OPEN_CHANNELS} channels are open`))).toHaveLength(1);
    await watcher.close("closed");
    const all = await events;
    expect(of(all, "channel.opened")).toHaveLength(uuids.length);
    expect(of(all, "error")).toEqual([]);
  });

  it("answers GetNewChannel without a channel, again and again, is not asked at its pace", async () => {
    await using server = await HostileServer.start({
      GetNewChannel: (call) => call.answer(idl.getNewChannel, { pNoOfChannels: 0, ppChannelCtxt: null, result: 0 }),
    });
    const watcher = watchLocal(server.port, { ...BIDI, retry: BACKOFF });
    const events = await eventsOf(watcher, (_, all) => of(all, "reconnecting").length === 5);
    expect(of(events, "reconnecting").map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(server.count("GetNewChannel")).toBeLessThanOrEqual(server.count("RegisterClient"));
  });

  it("sends fragments without end costs no memory; when it ends, its size is told and the polling goes on", async () => {
    const size = 200 * MEBIBYTE;
    const part = new Uint8Array(5120);
    const flood = (call: HostileCall, sent: number): void => {
      if (sent >= size) return call.fragment(part, PFC.LAST_FRAG);
      const batch = 32;
      for (let i = 0; i < batch; i++) call.fragment(part, sent === 0 && i === 0 ? PFC.FIRST_FRAG : 0);
      setImmediate(() => flood(call, sent + batch * part.length));
    };
    await using server = await HostileServer.start({
      GetNotification: (call, nth) => (nth === 1 ? flood(call, 0) : undefined),
    });
    const watcher = watchLocal(server.port, { ...UNI, maxSize: MEBIBYTE });
    const growth = await growthDuring(async () => {
      const events = await eventsOf(watcher, ({ type }) => type === "error");
      expect(of(events, "error")[0]).toMatchObject({ code: "too-large", fatal: false });
    });
    expect(growth).toBeLessThan(100 * MEBIBYTE);
    expect(server.count("GetNotification")).toBe(2);
  });

  it("answers the bind byte by byte has no more time than another", async () => {
    const drips: NodeJS.Timeout[] = [];
    const onLink = (link: Link): void => {
      // The beginning of a bind_ack of 1000 bytes.
      link.start({ data: () => undefined, closed: () => undefined });
      link.send(Uint8Array.from([5, 0, 12, 3, 0x10, 0, 0, 0, 0xe8, 3, 0, 0, 1, 0, 0, 0]));
      drips.push(setInterval(() => link.send(new Uint8Array(1)), 10));
    };
    const listener = await listenTcp({ host: "127.0.0.1", port: 0, onLink });
    try {
      const watcher = watchLocal(listener.port, { ...UNI, connection: { connectTimeoutMs: 1000 } });
      expect(of(await eventsOf(watcher), "error")).toMatchObject([{ code: "unreachable", stage: "bind", fatal: true }]);
    } finally {
      drips.forEach((drip) => clearInterval(drip));
      await listener.close();
    }
  });

  it("opens and closes channels as fast as it can costs a reader who reads nothing no memory", async () => {
    // Two events a round.
    const count = READER_BOUNDS.events / 2 + 500;
    let rounds = 0;
    let enough: () => void = () => undefined;
    const roundsAreOver = new Promise<void>((resolve) => (enough = resolve));
    await using server = await HostileServer.start({
      GetNewChannel: (call, nth) => (nth <= count ? giveChannel(call, randomUUID()) : undefined),
      GetNotificationSendResponse: (call) => {
        call.answer(idl.getNotificationSendResponse, {
          pChannel: NULL_HANDLE,
          ppOutNotificationType: null,
          pOutSize: 0,
          ppOutNotificationData: null,
          result: 0,
        });
        if (++rounds === count) enough();
      },
    });
    const watcher = watchLocal(server.port, BIDI);
    await roundsAreOver;
    // The reader begins now.
    const events = await eventsOf(watcher, ({ type }) => type === "gap");
    expect(of(events, "gap")).toHaveLength(1);
    expect(events.filter(({ type }) => type.startsWith("channel.")).length).toBeLessThanOrEqual(READER_BOUNDS.events);
  });

  it("stops in the middle of a PDU is left", async () => {
    const half = Uint8Array.from([5, 0, 2, 3, 0x10, 0, 0, 0, 0x80, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3]);
    await using server = await HostileServer.start({ GetNotification: (call) => call.raw(half) });
    const watcher = watchLocal(server.port, { ...UNI, connection: { connectTimeoutMs: 1000 } });
    const events = await eventsOf(watcher);
    expect(of(events, "error")).toMatchObject([{ code: "disconnected", fatal: true }]);
    expect(of(events, "error")[0]?.message).toContain("in the middle of a PDU");
  });

  it("does not answer a registration is left", async () => {
    await using server = await HostileServer.start({ RegisterClient: () => undefined });
    const watcher = watchLocal(server.port, { ...UNI, connection: { connectTimeoutMs: 1000 } });
    // The time of the call and that of the whole registration end together: either may be told.
    const message = expect.stringMatching(
      /the server did not answer (the registration|IRPCAsyncNotify_RegisterClient)/,
    ) as string;
    expect(of(await eventsOf(watcher), "error")).toMatchObject([{ fatal: true, message }]);
  });

  it("never answers CloseChannel ends that channel after 5 minutes, the reply's fate unknown, and not the watch", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"], shouldAdvanceTime: true });
    try {
      await using server = await HostileServer.start({
        GetNewChannel: (call, nth) => (nth === 1 ? giveChannel(call) : undefined),
        GetNotificationSendResponse: ask,
        CloseChannel: () => vi.advanceTimersByTime(CLOSE_TIMEOUT_MS),
      });
      const watcher = watchLocal(server.port, { ...BIDI, answer });
      const events = await eventsOf(watcher, ({ type }) => type === "channel.closed");
      expect(of(events, "reply.rejected")).toMatchObject([{ result: null }]);
      expect(JSON.stringify(of(events, "reply.rejected"))).toMatch(/5 minutes.*is unknown/);
      expect(of(events, "error")).toEqual([]);
      expect(of(events, "reconnecting")).toEqual([]);
      expect(server.count("CloseChannel")).toBe(1);
      expect(server.count("UnregisterClient")).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("never answers CloseChannel does not keep a watch from leaving in order", async () => {
    await using server = await HostileServer.start({
      GetNewChannel: (call, nth) => (nth === 1 ? giveChannel(call) : undefined),
      GetNotificationSendResponse: ask,
      CloseChannel: () => undefined,
    });
    const watcher = watchLocal(server.port, { ...BIDI, answer });
    await eventsOf(watcher, ({ type }) => type === "notification");
    expect([server.count("CloseChannel"), server.count("UnregisterClient")]).toEqual([1, 1]);
  });

  it("names the same channels in each answer is not asked at its pace, and each is followed once", async () => {
    const leave = (): void => void watcher.close("closed");
    await using server = await HostileServer.start({
      GetNewChannel: (call, nth) => {
        giveChannel(call);
        if (nth === 2) setTimeout(leave, 200);
      },
    });
    const watcher = watchLocal(server.port, BIDI);
    const events = await eventsOf(watcher);
    expect(of(events, "channel.opened")).toHaveLength(1);
    expect(server.count("GetNewChannel")).toBe(2);
  });

  it("fails CloseChannel when a channel is released is told of, and watched on", async () => {
    await using server = await HostileServer.start({
      GetNewChannel: (call, nth) => (nth === 1 ? giveChannel(call) : undefined),
      GetNotificationSendResponse: ask,
      CloseChannel: (call) => call.fault(0x6f7),
    });
    const watcher = watchLocal(server.port, BIDI);
    const events = await eventsOf(watcher, ({ type }) => type === "channel.closed");
    expect(of(events, "error")).toMatchObject([{ code: "fault", fatal: false }]);
  });

  it("answers with a NULL object where there must be one is refused", async () => {
    await using server = await HostileServer.start({
      Create: (call) => call.answer(idl.create, { ppRemoteObj: NULL_HANDLE, result: 0 }),
    });
    expect(of(await eventsOf(watchLocal(server.port, UNI)), "error")).toMatchObject([{ code: "protocol" }]);
  });
});
