import { afterEach, describe, expect, it, vi } from "vitest";
import { FaultError } from "../../src/errors.js";
import { isNullHandle } from "../../src/ndr/types.js";
import { ALL_USERS, ASYNC_UI, BIDIRECTIONAL, NOTIFICATION_RELEASE } from "../../src/pan/types.js";
import type { PrintServerOptions } from "../../src/print-server/options.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import type { Association } from "../../src/rpc/association.js";
import { mapEndpoint } from "../../src/rpc/endpoint-mapper/map-endpoint.js";
import { IRPCAsyncNotify } from "../../src/pan/idl.js";
import { dialTcp } from "../../src/transport/dial.js";
import { ALICE, Caller, connect, type ConnectOptions } from "./client.js";

const DATA = Buffer.from("a notification");

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function start(options: Partial<PrintServerOptions> = {}): Promise<PrintServer> {
  const server = await PrintServer.start({ users: [ALICE], ...options });
  open.push(server);
  return server;
}

async function caller(server: PrintServer, options: ConnectOptions = {}): Promise<Caller> {
  return new Caller(await associate(server, options));
}

async function associate(server: PrintServer, options: ConnectOptions = {}): Promise<Association> {
  const association = await connect(server.port, options);
  open.push({
    [Symbol.asyncDispose]() {
      association.close();
      return Promise.resolve();
    },
  });
  return association;
}

/** Registers in both styles, receives, answers, leaves: what every variant must be able to do. */
async function converse(server: PrintServer, options: ConnectOptions): Promise<Association> {
  const client = await caller(server, options);
  const uni = await client.create();
  expect(await client.register(uni)).toBe(0);
  const waiting = server.next("client.waiting");
  const poll = client.getNotification(uni);
  await waiting;
  expect(server.notify({ type: ASYNC_UI, data: DATA })).toEqual({ delivered: 1, lost: 0 });
  expect(await poll).toMatchObject({ result: 0, ppOutNotificationType: ASYNC_UI, pOutSize: DATA.length });

  const bidi = await client.create();
  expect(await client.register(bidi, { style: BIDIRECTIONAL })).toBe(0);
  server.openChannel({ type: ASYNC_UI, data: DATA });
  const { ppChannelCtxt } = await client.getNewChannel(bidi);
  const channel = ppChannelCtxt?.[0];
  if (channel === undefined) throw new Error("no channel");
  expect(await client.sendResponse(channel)).toMatchObject({ result: 0, pOutSize: DATA.length });
  const replied = server.next("client.replied");
  const closed = await client.closeChannel(channel, ASYNC_UI, Buffer.from("yes"));
  expect(closed.result).toBe(0);
  expect(isNullHandle(closed.pChannel)).toBe(true);
  expect(Buffer.from((await replied).data).toString()).toBe("yes");

  for (const object of [uni, bidi]) {
    expect(await client.unregister(object)).toBe(0);
    expect(isNullHandle((await client.delete(object)).ppRemoteObj)).toBe(true);
  }
  const gone = server.next("client.disconnected");
  client.association.close();
  expect((await gone).left).toEqual({ registrations: 0, objects: 0, channels: 0 });
  return client.association;
}

describe("a conversation in both styles", () => {
  const LEVELS = ["packet", "integrity", "privacy"] as const;

  it.each(LEVELS)("at level %s", async (level) => {
    const { info } = await converse(await start(), { level });
    expect(info).toMatchObject({ mechanism: "NTLM", level, transferSyntax: "ndr64", multiplexed: true });
    expect(info).toMatchObject({ headerSigning: true, maxFragment: 5840 });
  });

  it.each(LEVELS)("at level %s without header signing", async (level) => {
    const { info } = await converse(await start({ headerSigning: false }), { level });
    expect(info.headerSigning).toBe(false);
  });

  it("in NDR, which the server prefers or the client asks for", async () => {
    const preferred = await converse(await start({ transferSyntaxes: ["ndr", "ndr64"] }), {});
    const alone = await converse(await start({ transferSyntaxes: ["ndr"] }), {});
    const asked = await converse(await start(), { transferSyntaxes: ["ndr"] });
    expect([preferred, alone, asked].map(({ info }) => info.transferSyntax)).toEqual(["ndr", "ndr", "ndr"]);
  });

  it("without multiplexing, on several connections of one association", async () => {
    const { info } = await converse(await start({ multiplexing: false }), {});
    expect(info.multiplexed).toBe(false);
  });

  it("without feature negotiation, in small fragments, without the time in the CHALLENGE, with signed faults", async () => {
    const options = { featureNegotiation: false, maxFragment: 2048, timestamp: false, signFaults: true };
    const { info } = await converse(await start(options), {});
    expect(info.maxFragment).toBe(2048);
  });
});

