import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import {
  AuthenticationError,
  DisconnectedError,
  IntegrityError,
  NoInterfaceError,
  PanwatchError,
  ProtocolError,
  UnreachableError,
} from "../../src/errors.js";
import type { AlterContextPdu, BindPdu } from "../../src/rpc/pdu/bind.js";
import type { BindAckPdu } from "../../src/rpc/pdu/bind-ack.js";
import type { Pdu } from "../../src/rpc/pdu/pdu.js";
import { NDR, NDR64, NONE } from "../golden/rpc-vectors.js";
import { bind, ECHO } from "./support/binding.js";
import { ScriptedServer, type ScriptOptions } from "./support/scripted-server.js";
import { ToySecurity } from "./support/toy-security.js";

const ECHO_HEX = "67452301ab89efcd0123456789abcdef 01000000";
const AGREED = `0100 0100 ${ECHO_HEX} 045d888aeb1cc9119fe808002b104860 02000000`;
const CONTEXTS = `0000 0100 ${ECHO_HEX} 33057171babe37498319b5dbef9ccc36 01000000 ${AGREED}`;
const FEATURES = `0200 0100 ${ECHO_HEX} 2c1cb76c129840450300000000000000 01000000`;

const hex = (text: string): string => toHex(fromHex(text));

/** A bind with security to a server with the given script. */
function secureBind(script: ScriptOptions, options: Parameters<typeof bind>[1] = {}) {
  const server = new ScriptedServer(script);
  return { server, bound: bind(server, { security: new ToySecurity(), ...options }) };
}

const instead = (type: Pdu["type"], answer: (pdu: BindPdu | AlterContextPdu, usual: Pdu) => Pdu): ScriptOptions => ({
  onBind: (pdu, usual) => (pdu.type === type ? answer(pdu, usual) : undefined),
});

describe("the handshake as bytes", () => {
  it("without security is one bind that offers each transfer syntax, features and multiplexing", async () => {
    const server = new ScriptedServer();
    const { agreement } = await bind(server);
    expect(server.link.sent.map(toHex)).toEqual([
      hex(`05000b13 10000000 a000 0000 01000000 d016 d016 00000000 03000000 ${CONTEXTS} ${FEATURES}`),
    ]);
    expect(agreement).toEqual({
      context: { contextId: 1, iface: ECHO, transferSyntax: "ndr" },
      nextContextId: 3,
      assocGroup: 0x1234,
      multiplexed: true,
      headerSigning: false,
      maxFragment: 5840,
      security: null,
      mechanism: null,
      user: null,
    });
  });

  it("with security is a bind and an alter_context that repeats the agreed context, unpadded, with header signing offered and never an auth3", async () => {
    const { server, bound } = secureBind({});
    const { agreement } = await bound;
    expect(server.link.sent.map(toHex)).toEqual([
      hex(`05000b17 10000000 ad00 0500 01000000 d016 d016 00000000 03000000 ${CONTEXTS} ${FEATURES}
        09 06 00 00 01000000 68656c6c6f`),
      hex(`05000e17 10000000 5500 0500 02000000 d016 d016 34120000 01000000 ${AGREED}
        09 06 00 00 01000000 70726f6f66`),
    ]);
    expect(agreement).toMatchObject({ headerSigning: true, mechanism: "NTLM", user: "TOY\\alice" });
  });

  it("joins an association group by its number", async () => {
    const server = new ScriptedServer();
    const { agreement } = await bind(server, { assocGroup: 0x55667788 });
    expect(toHex(server.link.sent[0]?.subarray(20, 24) ?? new Uint8Array())).toBe("88776655");
    expect(agreement.assocGroup).toBe(0x55667788);
  });
});

describe("what is agreed on", () => {
  it("is header signing only where the server echoes it", async () => {
    const security = new ToySecurity();
    const { bound } = secureBind({ headerSigning: false }, { security });
    expect((await bound).agreement.headerSigning).toBe(false);
    expect(security.protection?.options).toEqual({ level: "privacy", headerSigning: false });
  });

  it.each([
    [65_535, 5840],
    [2048, 2048],
    [2047, 2040],
    [1432, 1432],
  ])("is fragments of at most what the server takes, %i bytes, rounded down to 8", async (theirs, agreed) => {
    const connection = await bind(new ScriptedServer({ maxFragment: theirs }));
    expect(connection.agreement.maxFragment).toBe(agreed);
  });

  it("is the preferred transfer syntax where the server accepts several", async () => {
    const results = [NDR64, NDR].map((transferSyntax) => ({ result: 0, reason: 0, transferSyntax }));
    const script = instead("bind", (_pdu, usual) => {
      const ack = usual as BindAckPdu;
      return { ...ack, results: [...results, ...ack.results.slice(2)] };
    });
    const { context } = (await bind(new ScriptedServer(script))).agreement;
    expect(context).toEqual({ contextId: 0, iface: ECHO, transferSyntax: "ndr64" });
  });
});

