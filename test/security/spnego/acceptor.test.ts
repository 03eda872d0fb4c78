import { describe, expect, it } from "vitest";
import { AuthenticationError, DecodeError, IntegrityError, ProtocolError } from "../../../src/errors.js";
import { MECHANISM_OIDS } from "../../../src/security/mechanism.js";
import { SpnegoAcceptor } from "../../../src/security/spnego/acceptor.js";
import { SpnegoInitiator } from "../../../src/security/spnego/initiator.js";
import {
  type NegTokenResp,
  decodeNegTokenInit,
  decodeNegTokenResp,
  encodeMechTypes,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from "../../../src/security/spnego/tokens.js";
import { exchange, ntlmAcceptor, ntlmInitiator } from "../support/exchange.js";
import { FakeMechanism, type FakeOptions, fakeMic } from "../support/fake-mechanism.js";
import { NEG_TOKEN_INIT2 } from "./vectors.js";

const { ntlm: NTLM, kerberos: KRB5, msKerberos: MS_KRB5 } = MECHANISM_OIDS;
const bytes = (text: string) => new TextEncoder().encode(text);
const NOTHING: NegTokenResp = { negState: null, supportedMech: null, responseToken: null, mechListMic: null };

const ntlm = (options: Partial<FakeOptions> = {}) =>
  new FakeMechanism({ oids: [NTLM], says: ["challenge", null], sendsMic: true, side: "server", ...options });

/** A client by hand: offers mechanisms and sends what it is told. */
async function offered(mechanism: FakeMechanism, mechTypes: readonly string[], mechToken: string | null = "negotiate") {
  const acceptor = new SpnegoAcceptor({ mechanisms: [mechanism] });
  const list = encodeMechTypes(mechTypes);
  const step = async (token: Uint8Array) => {
    const answer = await acceptor.step(token);
    return { ...decodeNegTokenResp(answer.token ?? new Uint8Array()), done: answer.done };
  };
  const first = await step(encodeNegTokenInit(list, mechToken === null ? null : bytes(mechToken)));
  const send = (resp: Partial<NegTokenResp>) => step(encodeNegTokenResp(resp));
  return { acceptor, first, send, clientMic: fakeMic("client", list), serverMic: fakeMic("server", list) };
}

describe("the client's preferred mechanism is taken", () => {
  it("with mechListMICs in both directions, in four legs", async () => {
    const mechanism = ntlm();
    const { acceptor, first, send, clientMic, serverMic } = await offered(mechanism, [NTLM, KRB5]);
    expect(first).toEqual({
      ...NOTHING,
      negState: "acceptIncomplete",
      supportedMech: NTLM,
      responseToken: bytes("challenge"),
      done: false,
    });
    const last = await send({ responseToken: bytes("authenticate"), mechListMic: clientMic });
    expect(last).toEqual({ ...NOTHING, negState: "acceptCompleted", mechListMic: serverMic, done: true });
    expect(mechanism.heard).toEqual(["negotiate", "authenticate"]);
    expect(acceptor).toMatchObject({ authType: 9, mechanism: "NTLM", user: "FAKE\\user" });
    expect(() => acceptor.protect({ level: "privacy", headerSigning: true })).not.toThrow();
  });

  it("without a MIC where none is due, but answers and verifies one that comes", async () => {
    const without = await offered(ntlm({ sendsMic: false }), [NTLM]);
    const last = await without.send({ responseToken: bytes("authenticate") });
    expect(last).toMatchObject({ negState: "acceptCompleted", mechListMic: null, done: true });

    const { send, clientMic, serverMic } = await offered(ntlm({ sendsMic: false }), [NTLM]);
    const answered = await send({ responseToken: bytes("authenticate"), mechListMic: clientMic });
    expect(answered).toMatchObject({ negState: "acceptCompleted", mechListMic: serverMic, done: true });
  });

  it("without an optimistic token it asks for one", async () => {
    const { first, send, clientMic } = await offered(ntlm(), [NTLM], null);
    expect(first).toMatchObject({ negState: "acceptIncomplete", supportedMech: NTLM, responseToken: null });
    await send({ responseToken: bytes("negotiate") });
    const last = await send({ responseToken: bytes("authenticate"), mechListMic: clientMic });
    expect(last).toMatchObject({ done: true });
  });

  it("a mechanism of one leg is done at once", async () => {
    const { first } = await offered(ntlm({ says: ["ap-rep"], sendsMic: false }), [NTLM]);
    expect(first).toMatchObject({
      negState: "acceptCompleted",
      supportedMech: NTLM,
      responseToken: bytes("ap-rep"),
      done: true,
    });
  });

  it("under the identifier that the client put first ([MS-SPNG] 3.2.5)", async () => {
    const mechanism = ntlm({ name: "Kerberos", oids: [KRB5, MS_KRB5] });
    const { first } = await offered(mechanism, [MS_KRB5, KRB5, NTLM]);
    expect(first).toMatchObject({ negState: "acceptIncomplete", supportedMech: MS_KRB5 });
  });

  it("the echo of a responseToken is no mechListMIC", async () => {
    const { send } = await offered(ntlm({ sendsMic: false }), [NTLM]);
    const token = bytes("authenticate");
    expect(await send({ responseToken: token, mechListMic: token })).toMatchObject({ mechListMic: null, done: true });
  });
});

describe("another mechanism of the client's list is taken", () => {
  it("with request-mic, and the optimistic token of the preferred one is not read", async () => {
    const mechanism = ntlm({ sendsMic: false });
    const { first, send, clientMic, serverMic } = await offered(mechanism, [KRB5, NTLM], "ap-req");
    expect(first).toEqual({ ...NOTHING, negState: "requestMic", supportedMech: NTLM, done: false });
    await send({ responseToken: bytes("negotiate") });
    const last = await send({ responseToken: bytes("authenticate"), mechListMic: clientMic });
    expect(last).toMatchObject({ negState: "acceptCompleted", mechListMic: serverMic, done: true });
    expect(mechanism.heard).toEqual(["negotiate", "authenticate"]);
  });

  it("NTLM of a NegTokenInit2 with NEGOEX", async () => {
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlm()] });
    const { token } = await acceptor.step(NEG_TOKEN_INIT2);
    expect(decodeNegTokenResp(token ?? new Uint8Array())).toMatchObject({
      negState: "requestMic",
      supportedMech: NTLM,
    });
  });
});

