import { describe, expect, it } from "vitest";
import { decodeResponse, encodeRequest, type InOf, type Method, type OutOf } from "../../../src/ndr/method.js";
import type { ContextHandle } from "../../../src/ndr/types.js";
import { closeChannel, create, getNotification, registerClient } from "../../../src/pan/idl.js";
import { ASYNC_UI, NOTIFICATION_RELEASE, PER_USER, UNIDIRECTIONAL } from "../../../src/pan/types.js";
import type { Client } from "../../../src/print-server/model/client.js";
import { HIGH_WATER } from "../../../src/rpc/link.js";
import { ServerConnection } from "../../../src/rpc/server/connection.js";
import type { Pdu } from "../../../src/rpc/pdu/pdu.js";
import { encodePdu } from "../support/encode-pdu.js";
import { PFC, WHOLE } from "../../../src/rpc/pdu/types.js";
import { encodeVerificationTrailer } from "../../../src/rpc/verification-trailer.js";
import { alter, bind, bindNdr, CONTEXTS, OpenServer, request, STUBS, Wire } from "./wire.js";

/** For which everybody has logged on. */
class Trusting extends ServerConnection<Client> {
  override get loggedOn(): boolean {
    return true;
  }
}

/** The interesting part of an answer. */
function brief(pdu: Pdu | undefined): unknown {
  if (pdu === undefined) return "nothing";
  if (pdu.type === "fault") return { fault: pdu.status, callId: pdu.callId };
  return pdu.type === "bind_nak" ? { nak: pdu.reason } : pdu.type;
}

async function bound(server: OpenServer, how = bindNdr()): Promise<Wire> {
  const wire = server.connect();
  expect((await wire.exchange(how)).map(brief)).toEqual(["bind_ack", "alter_context_resp"]);
  return wire;
}

let callId = 100;

async function call<M extends Method>(wire: Wire, method: M, contextId: number, values: InOf<M>): Promise<OutOf<M>> {
  const stub = encodeRequest(method, "ndr", values);
  const [answer] = await wire.exchange(request({ callId: ++callId, contextId, opnum: method.opnum, stub }));
  if (answer?.type !== "response") throw new Error(`no response but ${JSON.stringify(brief(answer))}`);
  return decodeResponse(method, "ndr", answer.stub);
}

async function registered(wire: Wire): Promise<ContextHandle> {
  const { ppRemoteObj } = await call(wire, create, 0, {});
  const values = { pName: null, pInNotificationType: ASYNC_UI, NotifyFilter: PER_USER };
  await call(wire, registerClient, 2, { pRegistrationObj: ppRemoteObj, ...values, conversationStyle: UNIDIRECTIONAL });
  return ppRemoteObj;
}

const poll = (pRemoteObj: ContextHandle, id: number): Uint8Array =>
  request({
    callId: id,
    contextId: 2,
    opnum: getNotification.opnum,
    stub: encodeRequest(getNotification, "ndr", { pRemoteObj }),
  });