describe("registering ([MS-PAN] 3.1.1.4.1)", () => {
  it("3.1.1.4.1: refuses unknown printers and users without rights, and tells who", async () => {
    const server = await start({ printers: ["HP4"] });
    const client = await caller(server);
    const object = await client.create();
    const refused = server.next("client.refused");
    expect(await client.register(object, { pName: "\\\\s\\HP5" })).toBe(0x8007007b);
    expect(await refused).toMatchObject({ user: "DOM\\alice", printer: "\\\\s\\HP5", hresult: 0x8007007b });
    expect(await client.register(object, { filter: ALL_USERS })).toBe(0x80070005);
    expect(await client.register(object, { pName: "\\\\s\\HP4" })).toBe(0);
  });

  it("3.1.1.4.1: administrators may watch everybody", async () => {
    const server = await start({ admins: ["alice"], users: [ALICE, { name: "bob", password: "b" }] });
    const client = await caller(server);
    expect(await client.register(await client.create(), { filter: ALL_USERS })).toBe(0);
    expect(server.notify({ type: ASYNC_UI, data: DATA, user: "bob" }).delivered).toBe(1);
  });
});

describe("large payloads", () => {
  it.each(["ndr", "ndr64"] as const)("cross in fragments, both ways, in %s", async (syntax) => {
    const server = await start();
    const client = await caller(server, { transferSyntaxes: [syntax] });
    const data = Buffer.alloc(1_000_003, "0123456789abcdef");
    const uni = await client.create();
    await client.register(uni);
    server.notify({ type: ASYNC_UI, data });
    const { ppOutNotificationData } = await client.getNotification(uni);
    expect(Buffer.compare(ppOutNotificationData ?? new Uint8Array(0), data)).toBe(0);

    const bidi = await client.create();
    await client.register(bidi, { style: BIDIRECTIONAL });
    server.openChannel({ type: ASYNC_UI, data: DATA });
    const [channel] = (await client.getNewChannel(bidi)).ppChannelCtxt ?? [];
    if (channel === undefined) throw new Error("no channel");
    const replied = server.next("client.replied");
    expect((await client.closeChannel(channel, ASYNC_UI, data)).result).toBe(0);
    expect(Buffer.compare((await replied).data, data)).toBe(0);
  });

  it("3.1.1.4.6: a response above 0x00A00000 bytes is 0x80040012, and one that no stub may hold is a fault", async () => {
    const server = await start();
    const client = await caller(server);
    const object = await client.create();
    await client.register(object, { style: BIDIRECTIONAL });
    server.openChannel({ type: ASYNC_UI, data: DATA });
    const [channel] = (await client.getNewChannel(object)).ppChannelCtxt ?? [];
    if (channel === undefined) throw new Error("no channel");
    expect((await client.closeChannel(channel, ASYNC_UI, new Uint8Array(0x00a0_0001))).result).toBe(0x80040012);
    const tooMuch = client.closeChannel(channel, ASYNC_UI, new Uint8Array(0x0100_0000));
    await expect(tooMuch).rejects.toMatchObject({ status: 5 });
  });
});

describe("logging on", () => {
  it("fails with a wrong password, and is told", async () => {
    const server = await start();
    const told = server.next("client.logonFailed");
    await expect(associate(server, { password: "wrong" })).rejects.toMatchObject({ code: "authentication" });
    expect((await told).reason).toContain("DOM\\alice");
  });

  it("fails for the name of another kind of service", async () => {
    const server = await start();
    await expect(associate(server, { targetName: "http/printsrv" })).rejects.toMatchObject({ code: "authentication" });
  });

  it("needs no name of a service: an empty one is taken, as by Windows", async () => {
    const client = await caller(await start(), { targetName: "" });
    await expect(client.create()).resolves.toBeDefined();
  });

  it("is needed for every method, at the least level or above", async () => {
    const server = await start({ minLevel: "privacy" });
    const anonymous = await caller(server, { security: null });
    await expect(anonymous.create()).rejects.toMatchObject({ status: 5 });
    const weak = await caller(server, { level: "integrity" });
    await expect(weak.create()).rejects.toMatchObject({ status: 5 });
    expect(isNullHandle(await (await caller(server)).create())).toBe(false);
  });
});

describe("faults of methods", () => {
  it.each([false, true])("leave the connection as it was (signed: %s)", async (signFaults) => {
    const client = await caller(await start({ signFaults }));
    const object = await client.create();
    await client.delete(object);
    await expect(client.delete(object)).rejects.toMatchObject({ status: 0x1c00001a });
    await expect(client.sendResponse(object)).rejects.toMatchObject({ status: 0x1c00001a });
    expect(isNullHandle(await client.create())).toBe(false);
  });
});

