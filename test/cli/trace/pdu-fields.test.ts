import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { PduFields } from "../../../src/cli/trace/pdu-fields.js";
import { encodeRequest, encodeResponse } from "../../../src/ndr/method.js";
import * as idl from "../../../src/pan/idl.js";
import { ASYNC_UI } from "../../../src/pan/types.js";
import { EPMAPPER } from "../../../src/rpc/endpoint-mapper/ept-map.js";
import { bindFeatureSyntax, NO_SYNTAX, transferSyntaxId } from "../../../src/rpc/syntaxes.js";
import type { TracedPdu } from "../../../src/rpc/tracer.js";
import { AT, BIND, pduTrace, request, response, told } from "./traces.js";

const HANDLE = { attributes: 0, uuid: "13121110-1514-1716-1819-1a1b1c1d1e1f" };

/** The traces of a bind and of one call in one fragment each way. */
function call(contextId: number, opnum: number, stub: Uint8Array, answer: Uint8Array) {
  return told(
    pduTrace(BIND),
    pduTrace(request({ callId: 2, contextId, opnum }), { stub }),
    pduTrace(response({ callId: 2, contextId }), {
      direction: "received",
      stub: answer,
      at: new Date(AT.getTime() + 1500),
    }),
  ).slice(1);
}

describe("the line of a PDU", () => {
  it("tells where it went, its header by name, and its sec_trailer without the token", () => {
    expect(told(pduTrace(BIND, { tokenKind: "NegTokenInit: NTLM" }))[0]).toMatchObject({
      direction: "sent",
      connection: 1,
      to: "print interfaces",
      peer: "192.0.2.1:49152",
      pdu: "bind",
      flags: ["FIRST_FRAG", "LAST_FRAG", "SUPPORT_HEADER_SIGN", "CONC_MPX"],
      callId: 1,
      fragLength: 100,
      authLength: 40,
      auth: {
        type: { value: 9, name: "SPNEGO" },
        level: { value: 6, name: "privacy" },
        padLength: 0,
        contextId: 1,
        token: { length: 40, kind: "NegTokenInit: NTLM" },
      },
      problem: null,
    });
  });

  it("names the flag 0x04 by the PDU that bears it, and keeps unknown ones", () => {
    const flags = told(pduTrace(request({ callId: 1, contextId: 0, opnum: 0, flags: 0x8d }))).map(
      (line) => line["flags"],
    );
    expect(flags).toEqual([["FIRST_FRAG", "PENDING_CANCEL", "OBJECT_UUID", "0x08"]]);
  });

  it("numbers connections as they appear, by what they are and not by what they are called", () => {
    const lines = told(
      pduTrace(BIND, { key: {}, connection: "epm" }),
      pduTrace(BIND, { key: {} }),
      pduTrace(BIND),
      pduTrace(BIND, { key: {} }),
      pduTrace(BIND),
    );
    expect(lines.map(({ connection, to }) => [connection, to])).toEqual([
      [1, "endpoint mapper"],
      [2, "print interfaces"],
      [3, "print interfaces"],
      [4, "print interfaces"],
      [3, "print interfaces"],
    ]);
  });

  it("tells of one that cannot be decoded why, and nothing else", () => {
    expect(told(pduTrace(null, { direction: "received", problem: "header.PTYPE" }))[0]).toMatchObject({
      pdu: null,
      flags: null,
      callId: null,
      fragLength: 100,
      auth: null,
      problem: "header.PTYPE",
    });
  });
});