describe("bind ([MS-RPCE] 3.3.1.5.3, 3.3.1.5.6)", () => {
  it("accepts one interface in the preferred transfer syntax, and acknowledges the features it has", async () => {
    const wire = new OpenServer().connect();
    const [ack] = await wire.exchange(bind());
    if (ack?.type !== "bind_ack") throw new Error("no bind_ack");
    expect(ack.results.map(({ result, reason }) => [result, reason])).toEqual([
      [2, 2],
      [0, 0],
      [2, 2],
      [2, 2],
      [3, 2],
    ]);
    expect(ack.flags & PFC.CONC_MPX).toBe(PFC.CONC_MPX);
    expect(ack.secondaryAddress).toBe("49213");
    expect(ack.assocGroup).not.toBe(0);
  });

  it("takes what there is when the preferred one is not proposed, also from a list in one element", async () => {
    const [ndr = CONTEXTS[0], , , notify] = CONTEXTS;
    const both = {
      ...ndr,
      id: 7,
      transferSyntaxes: [...(ndr?.transferSyntaxes ?? []), ...(notify?.transferSyntaxes ?? [])],
    };
    const wire = new OpenServer().connect();
    const [ack] = await wire.exchange(bind({ contexts: [both as (typeof CONTEXTS)[0]] }));
    expect(ack).toMatchObject({ results: [{ result: 0, transferSyntax: notify?.transferSyntaxes[0] }] });
  });

  it("rejects interfaces it does not have, and other versions", async () => {
    const [first] = CONTEXTS;
    if (first === undefined) throw new Error("no context");
    const { abstractSyntax } = first;
    const contexts = [
      { ...first, abstractSyntax: { ...abstractSyntax, uuid: "12345678-1234-abcd-ef00-0123456789ab" } },
      { ...first, id: 1, abstractSyntax: { ...abstractSyntax, major: 2 } },
      { ...first, id: 2, abstractSyntax: { ...abstractSyntax, minor: 1 } },
    ];
    const [ack] = await new OpenServer().connect().exchange(bind({ contexts }));
    expect(ack).toMatchObject({ results: contexts.map(() => ({ result: 2, reason: 1 })) });
  });

  it("answers as a server without feature negotiation when told so", async () => {
    const [ack] = await new OpenServer({ features: null }).connect().exchange(bind());
    expect(ack).toMatchObject({ results: [{}, {}, {}, {}, { result: 2, reason: 2 }] });
  });

  it("grants no multiplexing that was not asked for, or that it does not have", async () => {
    const [plain] = await new OpenServer().connect().exchange(bind({ flags: WHOLE }));
    const [without] = await new OpenServer({ multiplexing: false }).connect().exchange(bind());
    expect([plain, without].map((ack) => (ack?.flags ?? 0) & PFC.CONC_MPX)).toEqual([0, 0]);
  });

  it.each([
    [5840, 5840, 5840],
    [4280, 4280, 4280],
    [2051, 2048, 2048],
    [65535, 65535, 5840],
    [10, 10, 1432],
  ])("agrees on fragments no larger than both sides take: %i and %i give %i", async (maxXmit, maxRecv, agreed) => {
    const [ack] = await new OpenServer().connect().exchange(bind({ maxXmit, maxRecv }));
    expect(ack).toMatchObject({ maxXmit: agreed, maxRecv: agreed });
  });

  it("joins an association of the same machine only ([MS-RPCE] 3.3.1.5.7)", async () => {
    const server = new OpenServer();
    const [ack] = await server.connect("10.0.0.1:1").exchange(bind());
    if (ack?.type !== "bind_ack") throw new Error("no bind_ack");
    const { assocGroup } = ack;
    expect((await server.connect("10.0.0.1:2").exchange(bind({ assocGroup })))[0]).toMatchObject({ assocGroup });
    expect((await server.connect("10.0.0.2:1").exchange(bind({ assocGroup }))).map(brief)).toEqual([{ nak: 0 }]);
    expect((await server.connect("10.0.0.1:3").exchange(bind({ assocGroup: 1 }))).map(brief)).toEqual([{ nak: 0 }]);
  });

  it("accepts one more interface in each alter_context, beside a repeated one none", async () => {
    const [remote, , notify] = CONTEXTS;
    if (remote === undefined || notify === undefined) throw new Error("no context");
    const wire = new OpenServer().connect();
    await wire.exchange(bind({ contexts: [remote] }));
    const results = async (...contexts: (typeof remote)[]) => {
      const [answer] = await wire.exchange(alter({ contexts }));
      if (answer?.type !== "alter_context_resp") throw new Error("no alter_context_resp");
      expect(answer.secondaryAddress).toBe("");
      return answer.results.map(({ result, reason }) => [result, reason]);
    };
    expect(await results(remote, notify)).toEqual([
      [0, 0],
      [2, 2],
    ]);
    expect((await wire.exchange(request({ callId: 3, contextId: 2 }))).map(brief)).toMatchObject([
      { fault: 0x1c010003 },
    ]);
    expect(await results(notify)).toEqual([[0, 0]]);
    expect((await wire.exchange(request({ callId: 4, contextId: 2 }))).map(brief)).toMatchObject([{ fault: 0x6f7 }]);
    expect((await wire.exchange(request({ callId: 5, contextId: 0 }))).map(brief)).toEqual(["response"]);
  });

  it("ends the connection of a client that gives a context's number to another interface", async () => {
    const [remote, , notify] = CONTEXTS;
    if (remote === undefined || notify === undefined) throw new Error("no context");
    const wire = new OpenServer().connect();
    await wire.exchange(bind({ contexts: [remote] }));
    const answers = await wire.exchange(alter({ contexts: [{ ...notify, id: remote.id }] }));
    expect(answers.map(brief)).toMatchObject([{ fault: 0x1c01000b }]);
    expect(wire.closedBy).toBe("gently");
  });
});

