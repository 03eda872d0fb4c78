import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import {
  DisconnectedError,
  FaultError,
  IntegrityError,
  PanwatchError,
  ProtocolError,
  TooLargeError,
} from "../../src/errors.js";
import type { ClientConnection } from "../../src/rpc/client-connection.js";
import { bind, ECHO, echo } from "./support/binding.js";
import { ScriptedServer, type ReceivedRequest, type ScriptOptions } from "./support/scripted-server.js";
import { ToySecurity } from "./support/toy-security.js";

const bytes = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * seed + seed) & 0xff);

interface Bound {
  readonly server: ScriptedServer;
  readonly connection: ClientConnection;
}

async function plain(script?: ScriptOptions): Promise<Bound> {
  const server = new ScriptedServer(script);
  return { server, connection: await bind(server) };
}

async function secured(script?: ScriptOptions): Promise<Bound> {
  const server = new ScriptedServer(script);
  return { server, connection: await bind(server, { security: new ToySecurity() }) };
}

describe("calls", () => {
  it("are matched by call_id, whatever the order of the answers", async () => {
    const { server, connection } = await secured();
    const calls = [1, 2, 3].map((seed) => echo(connection, bytes(12, seed)));
    await server.requested(3);
    for (const request of server.requests.toReversed()) server.respond(request, request.stub);
    const answers = await Promise.all(calls);
    expect(answers.map(toHex)).toEqual([1, 2, 3].map((seed) => toHex(bytes(12, seed))));
    expect(server.requests.map(({ callId }) => callId)).toEqual([3, 4, 5]);
  });

  it("may be answered in fragments that alternate", async () => {
    const { server, connection } = await secured();
    const calls = [echo(connection, bytes(1)), echo(connection, bytes(1))];
    const first = await server.requested(1);
    const second = await server.requested(2);
    server.link.deliver(server.fragment(first, bytes(20, 1), 0x01), server.fragment(second, bytes(20, 2), 0x01));
    server.link.deliver(server.fragment(second, bytes(20, 3), 0x02), server.fragment(first, bytes(20, 4), 0x02));
    const joined = (a: number, b: number): string => toHex(Buffer.concat([bytes(20, a), bytes(20, b)]));
    expect((await Promise.all(calls)).map(toHex)).toEqual([joined(1, 4), joined(2, 3)]);
  });

  it("go out in fragments: padded to 16, hints counting down, the trailer in the last one", async () => {
    const { server, connection } = await secured({ maxFragment: 1432 });
    void echo(connection, bytes(3000)).catch(() => undefined);
    const { fragments, stub } = await server.requested(1);
    expect(toHex(stub)).toBe(toHex(bytes(3000)));
    // 1432 - 24 of header - 8 of sec_trailer - 16 of token, rounded down to 16; 60 bytes of trailer.
    expect(fragments.map(({ flags, allocHint, stub }) => [flags, allocHint, stub.length])).toEqual([
      [0x01, 3060, 1376],
      [0x00, 1684, 1376],
      [0x02, 308, 308],
    ]);
    expect(server.link.sent.slice(-3).map(({ length }) => length)).toEqual([1424, 1424, 24 + 320 + 24]);
    expect(fragments.map(({ auth }) => auth?.padLength)).toEqual([0, 0, 12]);
  });

  it("vouch for what the bind said in the clear, the first time only ([MS-RPCE] notes 41 and 43)", async () => {
    expect(await trailers({ headerSigning: true })).toEqual([60, 0]);
  });

  it("vouch for their header every time where it is not signed ([MS-RPCE] 2.2.2.13.3)", async () => {
    expect(await trailers({ headerSigning: false })).toEqual([80, 28]);
  });

  it("without security go out without padding and trailer", async () => {
    const { server, connection } = await plain();
    void echo(connection, bytes(5)).catch(() => undefined);
    await server.requested(1);
    expect(toHex(server.link.sent.at(-1) ?? bytes(0))).toBe(
      "05000003100000001d000000020000000500000001000700" + toHex(bytes(5)),
    );
  });

  it("name the object of their interface in every fragment, which leaves it less room (C706 12.6.4.9)", async () => {
    const server = new ScriptedServer({ maxFragment: 1432 });
    const object = "9940ca8e-512f-4c58-88a9-61098d6896bd";
    const connection = await bind(server, { security: new ToySecurity(), iface: { ...ECHO, object } });
    void echo(connection, bytes(1400)).catch(() => undefined);
    const { fragments, stub } = await server.requested(1);
    expect(toHex(stub)).toBe(toHex(bytes(1400)));
    // 1432 - 40 of header - 8 of sec_trailer - 16 of token, rounded down to 16.
    expect(fragments.map(({ object, flags, stub }) => [object, flags, stub.length])).toEqual([
      [object, 0x81, 1360],
      [object, 0x82, 100],
    ]);
  });

  it("are sent before call returns", async () => {
    const { server, connection } = await plain();
    void echo(connection, bytes(5)).catch(() => undefined);
    expect(server.requests).toHaveLength(1);
  });

  it("fail with the fault that answers them, by name", async () => {
    const { server, connection } = await plain();
    const call = echo(connection, bytes(1));
    server.fault(await server.requested(1), 0x1c010002);
    const error = await rejection(call);
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toMatchObject({
      status: 0x1c010002,
      message: "Echo was answered with the fault nca_s_op_rng_error (0x1C010002): the interface has no such method",
    });
  });

  it("survive a fault without signature, which takes no sequence number, and one with", async () => {
    const { server, connection } = await secured();
    const calls = [1, 2, 3].map(() => echo(connection, bytes(4)));
    await server.requested(3);
    const [first, second, third] = server.requests as [ReceivedRequest, ReceivedRequest, ReceivedRequest];
    server.fault(first, 5);
    server.fault(second, 0x8004000c, { signed: true });
    server.respond(third, bytes(4));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(connection.contextFor(ECHO)).not.toBeNull();
  });

  it("fail alone when their answer is too large; it is verified all the same", async () => {
    const { server, connection } = await secured();
    const large = echo(connection, bytes(1), { maxStub: 100 });
    const request = await server.requested(1);
    server.link.deliver(server.fragment(request, bytes(90), 0x01), server.fragment(request, bytes(90), 0x02));
    const error = await rejection(large);
    expect(error).toBeInstanceOf(TooLargeError);
    expect(error).toMatchObject({ size: 180, limit: 100, head: bytes(64) });
    const next = echo(connection, bytes(1));
    server.respond(await server.requested(2), bytes(2));
    expect(await next).toEqual(bytes(2));
  });

  it("take an empty response", async () => {
    const { server, connection } = await secured();
    const call = echo(connection, bytes(0));
    server.respond(await server.requested(1), bytes(0));
    expect(await call).toHaveLength(0);
  });
});