describe("a refused bind", () => {
  const nak = (reason: number): ScriptOptions =>
    instead("bind", ({ callId }) => ({ type: "bind_nak", flags: 3, callId, auth: null, reason }));

  it.each([
    [0, UnreachableError, "logon", "refused the bind without giving a reason (bind_nak 0)"],
    [1, UnreachableError, "logon", "refused the bind because of congestion (bind_nak 1)"],
    [2, UnreachableError, "logon", "refused the bind because a limit of the server is exceeded (bind_nak 2)"],
    [4, UnreachableError, "logon", "because of the protocol version or a malformed bind (bind_nak 4)"],
    [77, UnreachableError, "logon", "for an unknown reason (bind_nak 77)"],
    [8, AuthenticationError, undefined, "because it does not take this kind of logon (bind_nak 8)"],
    [9, AuthenticationError, undefined, "because the logon failed (bind_nak 9)"],
  ])("with reason %i says so", async (reason, type, stage, message) => {
    const { server, bound } = secureBind(nak(reason));
    const error = await rejection(bound);
    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(message);
    expect(error).toMatchObject(stage === undefined ? {} : { stage });
    expect(server.link.state).toBe("destroyed");
  });

  it("before the password was proven is no judgement of it", async () => {
    const error = await rejection(secureBind(nak(0)).bound);
    expect(error).toMatchObject({
      code: "unreachable",
      meaning: "loss",
      hint: "it may be busy or restarting: try again later",
    });
  });

  it("with reason 8 names the policy that refuses NTLM, and the option kerberos", async () => {
    const error = await rejection(secureBind(nak(8)).bound);
    expect(error.hint).toMatch(/ForceKerberosForRpc.*kerberos: 'required'/);
  });

  it("with a ticket in it may be about that", async () => {
    const security = new ToySecurity();
    security.proof = "ticket";
    expect(await rejection(secureBind(nak(0), { security }).bound)).toBeInstanceOf(AuthenticationError);
    expect(await rejection(secureBind(nak(1), { security }).bound)).toBeInstanceOf(UnreachableError);
    expect(await rejection(secureBind(nak(0), { security, assocGroup: 99 }).bound)).toBeInstanceOf(UnreachableError);
  });

  it.each([0, 1, 2, 4, 8, 9, 77])(
    "with reason %i is a refused logon once the proof of the password has left",
    async (reason) => {
      const script = instead("alter_context", ({ callId }) => ({
        type: "bind_nak",
        flags: 3,
        callId,
        auth: null,
        reason,
      }));
      const error = await rejection(secureBind(script).bound);
      expect(error).toMatchObject({ code: "authentication", meaning: "refused" });
      expect(error.hint).toMatch(/password.*NTLM.*kerberos: 'required'/s);
    },
  );

  it("by a fault of any status is a refused logon once the proof of the password has left", async () => {
    for (const status of [5, 0x80090308, 0x1c01000b]) {
      const script = instead("alter_context", ({ callId }) => ({
        ...{ type: "fault", flags: 0x23, callId, auth: null },
        ...{ allocHint: 32, contextId: 0, cancelCount: 0, status },
      }));
      expect(await rejection(secureBind(script).bound)).toBeInstanceOf(AuthenticationError);
    }
  });

  it("of a connection that joins a group hints at the group", async () => {
    const { bound } = secureBind(nak(0), { assocGroup: 99 });
    expect((await rejection(bound)).hint).toContain("association");
  });

  it("by fault 5 while logging on names the likely causes", async () => {
    const { bound } = secureBind(
      instead("alter_context", ({ callId }) => ({
        ...{ type: "fault", flags: 0x23, callId, auth: null },
        ...{ allocHint: 32, contextId: 0, cancelCount: 0, status: 5 },
      })),
    );
    const error = await rejection(bound);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.message).toContain("ERROR_ACCESS_DENIED (0x00000005)");
    expect(error.hint).toMatch(/password.*disabled.*expired.*NTLM/s);
  });

  it("by another fault is unreachable, with the fault's name", async () => {
    const script = instead("bind", ({ callId }) => ({
      ...{ type: "fault", flags: 0x23, callId, auth: null },
      ...{ allocHint: 32, contextId: 0, cancelCount: 0, status: 0x1c010014 },
    }));
    const error = await rejection(bind(new ScriptedServer(script)));
    expect(error).toMatchObject({ code: "unreachable", stage: "bind" });
    expect(error.message).toContain("nca_s_server_too_busy (0x1C010014): the server is too busy");
  });

  it.each([
    [1, "does not offer the interface Echo at this port"],
    [2, "speaks Echo in none of the transfer syntaxes that were offered"],
    [3, "refused the interface Echo (result 2, reason 3)"],
  ])("of the interface with reason %i is a NoInterfaceError", async (reason, message) => {
    const script = instead("bind", (_pdu, usual) => {
      const results = [1, 2, 3].map(() => ({ result: 2, reason, transferSyntax: NONE }));
      return { ...(usual as BindAckPdu), results };
    });
    const error = await rejection(bind(new ScriptedServer(script)));
    expect(error).toBeInstanceOf(NoInterfaceError);
    expect(error.message).toContain(message);
  });

  it("of the token is the mechanism's error", async () => {
    const { bound } = secureBind(
      instead("bind", (pdu, usual) => ({ ...usual, auth: pdu.auth && { ...pdu.auth, token: Uint8Array.of(1) } })),
    );
    expect(await rejection(bound)).toBeInstanceOf(IntegrityError);
  });
});