describe("faults on purpose, for those who test clients", () => {
  it("terminate ends parked calls with 0x8007071A ([MS-PAN] 3.1.1.4.5), and Unregister and Delete still work", async () => {
    const server = await start();
    const client = await caller(server);
    const object = await client.create();
    await client.register(object);
    const waiting = server.next("client.waiting");
    const poll = client.getNotification(object);
    await waiting;
    server.terminate();
    expect((await poll).result).toBe(0x8007071a);
    expect((await client.getNotification(object)).result).toBe(0x8007071a);
    expect(await client.unregister(object)).toBe(0);
    expect(isNullHandle((await client.delete(object)).ppRemoteObj)).toBe(true);
  });

  it("failNext replaces the next results of a method, and nothing is done", async () => {
    const server = await start();
    const client = await caller(server);
    const object = await client.create();
    server.failNext("RegisterClient", 0x8007000e, 2);
    expect(await client.register(object)).toBe(0x8007000e);
    expect(await client.register(object)).toBe(0x8007000e);
    expect(server.load.registrations).toBe(0);
    expect(await client.register(object)).toBe(0);
    server.failNext("GetNotification", 0x8007000e);
    expect(await client.getNotification(object)).toMatchObject({ result: 0x8007000e, ppOutNotificationType: null });
  });

  it("dropConnections cuts clients off, and runs down what they held", async () => {
    const server = await start();
    const client = await caller(server);
    await client.register(await client.create());
    const gone = server.next("client.disconnected");
    server.dropConnections();
    expect((await gone).left).toEqual({ registrations: 1, objects: 1, channels: 0 });
    expect(await client.association.closed).toMatchObject({ code: "disconnected" });
    expect(server.load).toEqual({ connections: 0, registrations: 0, openChannels: 0 });
  });

  it("close ends parked calls and connections", async () => {
    const server = await start();
    const client = await caller(server);
    const object = await client.create();
    await client.register(object);
    const waiting = server.next("client.waiting");
    const poll = client.getNotification(object);
    await waiting;
    await server.close();
    expect((await poll).result).toBe(0x8007071a);
    await expect(connect(server.port)).rejects.toMatchObject({ code: "unreachable" });
  });

  it("a source closes its channel with a last notification ([MS-PAN] 3.1.1.6.4)", async () => {
    const server = await start();
    const client = await caller(server);
    const object = await client.create();
    await client.register(object, { style: BIDIRECTIONAL });
    const opened = server.openChannel({ type: ASYNC_UI, data: null });
    const [channel] = (await client.getNewChannel(object)).ppChannelCtxt ?? [];
    if (channel === undefined) throw new Error("no channel");
    const waiting = server.next("client.waiting");
    const first = client.sendResponse(channel);
    await waiting;
    opened.close();
    const released = await first;
    expect(released).toMatchObject({ result: 0, ppOutNotificationType: NOTIFICATION_RELEASE, pOutSize: 0 });
    expect(isNullHandle(released.pChannel)).toBe(true);
    await expect(client.sendResponse(channel)).rejects.toBeInstanceOf(FaultError);
    expect(opened.state).toBe("closed");
  });
});

describe("the endpoint mapper", () => {
  const ask = (port: number, iface = IRPCAsyncNotify) =>
    mapEndpoint({
      dial: (signal) => dialTcp({ host: "127.0.0.1", port, signal }),
      iface,
      deadline: () => AbortSignal.timeout(10_000),
    });

  it("knows where the interfaces are", async () => {
    const server = await start({ epmPort: 0 });
    expect(server.epmPort).not.toBeNull();
    expect(await ask(server.epmPort ?? 0)).toBe(server.port);
  });

  it("knows no other interface, nor another version", async () => {
    const server = await start({ epmPort: 0 });
    for (const iface of [
      { ...IRPCAsyncNotify, uuid: "12345678-4321-abcd-ef00-0123456789ab" },
      { ...IRPCAsyncNotify, major: 2 },
    ])
      await expect(ask(server.epmPort ?? 0, iface)).rejects.toMatchObject({ code: "no-interface" });
  });
});

describe("strangers", () => {
  /** A connection that says nothing. */
  async function stranger(server: PrintServer): Promise<{ closed: Promise<unknown> }> {
    const link = await dialTcp({ host: "127.0.0.1", port: server.port, signal: new AbortController().signal });
    open.push({ [Symbol.asyncDispose]: () => Promise.resolve(link.destroy()) });
    return { closed: new Promise((closed) => link.start({ data: () => undefined, closed })) };
  }

  it("go first, the oldest of them, when there is no more room", async () => {
    const server = await start({ maxConnections: 3 });
    const client = await caller(server);
    const strangers = [await stranger(server), await stranger(server)];
    const another = await caller(server);
    expect(await strangers[0]?.closed).not.toBeNull();
    expect(server.load.connections).toBe(3);
    for (const each of [client, another]) await each.create();
  });

  it("have 30 s to log on; who has logged on stays", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const server = await start();
      const client = await caller(server);
      const { closed } = await stranger(server);
      await vi.advanceTimersByTimeAsync(29_999);
      expect(server.load.connections).toBe(2);
      await vi.advanceTimersByTimeAsync(1);
      expect(await closed).not.toBeNull();
      await client.create();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("many clients", () => {
  it("are served side by side, and take no more connections than there may be", async () => {
    const server = await start({ maxConnections: 2 });
    const clients = [await caller(server), await caller(server)];
    for (const client of clients) await client.register(await client.create());
    await expect(associate(server)).rejects.toThrow();
    expect(server.notify({ type: ASYNC_UI, data: DATA })).toEqual({ delivered: 2, lost: 0 });
  });
});