/** Bytes of verification trailer behind the 4 bytes of stub of the first two calls. */
async function trailers(script: ScriptOptions): Promise<number[]> {
  const { server, connection } = await secured(script);
  for (const count of [1, 2]) {
    const call = echo(connection, bytes(4));
    server.respond(await server.requested(count), bytes(4));
    await call;
  }
  return server.requests.map(({ fragments }) => (fragments[0]?.stub.length ?? 0) - 4);
}

describe("giving a call up", () => {
  async function abandoned() {
    const bound = await secured();
    const controller = new AbortController();
    const call = echo(bound.connection, bytes(3), { signal: controller.signal });
    const request = await bound.server.requested(1);
    const failure = rejection(call);
    controller.abort();
    return { ...bound, request, error: await failure };
  }

  it("fails it at once; its late answer is verified and dropped", async () => {
    const { server, connection, request, error } = await abandoned();
    expect(error).toMatchObject({ code: "aborted", message: "Echo was given up before it was answered" });
    expect(server.received.at(-1)?.type).toBe("request");
    server.respond(request, bytes(3000));
    const next = echo(connection, bytes(1));
    server.respond(await server.requested(2), bytes(2));
    expect(await next).toEqual(bytes(2));
  });

  it("before it is sent sends nothing", async () => {
    const { server, connection } = await plain();
    const error = await rejection(echo(connection, bytes(1), { signal: AbortSignal.abort() }));
    expect(error.code).toBe("aborted");
    expect(server.requests).toHaveLength(0);
  });

  it("after the answer does nothing", async () => {
    const { server, connection } = await plain();
    const controller = new AbortController();
    const call = echo(connection, bytes(1), { signal: controller.signal });
    server.respond(await server.requested(1), bytes(1));
    await call;
    controller.abort();
    expect(server.received.at(-1)?.type).toBe("request");
  });
});

