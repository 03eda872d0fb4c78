import { describe, expect, it } from "vitest";
import { NoInterfaceError } from "../../src/errors.js";
import type { RpcInterface } from "../../src/rpc/interface.js";
import type { BindAckPdu } from "../../src/rpc/pdu/bind-ack.js";
import type { Pdu } from "../../src/rpc/pdu/pdu.js";
import { NDR, NDR64, NONE } from "../golden/rpc-vectors.js";
import { ECHO } from "./support/binding.js";
import type { ScriptedServer } from "./support/scripted-server.js";
import { answering, echo, exclusive, promptEcho, rejection, Servers } from "./support/servers.js";

describe("another interface than the first ([MS-RPCE] 3.3.1.5.6)", () => {
  const OTHER: RpcInterface = { name: "Other", uuid: "fedcba98-0123-4567-89ab-cdef01234567", major: 1, minor: 0 };
  const THIRD: RpcInterface = { name: "Third", uuid: "00112233-4455-6677-8899-aabbccddeeff", major: 1, minor: 0 };
  const binds = (server: ScriptedServer) =>
    server.received.filter((pdu) => pdu.type === "bind" || pdu.type === "alter_context");
  /** Accepts the first transfer syntax that is proposed, or the second. */
  const accepting = (index: number, usual: Pdu): Pdu => {
    const ack = usual as BindAckPdu;
    const results = ack.results.map((_, i) => ({
      result: i === index ? 0 : 2,
      reason: i === index ? 0 : 2,
      transferSyntax: i === index ? [NDR64, NDR][i] : NONE,
    }));
    return { ...ack, results } as Pdu;
  };

  it("is learned by one alter_context without security, in contexts that no other interface has had", async () => {
    const servers = new Servers(answering);
    const association = await servers.open();
    const calls = [OTHER, OTHER, THIRD].map((iface, value) => association.call(iface, echo, { value }));
    expect(await Promise.all(calls)).toEqual([{ value: 0 }, { value: 1 }, { value: 2 }]);
    await association.call(OTHER, echo, { value: 3 });
    const [, , other, third, ...more] = binds(servers.connection(0));
    expect(more).toEqual([]);
    expect([other, third]).toMatchObject([
      { type: "alter_context", auth: null, contexts: [{ id: 3 }, { id: 4 }] },
      { type: "alter_context", auth: null, contexts: [{ id: 5 }, { id: 6 }] },
    ]);
    expect(servers.connection(0).requests.map(({ contextId }) => contextId)).toEqual([4, 4, 6, 4]);
    expect(servers.connections).toHaveLength(1);
  });

  it("may have another transfer syntax", async () => {
    const servers = new Servers({
      ...answering,
      onBind: (pdu, usual) => (pdu.auth === null ? accepting(0, usual) : undefined),
    });
    const association = await servers.open();
    await association.call(ECHO, echo, { value: 1 });
    await association.call(OTHER, echo, { value: 1 });
    expect([ECHO, OTHER].map((iface) => association.transferSyntax(iface))).toEqual(["ndr", "ndr64"]);
    expect(() => association.transferSyntax(THIRD)).toThrow("Third has not been called yet");
  });

  it("does not keep the calls of a known one waiting", async () => {
    const servers = new Servers({ ...answering, onBind: ({ auth }) => (auth === null ? null : undefined) });
    const association = await servers.open();
    const learning = association.call(OTHER, echo, { value: 1 }).catch(() => null);
    expect(await association.call(ECHO, echo, { value: 2 })).toEqual({ value: 2 });
    association.close();
    expect(await learning).toBeNull();
  });

  it("is bound on a connection of its own where a call waits, behind which an alter_context might wait too", async () => {
    const servers = new Servers();
    const association = await servers.open();
    const parked = association.call(ECHO, echo, { value: 1 });
    const prompt = association.call(OTHER, echo, { value: 2 });
    const request = await servers.requested(1, 1);
    servers.connection(1).respond(request, request.stub);
    expect(await prompt).toEqual({ value: 2 });
    expect(binds(servers.connection(0)).filter(({ auth }) => auth === null)).toEqual([]);
    expect(binds(servers.connection(1))[0]).toMatchObject({
      assocGroup: 0x1234,
      contexts: [0, 1, 2].map((id) => ({ id, abstractSyntax: { uuid: OTHER.uuid } })),
    });
    const [first] = servers.connection(0).requests;
    if (first !== undefined) servers.connection(0).respond(first, first.stub);
    expect(await parked).toEqual({ value: 1 });
  });

  it("is learned beside a call that never waits", async () => {
    const servers = new Servers();
    const association = await servers.open();
    const [first, second] = [ECHO, OTHER].map((iface) => association.call(iface, promptEcho, { value: 1 }));
    for (const index of [1, 2]) {
      const request = await servers.requested(0, index);
      servers.connection(0).respond(request, request.stub);
    }
    expect(await Promise.all([first, second])).toEqual([{ value: 1 }, { value: 1 }]);
  });

  it("is what a further connection is bound to where calls do not share one; an idle one learns", async () => {
    const servers = new Servers({ ...exclusive });
    const association = await servers.open();
    const parked = association.call(OTHER, echo, { value: 1 });
    await servers.requested(0, 1);
    const second = association.call(OTHER, echo, { value: 2 });
    const request = await servers.requested(1, 1);
    servers.connection(1).respond(request, request.stub);
    await second;
    expect(servers.connections.map((server) => binds(server).map(({ type }) => type))).toEqual([
      ["bind", "alter_context", "alter_context"],
      ["bind", "alter_context"],
    ]);
    association.close();
    await rejection(parked);
  });

  it.each([
    ["refused", { result: 2, reason: 1 }, NoInterfaceError, "does not offer the interface Other at this port"],
    [
      "offered in other transfer syntaxes only",
      { result: 2, reason: 2 },
      NoInterfaceError,
      "in none of the transfer syntaxes",
    ],
  ])("that is %s fails its call, and the association goes on", async (_, result, type, message) => {
    const servers = new Servers({
      ...answering,
      onBind: ({ auth }, usual) => {
        const results = [1, 2].map(() => ({ ...result, transferSyntax: NONE }));
        return auth === null ? ({ ...usual, results } as Pdu) : undefined;
      },
    });
    const association = await servers.open();
    const error = await rejection(association.call(OTHER, echo, { value: 1 }));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(message);
    expect(await association.call(ECHO, echo, { value: 2 })).toEqual({ value: 2 });
  });

  it("whose alter_context is never answered ends the association", async () => {
    const servers = new Servers({ onBind: ({ auth }) => (auth === null ? null : undefined) });
    const association = await servers.open({ answerMs: 10 });
    const call = rejection(association.call(OTHER, echo, { value: 1 }));
    expect(await call).toMatchObject({
      message: expect.stringContaining("did not answer the alter_context for Other in time") as string,
    });
  });
});
