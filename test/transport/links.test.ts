import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { DisconnectedError, type PanwatchError } from "../../src/errors.js";
import type { Link } from "../../src/rpc/link.js";
import { dialTcp } from "../../src/transport/dial.js";
import { listenTcp, type Listener } from "../../src/transport/listen.js";
import { deferred } from "../../src/waiting.js";
import { peerName, SocketLink, type SocketLinkOptions } from "../../src/transport/socket-link.js";
import { saysWhatIsMissing } from "../support/eventually.js";

const HOST = "127.0.0.1";
const never = new AbortController().signal;
const toClose: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** What a link has delivered so far, and how it ended. */
class Reception {
  readonly chunks: Uint8Array[] = [];
  readonly closed: Promise<PanwatchError | null>;
  readonly #drained = deferred();
  /** Resolves when what was sent has left. */
  readonly drained = this.#drained.promise;
  closings = 0;
  #wake: () => void = () => undefined;

  constructor(link: Link) {
    this.closed = new Promise((resolve) =>
      link.start({
        data: (chunk) => {
          this.chunks.push(chunk);
          this.#wake();
        },
        drained: this.#drained.resolve,
        closed: (error) => {
          this.closings++;
          this.#wake();
          resolve(error);
        },
      }),
    );
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  async received(length: number): Promise<Buffer> {
    using _ = saysWhatIsMissing(() => `${length} bytes; so far ${this.bytes.length}`);
    while (this.bytes.length < length && this.closings === 0)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.bytes;
  }
}

async function pair(): Promise<{ client: Link; server: Link; listener: Listener }> {
  let accept: (link: Link) => void = () => undefined;
  const accepted = new Promise<Link>((resolve) => (accept = resolve));
  const listener = await listenTcp({ host: HOST, port: 0, onLink: (link) => accept(link) });
  toClose.push(() => listener.close());
  const client = await dialTcp({ host: HOST, port: listener.port, signal: never });
  return { client, server: await accepted, listener };
}

/** A server on plain sockets, for what a polite one does not do. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onSocket);
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  toClose.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe("links over TCP", () => {
  it("carry bytes both ways, in order, as plain byte arrays", async () => {
    const { client, server } = await pair();
    const [atClient, atServer] = [new Reception(client), new Reception(server)];
    for (let i = 0; i < 100; i++) client.send(Uint8Array.of(i));
    server.send(Uint8Array.of(1, 2, 3));
    expect([...(await atServer.received(100))]).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...(await atClient.received(3))]).toEqual([1, 2, 3]);
    expect(atClient.chunks[0]?.constructor).toBe(Uint8Array);
    client.destroy();
  });

  it("name the peer by address and port", async () => {
    const { client, listener } = await pair();
    expect(client.peer).toBe(`${HOST}:${listener.port}`);
    expect(peerName("2001:db8::1", 135)).toBe("[2001:db8::1]:135");
    client.destroy();
  });

  it("closed here flush what was sent, and end without an error", async () => {
    const { client, server } = await pair();
    const [atClient, atServer] = [new Reception(client), new Reception(server)];
    const large = new Uint8Array(4_000_000).fill(7);
    client.send(large);
    client.close();
    expect((await atServer.received(large.length)).length).toBe(large.length);
    expect(await atClient.closed).toBeNull();
    expect(await atServer.closed).toBeInstanceOf(DisconnectedError);
  });

  it("destroyed here end at once, without an error", async () => {
    const { client, server } = await pair();
    const [atClient, atServer] = [new Reception(client), new Reception(server)];
    client.destroy();
    expect(await atClient.closed).toBeNull();
    expect(await atServer.closed).toBeInstanceOf(DisconnectedError);
  });

  it("closed by the peer say so, once", async () => {
    const { client, server } = await pair();
    const atClient = new Reception(client);
    server.close();
    expect(await atClient.closed).toMatchObject({
      code: "disconnected",
      message: `${client.peer} closed the connection`,
    });
    client.destroy();
    expect(atClient.closings).toBe(1);
  });

  it("reset by the peer say so", async () => {
    const port = await rawServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const client = await dialTcp({ host: HOST, port, signal: never });
    const atClient = new Reception(client);
    client.send(Uint8Array.of(1));
    expect(await atClient.closed).toMatchObject({
      code: "disconnected",
      message: `${client.peer} reset the connection`,
    });
  });

  it("take bytes after the peer has gone, without effect", async () => {
    const port = await rawServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const client = await dialTcp({ host: HOST, port, signal: never });
    const atClient = new Reception(client);
    for (let i = 0; i < 10; i++) client.send(new Uint8Array(1000));
    expect(await atClient.closed).toBeInstanceOf(DisconnectedError);
    client.send(Uint8Array.of(1));
    client.close();
  });

  it("started late deliver what had come before, and the end", async () => {
    const port = await rawServer((socket) => socket.end(Uint8Array.of(1, 2, 3)));
    const client = await dialTcp({ host: HOST, port, signal: never });
    const atClient = new Reception(client);
    expect([...(await atClient.received(3))]).toEqual([1, 2, 3]);
    expect(await atClient.closed).toBeInstanceOf(DisconnectedError);
  });

  it("started after they were destroyed still tell of the end", async () => {
    const { client } = await pair();
    client.destroy();
    expect(await new Reception(client).closed).toBeNull();
  });
});

describe("listening", () => {
  it("rejects when the port is taken", async () => {
    const { listener, client } = await pair();
    await expect(listenTcp({ host: HOST, port: listener.port, onLink: () => undefined })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    client.destroy();
  });

  it("ends its connections when it is closed", async () => {
    const { client, listener } = await pair();
    const atClient = new Reception(client);
    await listener.close();
    expect(await atClient.closed).toBeInstanceOf(DisconnectedError);
  });
});

describe("a peer that does not read what it is sent", () => {
  /** A link to a peer that has read nothing yet, with `bytes` sent to it. */
  async function toDeaf(bytes: number, options: SocketLinkOptions) {
    let accept: (socket: Socket) => void = () => undefined;
    const accepted = new Promise<Socket>((resolve) => (accept = resolve));
    const server = createServer({ pauseOnConnect: true }, (socket) => accept(socket));
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const socket = connect((server.address() as AddressInfo).port, HOST);
    const peer = await accepted;
    toClose.push(() => {
      peer.destroy();
      socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    const link = new SocketLink(socket, options);
    const reception = new Reception(link);
    for (let sent = 0; sent < bytes; sent += 65_536) link.send(new Uint8Array(65_536));
    return { link, peer, reception };
  }

  it("is not read from, until it has read", async () => {
    const { link, peer, reception } = await toDeaf(32 * 1024 * 1024, { highWater: 65_536 });
    expect(link.queued).toBeGreaterThan(1024 * 1024);
    await new Promise((resolve) => peer.write("more work", resolve));
    // Were it read, it would be there by the time an echo over another connection is.
    const { client, server } = await pair();
    const echoed = new Reception(server);
    client.send(new Uint8Array(1));
    await echoed.received(1);
    expect(reception.chunks).toEqual([]);
    peer.resume();
    expect((await reception.received(9)).toString()).toBe("more work");
    expect(link.queued).toBe(0);
  });

  it("is read from all the same where this side reads on, which is told when all has left", async () => {
    const { link, peer, reception } = await toDeaf(32 * 1024 * 1024, { readsOn: true });
    peer.write("an answer");
    expect((await reception.received(9)).toString()).toBe("an answer");
    expect(link.queued).toBeGreaterThan(1024 * 1024);
    peer.resume();
    await reception.drained;
    expect(link.queued).toBe(0);
  });

  it("loses the connection when it goes on so, and is told of by name", async () => {
    const { reception } = await toDeaf(32 * 1024 * 1024, { highWater: 65_536, stallMs: 50 });
    expect(await reception.closed).toMatchObject({
      code: "disconnected",
      message: expect.stringMatching(/^the connection to .* failed: it does not read what it is sent$/) as string,
    });
  });

  it("does not keep a link that is closed from its end", async () => {
    const { link, reception } = await toDeaf(32 * 1024 * 1024, {});
    link.close();
    expect(await reception.closed).toBeNull();
  });
});