describe("an answer that was changed on its way", () => {
  /** Two calls wait; the answer to the first is changed, and the answer to the second follows in the same chunk. */
  async function changed(change: (fragment: Uint8Array) => Uint8Array) {
    const { server, connection } = await secured();
    const calls = [echo(connection, bytes(8)), echo(connection, bytes(8))].map(rejection);
    const first = await server.requested(1);
    const second = await server.requested(2);
    server.link.deliver(change(server.fragment(first, bytes(20))), server.fragment(second, bytes(20)));
    const errors = await Promise.all(calls);
    return { errors, server, closed: await connection.closed };
  }

  it.each([
    ["a flipped bit of the body", 30, 1],
    ["a flipped bit of the signature", -15, 1],
    ["another call_id", 12, 0x40],
    ["another alloc_hint", 16, 1],
  ])("%s ends everything with an IntegrityError", async (_what, at, flip) => {
    const { errors, server, closed } = await changed((fragment) => {
      const offset = at < 0 ? fragment.length + at : at;
      fragment[offset] = (fragment[offset] ?? 0) ^ flip;
      return fragment;
    });
    for (const error of [...errors, closed]) expect(error).toBeInstanceOf(IntegrityError);
    expect(server.link.state).toBe("destroyed");
  });

  it("a missing signature ends everything with an IntegrityError", async () => {
    const { errors, server, closed } = await changed((fragment) => {
      const bare = fragment.slice(0, fragment.length - 24);
      new DataView(bare.buffer).setUint32(8, bare.length, true);
      return bare;
    });
    expect(errors).toHaveLength(2);
    for (const error of [...errors, closed]) {
      expect(error).toBeInstanceOf(IntegrityError);
      expect(error?.message).toContain("without the signature");
    }
    expect(server.link.state).toBe("destroyed");
  });

  it("one that comes twice ends the connection with an IntegrityError, after it was delivered once", async () => {
    const { server, connection } = await secured();
    const call = echo(connection, bytes(8));
    const fragment = server.fragment(await server.requested(1), bytes(4));
    server.link.deliver(fragment, fragment);
    expect(await call).toEqual(bytes(4));
    expect(await connection.closed).toBeInstanceOf(IntegrityError);
    expect(server.link.state).toBe("destroyed");
  });

  it.each([
    ["the version", 0, 4],
    ["the minor version", 1, 9],
    ["the type", 2, 12],
    ["an unknown type", 2, 200],
    ["the data representation", 4, 0],
    ["frag_length", 9, 0xff],
    ["auth_length", 11, 0xff],
    ["auth_type", -24, 10],
    ["auth_level", -23, 2],
    ["auth_pad_length", -22, 255],
    ["auth_context_id", -20, 9],
  ])("%s ends everything with a ProtocolError", async (_what, at, value) => {
    const { errors, server, closed } = await changed((fragment) => {
      fragment[at < 0 ? fragment.length + at : at] = value;
      return fragment;
    });
    for (const error of [...errors, closed]) expect(error).toBeInstanceOf(ProtocolError);
    expect(server.link.state).toBe("destroyed");
  });
});