describe("presentation contexts", () => {
  it("are told by name, proposals and results", () => {
    const { contexts, ...fields } = BIND as Extract<TracedPdu, { type: "bind" }>;
    const features = { id: 4, abstractSyntax: EPMAPPER, transferSyntaxes: [bindFeatureSyntax(3)] };
    const [bind, ack] = told(
      pduTrace({ ...fields, contexts: [...contexts, features] }),
      pduTrace({
        type: "bind_ack",
        flags: 3,
        callId: 1,
        auth: null,
        maxXmit: 4280,
        maxRecv: 4280,
        assocGroup: 0x1234,
        secondaryAddress: "49152",
        results: [
          { result: 0, reason: 0, transferSyntax: transferSyntaxId("ndr64") },
          { result: 2, reason: 1, transferSyntax: NO_SYNTAX },
          { result: 2, reason: 99, transferSyntax: NO_SYNTAX },
          { result: 7, reason: 0, transferSyntax: NO_SYNTAX },
          { result: 3, reason: 2, transferSyntax: NO_SYNTAX },
          { result: 0, reason: 0, transferSyntax: { uuid: ASYNC_UI, major: 3, minor: 1 } },
        ],
      }),
    );
    expect(bind).toMatchObject({ maxXmit: 5840, maxRecv: 5840, assocGroup: "0x00000000" });
    expect((bind?.["contexts"] as object[]).slice(1, 3)).toEqual([
      { id: 1, interface: "IRPCAsyncNotify 1.0", uuid: idl.IRPCAsyncNotify.uuid, transferSyntaxes: ["NDR64 1.0"] },
      { id: 2, interface: "IRPCRemoteObject 1.0", uuid: idl.IRPCRemoteObject.uuid, transferSyntaxes: ["NDR 2.0"] },
    ]);
    expect((bind?.["contexts"] as object[]).at(-1)).toMatchObject({
      interface: "epmapper 3.0",
      transferSyntaxes: ["bind-time features 0x3"],
    });
    expect(ack).toMatchObject({ assocGroup: "0x00001234", secondaryAddress: "49152", maxXmit: 4280 });
    const nil = "00000000-0000-0000-0000-000000000000 0.0";
    expect((ack?.["results"] as Record<string, unknown>[]).map((result) => Object.values(result))).toEqual([
      [0, "IRPCRemoteObject 1.0", named(0, "acceptance"), named(0, "notSpecified"), "NDR64 1.0"],
      [1, "IRPCAsyncNotify 1.0", named(2, "providerRejection"), named(1, "abstractSyntaxNotSupported"), nil],
      [2, "IRPCRemoteObject 1.0", named(2, "providerRejection"), named(99, null), nil],
      [3, "IRPCAsyncNotify 1.0", named(7, null), named(0, "notSpecified"), nil],
      [4, "epmapper 3.0", named(3, "negotiateAck"), named(2, "granted 0x2"), nil],
      [null, null, named(0, "acceptance"), named(0, "notSpecified"), `${ASYNC_UI} 3.1`],
    ]);
  });

  it("that are refused as a whole give their reason by name", () => {
    const nak = (reason: number): TracedPdu => ({ type: "bind_nak", flags: 3, callId: 1, auth: null, reason });
    expect(told(pduTrace(nak(4)), pduTrace(nak(77))).map(({ reason }) => reason)).toEqual([
      named(4, "protocolVersionNotSupported"),
      named(77, null),
    ]);
  });
});

function named(value: number, name: string | null): object {
  return { value, name };
}

