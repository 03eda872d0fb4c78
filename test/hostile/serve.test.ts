import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePdu } from "../rpc/support/encode-pdu.js";
import { connectPrintServer } from "../../src/pan/connect-print-server.js";
import { HRESULTS } from "../../src/pan/hresults.js";
import { getNewChannel, IRPCAsyncNotify } from "../../src/pan/idl.js";
import { BidiRegistration, UniRegistration } from "../../src/pan/registration.js";
import { RemoteObject } from "../../src/pan/remote-object.js";
import { ASYNC_UI, BIDIRECTIONAL } from "../../src/pan/types.js";
import type { Association } from "../../src/rpc/association.js";
import { WHOLE } from "../../src/rpc/pdu/types.js";
import { Relay } from "./support/relay.js";
import { Victim } from "./support/victim.js";

const MIB = 1024 * 1024;
/** Node itself, and garbage that is not collected yet. */
const IDLE = 120 * MIB;

const PASSWORD = "Passw0rd!";
const folder = mkdtempSync(join(tmpdir(), "panwatch-hostile-"));
const password = join(folder, "password");

beforeAll(() => writeFileSync(password, `${PASSWORD}\n`, { mode: 0o600 }));
afterAll(() => rmSync(folder, { recursive: true }));

function serve(): Victim {
  const users = ["alice", "bob"].flatMap((user) => ["--user", user, "--password-file", password]);
  return Victim.panwatch(["serve", ...users], {}, "pipe");
}

async function portOf(victim: Victim): Promise<number> {
  return (await victim.line("ready"))["port"] as number;
}

describe("the embedded print server, attacked before any logon", () => {
  const sockets: Socket[] = [];

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
  });

  /** Connects from an address of the loopback network. */
  async function stranger(port: number, localAddress = "127.0.0.1"): Promise<Socket> {
    const socket = connect({ host: "127.0.0.1", port, localAddress });
    sockets.push(socket.on("error", () => undefined));
    await once(socket, "connect");
    return socket;
  }

  /** Whether somebody with a password is still served. */
  async function serves(port: number): Promise<boolean> {
    const options = ["-U", "alice", "--password-file", password, "--kerberos", "off", "--port", `${port}`];
    await using watch = Victim.panwatch(["watch", "127.0.0.1", ...options, "-o", "json"]);
    return (await watch.line("registered"))["server"] === "127.0.0.1";
  }

  it("by 1,280 connections that each begin a PDU of 64 KiB: 128 KiB each, and those who log on still do", async () => {
    await using victim = serve();
    const port = await portOf(victim);
    const begun = Buffer.alloc(65_000);
    begun.set([5, 0, 11, 3, 0x10, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0]);
    const written: Promise<unknown>[] = [];
    for (let address = 0; address < 40; address++)
      for (let i = 0; i < 32; i++) {
        const socket = await stranger(port, `127.1.0.${address + 2}`);
        written.push(new Promise((resolve) => socket.write(begun, resolve)));
      }
    await Promise.all(written);
    expect(await serves(port)).toBe(true);
    expect(victim.peakMemory).toBeLessThan(IDLE + 1000 * 128 * 1024);
  });

  it("by more than 32 connections of one address: the others are closed, and who logs on elsewhere is served", async () => {
    await using victim = serve();
    const port = await portOf(victim);
    const address = "127.1.1.1";
    for (let i = 0; i < 32; i++) await stranger(port, address);
    const surplus = await stranger(port, address);
    await once(surplus.resume(), "close");
    expect(await serves(port)).toBe(true);
  });

  it("by a client that asks and never reads: it is cut off before it costs 128 KiB", async () => {
    await using victim = serve();
    const port = await portOf(victim);
    const bind = {
      type: "bind",
      flags: WHOLE,
      auth: null,
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0,
      contexts: [],
    } as const;
    const socket = await stranger(port);
    socket.write(encodePdu({ ...bind, callId: 1 }));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const alters = Buffer.concat(
      Array.from({ length: 1000 }, (_, i) => encodePdu({ ...bind, type: "alter_context", callId: i + 2 })),
    );
    // It is cut off once the buffers of both kernels are full.
    const flood = (): void => void (socket.writable && socket.write(alters, () => setImmediate(flood)));
    flood();
    await closed;
    expect(await serves(port)).toBe(true);
    expect(victim.peakMemory).toBeLessThan(IDLE + 16 * MIB);
  });
});