describe("an answer that breaks the rules", () => {
  it.each<[string, (server: ScriptedServer, request: ReceivedRequest) => Uint8Array, string]>([
    [
      "for a call that nobody made",
      (server, request) => server.fragment({ ...request, callId: 999 }, bytes(1)),
      "sent a response for the unknown call_id 999",
    ],
    [
      "in another presentation context",
      (server, request) => server.fragment({ ...request, contextId: 5 }, bytes(1)),
      "names presentation context 5, not 1",
    ],
    [
      "without a first fragment",
      (server, request) => server.fragment(request, bytes(1), 0),
      "lacks its first fragment",
    ],
    [
      "with an alloc_hint above 2^31-1",
      (server, request) => server.fragment(request, bytes(1), 3, 0x8000_0000),
      "announces 2147483648 bytes",
    ],
    [
      "by a request",
      () => new Uint8Array(Buffer.from("050000031000000018000000020000000000000001000700", "hex")),
      "sent a request, which a client does not take after its bind",
    ],
  ])("%s ends the connection with a ProtocolError", async (_what, answer, message) => {
    const { server, connection } = await plain();
    const call = rejection(echo(connection, bytes(1)));
    server.link.deliver(answer(server, await server.requested(1)));
    const error = await call;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(message);
    expect(await connection.closed).toBe(error);
    expect(server.link.state).toBe("destroyed");
  });

  it("that begins twice ends the connection", async () => {
    const { server, connection } = await plain();
    const call = rejection(echo(connection, bytes(1)));
    const request = await server.requested(1);
    server.link.deliver(server.fragment(request, bytes(1), 0x01), server.fragment(request, bytes(1), 0x01));
    expect((await call).message).toContain("begins twice");
  });

  it("by a fault in fragments ends the connection", async () => {
    const { server, connection } = await plain();
    const call = rejection(echo(connection, bytes(1)));
    server.fault(await server.requested(1), 5, { flags: 0x01 });
    expect(await call).toBeInstanceOf(ProtocolError);
  });
});

describe("the end of a connection", () => {
  it("by the network fails what is pending with the reason", async () => {
    const { server, connection } = await plain();
    const call = rejection(echo(connection, bytes(1)));
    const reason = new DisconnectedError("the peer reset the connection");
    server.link.end(reason);
    expect(await call).toBe(reason);
    expect(await connection.closed).toBe(reason);
    expect(await rejection(echoAgain(connection))).toBeInstanceOf(DisconnectedError);
  });

  it("by this side fails what is pending, and is no error", async () => {
    const { server, connection } = await plain();
    const call = rejection(echo(connection, bytes(1)));
    connection.close();
    expect(await call).toBeInstanceOf(DisconnectedError);
    expect(await connection.closed).toBeNull();
    expect(server.link.state).toBe("destroyed");
  });

  it("by a shutdown of the server is a DisconnectedError, and closes the link in good order", async () => {
    const { server, connection } = await plain();
    const call = rejection(echo(connection, bytes(1)));
    server.link.deliver(new Uint8Array(Buffer.from("05001103100000001000000000000000", "hex")));
    expect((await call).message).toContain("asked this client to close the connection");
    expect(server.link.state).toBe("destroyed");
    expect(await connection.closed).toBeInstanceOf(DisconnectedError);
  });

  it("leaves what still arrives unread", async () => {
    const { server, connection } = await plain();
    connection.close();
    server.link.deliver(bytes(100));
    expect(await connection.closed).toBeNull();
  });
});

function echoAgain(connection: ClientConnection): Promise<Uint8Array> {
  return Promise.resolve().then(() => echo(connection, bytes(1)));
}

async function rejection(promise: Promise<unknown>): Promise<PanwatchError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PanwatchError);
  return error as PanwatchError;
}