describe("an answer that breaks the rules", () => {
  const change = (fields: object) => (_pdu: unknown, usual: Pdu) => ({ ...usual, ...fields });
  const auth = (fields: object) => (_pdu: unknown, usual: Pdu) =>
    ({ ...usual, auth: { ...usual.auth, ...fields } }) as Pdu;

  it.each([
    ["another call_id", change({ callId: 77 }), "with call_id 77, not "],
    ["another type", change({ type: "shutdown" }), "with a shutdown"],
    ["fragments", change({ flags: 0x01 }), "in fragments"],
    ["another auth_type", auth({ type: 10 }), "another auth_type, auth_level or auth_context_id"],
    ["another auth_level", auth({ level: 2 }), "another auth_type, auth_level or auth_context_id"],
    ["another auth_context_id", auth({ contextId: 2 }), "another auth_type, auth_level or auth_context_id"],
    ["no token", change({ auth: null }), "left the logon without an answer"],
  ])("%s is a ProtocolError, in either leg", async (_what, answer, message) => {
    for (const leg of ["bind", "alter_context"] as const) {
      const { server, bound } = secureBind(instead(leg, answer));
      const error = await rejection(bound);
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.message).toContain(message);
      expect(server.link.state).toBe("destroyed");
    }
  });

  it.each([
    ["too few results", change({ results: [] }), "answered 3 presentation contexts with 0 results"],
    ["fragments below 1432 bytes", change({ maxRecv: 1431 }), "takes fragments of 1431 bytes only"],
  ])("%s is a ProtocolError", async (_what, answer, message) => {
    const error = await rejection(bind(new ScriptedServer(instead("bind", answer))));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(message);
  });

  it("a transfer syntax that was not proposed is a ProtocolError", async () => {
    const script = instead("bind", (_pdu, usual) => {
      const ack = usual as BindAckPdu;
      return { ...ack, results: ack.results.map((result) => ({ ...result, result: 0, transferSyntax: NONE })) };
    });
    await expect(bind(new ScriptedServer(script))).rejects.toThrow("accepted a transfer syntax that was not proposed");
  });

  it("another association group than the one to join is a ProtocolError", async () => {
    const bound = bind(new ScriptedServer(instead("bind", change({ assocGroup: 8 }))), { assocGroup: 7 });
    await expect(bound).rejects.toThrow("did not let the connection join its association group");
  });

  it("a PDU that cannot be decoded is a ProtocolError that names field and offset", async () => {
    const bound = bind(new ScriptedServer({ onBind: () => fromHex("05000c03100000001200000001000000d016") }));
    await expect(bound).rejects.toThrow("sent a malformed PDU: bind_ack.max_recv_frag at offset 18");
  });

  it.each(["HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n", "220 mail.example ESMTP\r\n"])(
    "%j is that of no server of DCE/RPC, which is unreachable",
    async (banner) => {
      const error = await rejection(bind(new ScriptedServer({ onBind: () => new TextEncoder().encode(banner) })));
      expect(error).toMatchObject({ code: "unreachable", stage: "bind" });
      expect(error.message).toContain("does not speak DCE/RPC");
      expect(error.hint).toContain("check the port");
    },
  );

  it("a header that cannot be, after one that could, is a ProtocolError", async () => {
    const { server, bound } = secureBind({
      onBind: ({ type }) =>
        type === "alter_context" ? new TextEncoder().encode("HTTP/1.1 400 Bad Request") : undefined,
    });
    expect(await rejection(bound)).toBeInstanceOf(ProtocolError);
    expect(server.link.state).toBe("destroyed");
  });

  it("a second answer is a ProtocolError", async () => {
    const { server, bound } = secureBind({});
    const deliver = server.link.deliver.bind(server.link);
    server.link.deliver = (...pdus) => deliver(...pdus, ...pdus);
    await expect(bound).rejects.toThrow("sent a bind_ack that nothing had asked for");
  });

  it("a logon without end is cut short", async () => {
    const token = new TextEncoder().encode("again");
    const { server, bound } = secureBind({
      onBind: (pdu, usual) => ({ ...usual, auth: pdu.auth && { ...pdu.auth, token } }),
    });
    await expect(bound).rejects.toThrow("asked for more than 10 legs of authentication");
    expect(server.received).toHaveLength(10);
  });
});