describe("the embedded print server, attacked by a user who logged on", () => {
  /** Calls that an attacker has in flight. */
  const AT_ONCE = 500;
  /** 64 MiB that the server may hold for a user, and four times as much garbage: lines of input and what they said. */
  const KEPT = 5 * 64 * MIB;
  /** A type of nobody else's. */
  const LARGE = "9f2d3c1a-55e0-4c1e-8a3b-0d6f7e1b2c4d";
  const box = { open: "messageBox", title: "Question", body: "", buttons: ["IDOK"] };

  /** On the port of the server, or on one that leads there. */
  async function logOn(victim: Victim, user: string, port?: number): Promise<Association & AsyncDisposable> {
    const connection = { port: port ?? (await portOf(victim)), connectTimeoutMs: 60_000 };
    const request = { server: "127.0.0.1", user, password: PASSWORD, kerberos: "off", connection } as const;
    const connected = await connectPrintServer(request);
    return Object.assign(connected.association, { [Symbol.asyncDispose]: () => connected.close() });
  }

  /** What so many calls give, some at a time. */
  async function many<T>(count: number, make: () => Promise<T>): Promise<T[]> {
    const made: T[] = [];
    while (made.length < count)
      made.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - made.length) }, make))));
    return made;
  }

  /** The channels that a new registration is given at once. */
  async function channelsOf(association: Association): Promise<number> {
    const object = await RemoteObject.create(association);
    await object.register({ name: null, type: ASYNC_UI, filter: "per-user", style: BIDIRECTIONAL });
    const out = await association.call(IRPCAsyncNotify, getNewChannel, { pRemoteObj: object.handle });
    return out.ppChannelCtxt?.length ?? 0;
  }

  /** A notification of 8 MiB, which for each line is one of its own. */
  const large = (user: string): object => ({
    notify: "raw",
    notificationType: LARGE,
    xml: "x".repeat(4 * MIB - 1),
    user,
  });

  function uni(association: Association, type = ASYNC_UI): Promise<UniRegistration> {
    return UniRegistration.open(association, { type });
  }

  /** What a registration, the only one of this user for such, is given when a balloon is raised for the user. */
  async function balloonFor(user: string, registration: UniRegistration, victim: Victim): Promise<string> {
    const next = registration.next();
    const { delivered } = await victim.tell({ notify: "balloon", title: "For you", body: "", user });
    expect(delivered).toBe(1);
    return Buffer.from((await next)?.data ?? []).toString("utf16le");
  }

  it("with 2,001 registrations on two connections: the last is refused (3.1.1.4.1), another user's is served", async () => {
    await using victim = serve();
    await using first = await logOn(victim, "alice");
    await using second = await logOn(victim, "alice");
    const [one] = await many(1000, () => uni(first));
    await many(1000, () => uni(second));
    await expect(uni(second)).rejects.toMatchObject({ hresult: HRESULTS.ERROR_NOT_READY });
    await using bob = await logOn(victim, "bob");
    expect(await balloonFor("bob", await uni(bob), victim)).toContain("For you");
    expect(await one?.end()).toEqual([]);
    await uni(second);
  });

  it("with 10,000 objects that it never deletes: no more are made for it, until it leaves", async () => {
    await using victim = serve();
    await using bob = await logOn(victim, "bob");
    {
      await using alice = await logOn(victim, "alice");
      await many(10_000, () => RemoteObject.create(alice));
      await expect(RemoteObject.create(alice)).rejects.toMatchObject({ hresult: HRESULTS.E_OUTOFMEMORY });
      expect(await balloonFor("bob", await uni(bob), victim)).toContain("For you");
    }
    expect((await victim.line("client.disconnected"))["left"]).toMatchObject({ objects: 10_000 });
    await using again = await logOn(victim, "alice");
    expect(await balloonFor("alice", await uni(again), victim)).toContain("For you");
  });

  it("with channels that it never closes: they count as handles, and another user gets all of them", async () => {
    await using victim = serve();
    await using alice = await logOn(victim, "alice");
    await using bob = await logOn(victim, "bob");
    await victim.tell({ ...box, repeat: 4000 });
    expect(await channelsOf(alice)).toBe(4000);
    expect(await channelsOf(alice)).toBe(4000);
    expect(await channelsOf(alice)).toBe(10_000 - 2 * 4000 - 3);
    await expect(RemoteObject.create(alice)).rejects.toMatchObject({ hresult: HRESULTS.E_OUTOFMEMORY });
    expect(await channelsOf(bob)).toBe(4000);
  });

  it("with channels that nobody closes: 10,000 are open at most, and one more when one is closed", async () => {
    await using victim = serve();
    await using alice = await logOn(victim, "alice");
    await BidiRegistration.open(alice, { type: ASYNC_UI });
    await victim.tell({ ...box, repeat: 10_000 });
    expect((await victim.tell(box, "error"))["message"]).toContain("too many channels");
    await victim.tell({ close: "c1" });
    expect((await victim.tell(box))["delivered"]).toBe(1);
    await using bob = await logOn(victim, "bob");
    expect(await balloonFor("bob", await uni(bob), victim)).toContain("For you");
    expect(victim.peakMemory).toBeLessThan(IDLE + 64 * MIB);
  });

  it("with 480 MiB of notifications that it never asks for: 64 MiB are kept, and another user gets its own", async () => {
    await using victim = serve();
    await using alice = await logOn(victim, "alice");
    await using bob = await logOn(victim, "bob");
    const sleeper = await uni(alice, LARGE);
    const listener = await uni(bob);
    let kept = 0;
    for (let i = 0; i < 60; i++) kept += (await victim.tell(large("alice")))["delivered"] as number;
    expect(kept).toBe(8);
    expect(await balloonFor("bob", listener, victim)).toContain("For you");
    expect(victim.peakMemory).toBeLessThan(IDLE + KEPT);
    for (let i = 0; i < 3; i++) expect((await sleeper.next())?.data.length).toBe(8 * MIB);
    expect(await victim.tell(large("alice"))).toMatchObject({ delivered: 1, lost: 0 });
  });

  it("with 60 polls whose answers of 8 MiB it never reads: 64 MiB are sent to it, and another user gets its own", async () => {
    await using victim = serve();
    await using relay = await Relay.start(await portOf(victim));
    await using alice = await logOn(victim, "alice", relay.port);
    await using bob = await logOn(victim, "bob");
    const listener = await uni(bob);
    const waits = await many(60, () => uni(alice, LARGE));
    for (const registration of waits) registration.next().catch(() => undefined);
    // The server has the polls once it has answered what was sent after them.
    await RemoteObject.create(alice);
    relay.stopDelivering();
    const { delivered, lost } = (await victim.tell(large("alice"))) as { delivered: number; lost: number };
    expect(delivered + lost).toBe(60);
    // What the kernel takes does not count.
    expect(delivered).toBeLessThan(12);
    expect(await balloonFor("bob", listener, victim)).toContain("For you");
    expect(victim.peakMemory).toBeLessThan(IDLE + KEPT);
  });
});