describe("association groups ([MS-RPCE] 3.3.1.4.1)", () => {
  it("share their handles over connections, and run them down with the last one", async () => {
    const server = new OpenServer();
    const first = server.connect();
    const [ack] = await first.exchange(bindNdr());
    if (ack?.type !== "bind_ack") throw new Error("no bind_ack");
    const handle = await registered(first);
    const second = await bound(server, bindNdr({ assocGroup: ack.assocGroup }));
    const stranger = await bound(server);
    const parked = ++callId;
    expect(await second.exchange(poll(handle, parked))).toEqual([]);
    expect((await stranger.exchange(poll(handle, ++callId))).map(brief)).toEqual([{ fault: 0x1c00001a, callId }]);
    first.hangUp();
    server.model.notify({ type: ASYNC_UI, printer: null, user: null }, Buffer.from("data"));
    expect(await second.exchange()).toMatchObject([{ type: "response", callId: parked }]);
    expect(server.model.registrations).toBe(1);
    second.hangUp();
    expect(server.model.registrations).toBe(0);
    expect(server.events.at(-1)).toMatchObject({ type: "client.disconnected", left: { registrations: 1, objects: 1 } });
  });
});

const ALL = ["bitmask", "presentationContext", "header2"] as const;

describe("calls", () => {
  it("may overtake parked ones on a multiplexed connection, and are matched by call_id", async () => {
    const server = new OpenServer();
    const wire = await bound(server);
    const handle = await registered(wire);
    const parked = ++callId;
    expect(await wire.exchange(poll(handle, parked))).toEqual([]);
    const { ppRemoteObj } = await call(wire, create, 0, {});
    expect(ppRemoteObj).not.toEqual(handle);
    server.model.notify({ type: ASYNC_UI, printer: null, user: null }, Buffer.from("data"));
    expect(await wire.exchange()).toMatchObject([{ type: "response", callId: parked }]);
  });

  it("wait while a client that has logged on has more than 1 MiB to read", async () => {
    const server = new OpenServer();
    const wire = new Wire();
    new Trusting(wire, server.endpoint, () => undefined);
    await wire.exchange(bindNdr());
    wire.queued = HIGH_WATER + 1;
    const [first, second] = [++callId, ++callId];
    const creates = [first, second].map((id) => request({ callId: id, contextId: 0, stub: STUBS.create }));
    expect(await wire.exchange(...creates)).toMatchObject([{ type: "response", callId: first }]);
    wire.drain();
    expect(await wire.exchange()).toMatchObject([{ type: "response", callId: second }]);
  });

  it("are a protocol error while one is parked on a connection that is not multiplexed", async () => {
    const server = new OpenServer({ multiplexing: false });
    const wire = await bound(server);
    const handle = await registered(wire);
    await wire.exchange(poll(handle, ++callId));
    const next = ++callId;
    const answers = await wire.exchange(request({ callId: next, contextId: 0 }));
    expect(answers.map(brief)).toEqual([{ fault: 0x1c01000b, callId: next }]);
    expect(wire.closedBy).toBe("gently");
    expect(server.model.registrations).toBe(0);
  });

  it("are cancelled by co_cancel, given up by orphaned, and take no notification with them", async () => {
    const server = new OpenServer();
    const wire = await bound(server);
    const handle = await registered(wire);
    const cancelled = ++callId;
    await wire.exchange(poll(handle, cancelled));
    const cancel = (type: "co_cancel" | "orphaned", id: number) =>
      wire.exchange(encodePdu({ type, flags: WHOLE, callId: id, auth: null }));
    expect((await cancel("co_cancel", cancelled)).map(brief)).toEqual([{ fault: 0x1c00000d, callId: cancelled }]);
    const orphaned = ++callId;
    await wire.exchange(poll(handle, orphaned));
    expect(await cancel("orphaned", orphaned)).toEqual([]);
    expect(await cancel("co_cancel", 4711)).toEqual([]);
    server.model.notify({ type: ASYNC_UI, printer: null, user: null }, Buffer.from("data"));
    expect((await wire.exchange(poll(handle, ++callId))).map(brief)).toEqual(["response"]);
  });

  it("may come in any number of fragments, and be given up in the middle", async () => {
    const wire = await bound(new OpenServer());
    const handle = await registered(wire);
    const stub = encodeRequest(getNotification, "ndr", { pRemoteObj: handle });
    const part = (id: number, from: number, to: number, flags: number): Uint8Array =>
      request({ callId: id, contextId: 2, opnum: getNotification.opnum, stub: stub.subarray(from, to), flags });
    const given = ++callId;
    expect(await wire.exchange(part(given, 0, 8, PFC.FIRST_FRAG))).toEqual([]);
    expect(await wire.exchange(encodePdu({ type: "orphaned", flags: WHOLE, callId: given, auth: null }))).toEqual([]);
    const whole = ++callId;
    const parts = [part(whole, 0, 1, PFC.FIRST_FRAG), part(whole, 1, 19, 0), part(whole, 19, 20, PFC.LAST_FRAG)];
    expect(await wire.exchange(...parts)).toEqual([]);
    expect((await wire.exchange(request({ callId: ++callId }))).map(brief)).toEqual(["response"]);
  });

  it("hold what looks like a verification trailer without harm", async () => {
    const wire = await bound(new OpenServer());
    const fake = Buffer.concat([Buffer.from("8ae3137102f43671", "hex"), new Uint8Array(8)]);
    const values = { pInNotificationType: NOTIFICATION_RELEASE, InSize: fake.length, pReason: fake };
    const stub = encodeRequest(closeChannel, "ndr", { pChannel: { attributes: 0, uuid: ASYNC_UI }, ...values });
    const answers = await wire.exchange(request({ callId: ++callId, contextId: 2, opnum: closeChannel.opnum, stub }));
    expect(answers.map(brief)).toEqual([{ fault: 0x1c00001a, callId }]);
  });

  it("are checked against their verification trailer ([MS-RPCE] 2.2.2.13)", async () => {
    const wire = await bound(new OpenServer());
    const facts = (id: number, opnum: number) => ({
      headerSignOffered: false,
      interfaceId: CONTEXTS[0]?.abstractSyntax ?? { uuid: "", major: 0, minor: 0 },
      transferSyntax: CONTEXTS[0]?.transferSyntaxes[0] ?? { uuid: "", major: 0, minor: 0 },
      callId: id,
      contextId: 0,
      opnum,
    });
    const right = encodeVerificationTrailer(0, ALL, facts(++callId, 0));
    expect((await wire.exchange(request({ callId, stub: right }))).map(brief)).toEqual(["response"]);
    const wrong = encodeVerificationTrailer(0, ALL, facts(++callId, 5));
    expect((await wire.exchange(request({ callId, stub: wrong }))).map(brief)).toEqual([{ fault: 5, callId }]);
  });
});