describe("a handshake that is not finished", () => {
  const silentAt = (type: Pdu["type"]): ScriptOptions => ({ onBind: (pdu) => (pdu.type === type ? null : undefined) });

  it.each([
    ["bind", "bind"],
    ["alter_context", "logon"],
  ] as const)("for want of an answer to %s names the stage %s", async (type, stage) => {
    const controller = new AbortController();
    const { server, bound } = secureBind(silentAt(type), { signal: controller.signal });
    const failure = rejection(bound);
    while (server.received.at(-1)?.type !== type) await Promise.resolve();
    controller.abort(new DOMException("10 s passed", "TimeoutError"));
    expect(await failure).toMatchObject({
      code: "unreachable",
      stage,
      message: `192.0.2.1:49152 did not answer the ${stage} in time`,
    });
    expect(server.link.state).toBe("destroyed");
  });

  it("because the caller gave up is aborted", async () => {
    const { bound } = secureBind(silentAt("bind"), { signal: AbortSignal.abort() });
    expect(await rejection(bound)).toMatchObject({ code: "aborted" });
  });

  it("because the caller had an error of its own is that error", async () => {
    const reason = new PanwatchError("timeout", "the watch is over");
    const { bound } = secureBind(silentAt("bind"), { signal: AbortSignal.abort(reason) });
    expect(await rejection(bound)).toBe(reason);
  });

  it.each([
    ["bind", "bind"],
    ["alter_context", "logon"],
  ] as const)("because the server left at %s names the stage %s and the cause", async (type, stage) => {
    const { server, bound } = secureBind(silentAt(type));
    const failure = rejection(bound);
    while (server.received.at(-1)?.type !== type) await Promise.resolve();
    const cause = new DisconnectedError("reset");
    server.link.end(cause);
    expect(await failure).toMatchObject({ code: "unreachable", stage, cause });
  });
});

describe("a token that no PDU can carry", () => {
  it("is an AuthenticationError, and nothing is sent", async () => {
    const security = new ToySecurity();
    security.step = () => Promise.resolve({ token: new Uint8Array(60_001), done: false });
    const server = new ScriptedServer();
    const error = await rejection(bind(server, { security }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(server.link.sent).toEqual([]);
  });
});

describe("a handshake that ends as it succeeds", () => {
  it("is not taken for a connection", async () => {
    const { server, bound } = secureBind({});
    const deliver = server.link.deliver.bind(server.link);
    server.link.deliver = (...pdus) => {
      deliver(...pdus);
      if (server.received.at(-1)?.type === "alter_context") server.link.end(new DisconnectedError("reset"));
    };
    expect(await rejection(bound)).toMatchObject({ code: "unreachable", stage: "logon" });
  });
});

async function rejection(promise: Promise<unknown>): Promise<PanwatchError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PanwatchError);
  return error as PanwatchError;
}
