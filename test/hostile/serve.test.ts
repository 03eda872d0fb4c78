import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePdu } from "../rpc/support/encode-pdu.js";
import { WHOLE } from "../../src/rpc/pdu/types.js";
import { Victim } from "./support/victim.js";

const MIB = 1024 * 1024;
/** Node itself, and garbage that is not collected yet. */
const IDLE = 120 * MIB;

describe("the embedded print server, attacked before any logon", () => {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-hostile-"));
  const password = join(folder, "password");
  const sockets: Socket[] = [];

  beforeAll(() => writeFileSync(password, "Passw0rd!\n", { mode: 0o600 }));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    rmSync(folder, { recursive: true });
  });

  function serve(): Victim {
    return Victim.panwatch(["serve", "--user", "alice", "--password-file", password]);
  }

  async function portOf(victim: Victim): Promise<number> {
    return (await victim.line("ready"))["port"] as number;
  }

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