describe("a call", () => {
  it.each(["ndr64", "ndr"] as const)("is told with its parameters and how long it took, in %s", (syntax) => {
    const values = {
      pRegistrationObj: HANDLE,
      pName: "\\\\server\\HP4",
      pInNotificationType: ASYNC_UI,
      NotifyFilter: 1,
      conversationStyle: 0,
    };
    const stub = encodeRequest(idl.registerClient, syntax, values);
    const answer = encodeResponse(idl.registerClient, syntax, { ppRmtServerReferral: null, result: 0x80070005 });
    const contextId = syntax === "ndr64" ? 1 : 3;
    const method = {
      interface: "IRPCAsyncNotify 1.0",
      transferSyntax: syntax,
      method: "IRPCAsyncNotify_RegisterClient",
    };
    expect(call(contextId, 0, stub, answer)).toMatchObject([
      {
        ...method,
        contextId,
        opnum: 0,
        fragment: { number: 1, last: true, stubBytesSoFar: stub.length },
        stub: { length: stub.length, hex: Buffer.from(stub).toString("hex") },
        values: {
          ...values,
          pInNotificationType: { guid: ASYNC_UI, name: "AsyncPrintNotificationType_AsyncUI" },
          NotifyFilter: { value: 1, name: "kAllUsers" },
          conversationStyle: { value: 0, name: "kBiDirectional" },
        },
        undecoded: null,
      },
      {
        ...method,
        ms: 1500,
        values: { ppRmtServerReferral: null, result: { code: "0x80070005", name: "E_ACCESSDENIED" } },
        undecoded: null,
      },
    ]);
  });

  it("shows a document as text, and of bytes the first 256", () => {
    const document = encodeUtf16(`<a>${"ü".repeat(300)}</a>\0`);
    const answerWith = (data: Uint8Array): Uint8Array =>
      encodeResponse(idl.getNotification, "ndr64", {
        ppOutNotificationType: ASYNC_UI,
        pOutSize: data.length,
        ppOutNotificationData: data,
        result: 0,
      });
    const request = encodeRequest(idl.getNotification, "ndr64", { pRemoteObj: HANDLE });
    const data = (line: unknown): unknown =>
      (line as { values: { ppOutNotificationData: unknown } }).values.ppOutNotificationData;
    expect(data(call(1, 5, request, answerWith(document))[1])).toEqual({
      length: document.length,
      hex: Buffer.from(document.subarray(0, 256)).toString("hex"),
      text: `<a>${"ü".repeat(300)}</a>`,
    });
    const withTail = Uint8Array.from([...encodeUtf16("<a/>\0"), 0xff, 0xfe, 0xfd]);
    expect(data(call(1, 5, request, answerWith(withTail))[1])).toMatchObject({ length: 13, text: "<a/>" });
    const bytes = new Uint8Array(1000).fill(0x81);
    expect(data(call(1, 5, request, answerWith(bytes))[1])).toEqual({ length: 1000, hex: "81".repeat(256) });
    const long = encodeUtf16(`<a>${"x".repeat(50_000)}</a>`);
    const { text } = data(call(1, 5, request, answerWith(long))[1]) as { text: string };
    expect(text.length).toBeLessThan(17_000);
  });

  it("shows some of many channels", () => {
    const values = { pNoOfChannels: 500, ppChannelCtxt: Array.from({ length: 500 }, () => HANDLE), result: 0 };
    const answer = encodeResponse(idl.getNewChannel, "ndr64", values);
    const [, line] = call(1, 3, encodeRequest(idl.getNewChannel, "ndr64", { pRemoteObj: HANDLE }), answer);
    const { ppChannelCtxt } = line?.["values"] as { ppChannelCtxt: { length: number; first: unknown[] } };
    expect(ppChannelCtxt.length).toBe(500);
    expect(ppChannelCtxt.first).toHaveLength(64);
    expect(ppChannelCtxt.first[0]).toEqual(HANDLE);
  });

  it("in several fragments is decoded when it is whole, whatever became of the earlier views", () => {
    const whole = encodeRequest(idl.closeChannel, "ndr", {
      pChannel: HANDLE,
      pInNotificationType: ASYNC_UI,
      InSize: 100,
      pReason: new Uint8Array(100).fill(7),
    });
    const view = new Uint8Array(100);
    const fields = new PduFields();
    const part = (from: number, to: number, flags: number): unknown => {
      view.fill(0xee);
      view.set(whole.subarray(from, to));
      const stub = view.subarray(0, to - from);
      return fields.of(pduTrace(request({ callId: 5, contextId: 3, opnum: 6, flags }), { stub }));
    };
    fields.of(pduTrace(BIND));
    expect(part(0, 48, 1)).toMatchObject({
      fragment: { number: 1, last: false, stubBytesSoFar: 48 },
      values: null,
      undecoded: "the stub goes on in the next fragment",
    });
    expect(part(48, 96, 0)).toMatchObject({ fragment: { number: 2, last: false, stubBytesSoFar: 96 }, values: null });
    expect(part(96, whole.length, 2)).toMatchObject({
      fragment: { number: 3, last: true, stubBytesSoFar: whole.length },
      stub: { length: whole.length },
      values: { InSize: 100, pReason: { length: 100, hex: "07".repeat(100) } },
      undecoded: null,
    });
  });

  it("that is too large to keep says so, and later ones are decoded again", () => {
    const fields = new PduFields();
    fields.of(pduTrace(BIND));
    fields.of(pduTrace(request({ callId: 5, contextId: 1, opnum: 5 }), { stub: new Uint8Array(20) }));
    const part = (flags: number): unknown =>
      fields.of(pduTrace(response({ callId: 5, contextId: 1, flags }), { stub: new Uint8Array(5000) }));
    part(1);
    for (let i = 0; i < 100; i++) part(0);
    expect(part(2)).toMatchObject({
      fragment: { number: 102, last: true, stubBytesSoFar: 510_000 },
      values: null,
      undecoded: "the stub is too large to be decoded here",
    });
    fields.of(pduTrace(request({ callId: 6, contextId: 1, opnum: 1 }), { stub: new Uint8Array(20) }));
    const last = fields.of(pduTrace(response({ callId: 6, contextId: 1 }), { stub: new Uint8Array(4) }));
    expect(last).toMatchObject({ values: { result: { code: "0x00000000", name: "S_OK" } } });
  });

  it("whose stub does not follow its method shows the stub, and where it went wrong", () => {
    const stub = new Uint8Array(600).fill(0xff);
    expect(call(1, 5, new Uint8Array(20), stub)[1]).toMatchObject({
      stub: { length: 600, hex: "ff".repeat(600) },
      values: null,
      undecoded: expect.stringContaining("IRPCAsyncNotify_GetNotification") as unknown,
    });
  });

  it.each([
    ["an opnum that there is not", 1, 99],
    ["a presentation context that there is not", 9, 0],
  ])("of %s shows the stub", (_what, contextId, opnum) => {
    expect(call(contextId, opnum, fromHex("0102"), fromHex("03"))).toMatchObject([
      { method: null, stub: { length: 2, hex: "0102" }, values: null },
      { method: null, stub: { length: 1, hex: "03" }, values: null },
    ]);
  });

  it("that nobody made is shown, too, and one that stays sealed has no stub", () => {
    const [, unasked, sealed] = told(
      pduTrace(BIND),
      pduTrace(response({ callId: 77, contextId: 1 }), { stub: fromHex("0a0b") }),
      pduTrace(response({ callId: 78, contextId: 1 }), { problem: "the signature is wrong" }),
    );
    expect(unasked).toMatchObject({ method: null, ms: null, stub: { hex: "0a0b" } });
    expect(sealed).toMatchObject({ problem: "the signature is wrong" });
    expect(sealed).not.toHaveProperty("stub");
  });

  it.each([
    [0x8007071a, "RPC_S_CALL_CANCELLED", null],
    [5, "ERROR_ACCESS_DENIED (0x00000005)", "access was denied, or the authentication level is too low"],
    [0x1c00001a, "nca_s_fault_context_mismatch (0x1C00001A)", "the server does not know the handle, or ran it down"],
    [0x12345678, "0x12345678", null],
  ])("that ends in the fault %d tells it by name", (status, name, meaning) => {
    const fault: TracedPdu = {
      type: "fault",
      flags: 0x23,
      callId: 2,
      auth: null,
      allocHint: 0,
      contextId: 1,
      cancelCount: 0,
      status,
    };
    const [, , line] = told(
      pduTrace(BIND),
      pduTrace(request({ callId: 2, contextId: 1, opnum: 5 }), { stub: new Uint8Array(20) }),
      pduTrace(fault, { direction: "received" }),
    );
    expect(line).toMatchObject({
      flags: ["FIRST_FRAG", "LAST_FRAG", "DID_NOT_EXECUTE"],
      method: "IRPCAsyncNotify_GetNotification",
      ms: 0,
      status: { name, meaning },
    });
  });
});

describe("whatever arrives", () => {
  const anyCall = fc.record({ contextId: fc.nat(4), opnum: fc.nat(7), flags: fc.nat(3), callId: fc.nat(3) });

  it("can be told, in a line of bounded length", () => {
    const traces = fc.array(fc.tuple(anyCall, fc.boolean(), fc.uint8Array({ maxLength: 300 })), { maxLength: 20 });
    fc.assert(
      fc.property(traces, (all) => {
        const fields = new PduFields();
        fields.of(pduTrace(BIND));
        for (const [fieldsOfCall, sent, stub] of all) {
          const pdu = sent ? request(fieldsOfCall) : response(fieldsOfCall);
          expect(JSON.stringify(fields.of(pduTrace(pdu, { stub }))).length).toBeLessThan(10_000);
        }
      }),
      { numRuns: 200 },
    );
  });
});