describe("what clients do wrong", () => {
  it.each([
    ["an unknown method", { contextId: 2, opnum: 2 }, 0x1c010002],
    ["a method out of range", { contextId: 2, opnum: 4711 }, 0x1c010002],
    ["an unknown presentation context", { contextId: 77 }, 0x1c010003],
    ["a stub that ends too early", { contextId: 2, stub: STUBS.register.subarray(0, 30) }, 0x6f7],
    ["a stub with garbage behind", { stub: new Uint8Array(16) }, 0x6f7],
    ["a NULL context handle", { contextId: 2, opnum: 5, stub: STUBS.getNotification }, 0x1c00001a],
  ])("%s is a fault, and the connection goes on", async (_what, changes, status) => {
    const wire = await bound(new OpenServer());
    expect((await wire.exchange(request({ callId: ++callId, ...changes }))).map(brief)).toEqual([
      { fault: status, callId },
    ]);
    expect((await wire.exchange(request({ callId: ++callId }))).map(brief)).toEqual(["response"]);
  });

  const fragment = (id: number, flags: number): Uint8Array =>
    request({ callId: id, contextId: 2, flags, stub: new Uint8Array(16) });

  it.each([
    ["a request of too large a fragment", [request({ callId: 2, stub: new Uint8Array(6000) })], 2],
    ["a fragment without a first one", [fragment(2, PFC.LAST_FRAG)], 2],
    ["fragments of two calls mixed", [fragment(2, PFC.FIRST_FRAG), fragment(3, PFC.FIRST_FRAG)], 3],
    ["a fragment of another call in between", [fragment(2, PFC.FIRST_FRAG), fragment(3, PFC.LAST_FRAG)], 3],
    ["a call_id that does not increase", [request({ callId: 5 }), request({ callId: 5 })], 5],
    ["a second bind", [bind({ callId: 9 })], 9],
    ["a PDU that only servers send", [encodePdu({ type: "shutdown", flags: WHOLE, callId: 8, auth: null })], 8],
    [
      "an impossible auth_length",
      [Buffer.from("0500000310000000180010ff0700000000000000000000000000", "hex").subarray(0, 24)],
      7,
    ],
  ])("%s is a protocol error that ends the connection", async (_what, chunks, id) => {
    const wire = await bound(new OpenServer());
    const answers = await wire.exchange(...chunks);
    expect(brief(answers.at(-1))).toEqual({ fault: 0x1c01000b, callId: id });
    expect(wire.closedBy).toBe("gently");
    expect(await wire.exchange(request({ callId: 99 }))).toEqual([]);
  });

  it("a request before the bind is a protocol error, a bind that cannot be read a bind_nak", async () => {
    const server = new OpenServer();
    expect((await server.connect().exchange(request({}))).map(brief)).toEqual([{ fault: 0x1c01000b, callId: 2 }]);
    const short = Buffer.from(bind().subarray(0, 60));
    short.writeUInt16LE(60, 8);
    expect((await server.connect().exchange(short)).map(brief)).toEqual([{ nak: 4 }]);
    const version = Buffer.from(bind());
    version[0] = 4;
    expect((await server.connect().exchange(version)).map(brief)).toEqual([{ nak: 4 }]);
  });

  it("a logon where there is none, or of an unknown kind, is a bind_nak", async () => {
    const auth = { type: 10, level: 6, padLength: 0, contextId: 1, token: Buffer.from("NTLMSSP") };
    expect((await new OpenServer().connect().exchange(bind({ auth }))).map(brief)).toEqual([{ nak: 8 }]);
  });

  it("a stub that grows without end is refused before it is whole", async () => {
    const wire = await bound(new OpenServer({ maxRequest: 5000 }));
    const part = (flags: number) => request({ callId: 2, contextId: 2, flags, stub: new Uint8Array(2000) });
    expect(await wire.exchange(part(PFC.FIRST_FRAG), part(0))).toEqual([]);
    expect((await wire.exchange(part(0))).map(brief)).toEqual([{ fault: 5, callId: 2 }]);
    expect(wire.closedBy).toBe("gently");
  });

  it("a client that is not logged on may not even send much", async () => {
    const wire = await bound(new OpenServer());
    const part = (flags: number) => request({ callId: 2, contextId: 2, flags, stub: new Uint8Array(5000) });
    const parts = [part(PFC.FIRST_FRAG), ...Array.from({ length: 13 }, () => part(0))];
    expect((await wire.exchange(...parts)).map(brief)).toEqual([{ fault: 5, callId: 2 }]);
  });
});