describe("a mechListMIC that is due", () => {
  it("and has not come leaves the client at accept-incomplete, until it comes", async () => {
    const { send, clientMic, serverMic } = await offered(ntlm(), [NTLM]);
    const waiting = await send({ responseToken: bytes("authenticate") });
    expect(waiting).toEqual({ ...NOTHING, negState: "acceptIncomplete", mechListMic: serverMic, done: false });
    expect(await send({ mechListMic: clientMic })).toEqual({ ...NOTHING, negState: "acceptCompleted", done: true });
  });

  it("and does not come then either ends the logon", async () => {
    const { send } = await offered(ntlm(), [NTLM]);
    await send({ responseToken: bytes("authenticate") });
    await expect(send({})).rejects.toThrow("mechListMIC is missing");
  });

  it("and does not verify ends the logon", async () => {
    const { acceptor, send, serverMic } = await offered(ntlm(), [NTLM]);
    const attempt = send({ responseToken: bytes("authenticate"), mechListMic: serverMic });
    await expect(attempt).rejects.toThrow(IntegrityError);
    expect(() => acceptor.protect({ level: "privacy", headerSigning: true })).toThrow("has not come to its end");
  });

  it("does not verify when somebody changed the list on the way", async () => {
    const initiator = new SpnegoInitiator(ntlmInitiator());
    const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
    const attempt = exchange(initiator, acceptor, (token, leg) =>
      leg === 0 ? encodeNegTokenInit(encodeMechTypes([NTLM, KRB5]), decodeNegTokenInit(token).mechToken) : token,
    );
    await expect(attempt).rejects.toThrow(IntegrityError);
  });
});

describe("what has no place is refused", () => {
  it("a list without a mechanism that is served", async () => {
    const attempt = offered(ntlm(), [KRB5, MS_KRB5]);
    await expect(attempt).rejects.toThrow(AuthenticationError);
    await expect(attempt).rejects.toThrow(`offers no security mechanism that is served: ${KRB5}, ${MS_KRB5}`);
  });

  it("reject of the client", async () => {
    const { send } = await offered(ntlm(), [NTLM]);
    await expect(send({ negState: "reject" })).rejects.toThrow("the client gave up the logon");
  });

  it("a token of the mechanism that is missing, or one too many", async () => {
    const { send } = await offered(ntlm(), [NTLM]);
    await expect(send({})).rejects.toThrow("sent no NTLM token where one was due");
    const later = await offered(ntlm(), [NTLM]);
    await later.send({ responseToken: bytes("authenticate") });
    await expect(later.send({ responseToken: bytes("more") })).rejects.toThrow("another NTLM token after the last one");
  });

  it("steps out of turn, and raw NTLM", async () => {
    const { acceptor, send, clientMic } = await offered(ntlm(), [NTLM]);
    await send({ responseToken: bytes("authenticate"), mechListMic: clientMic });
    await expect(send({})).rejects.toThrow(ProtocolError);
    await expect(acceptor.step(null)).rejects.toThrow(ProtocolError);
    const fresh = new SpnegoAcceptor({ mechanisms: [ntlm()] });
    expect(() => fresh.mechanism).toThrow("negotiated yet");
    await expect(fresh.step(bytes("NTLMSSP\0\x01\0\0\0"))).rejects.toThrow(DecodeError);
  });

  it("every truncated first token", async () => {
    for (let length = 0; length < NEG_TOKEN_INIT2.length; length++) {
      const acceptor = new SpnegoAcceptor({ mechanisms: [ntlm()] });
      const attempt = acceptor.step(NEG_TOKEN_INIT2.subarray(0, length));
      await expect(attempt, `${length} bytes`).rejects.toThrow(DecodeError);
    }
  });
});
