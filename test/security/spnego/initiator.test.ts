import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import { AuthenticationError, DecodeError, IntegrityError, ProtocolError } from "../../../src/errors.js";
import { MECHANISM_OIDS } from "../../../src/security/mechanism.js";
import { SpnegoInitiator } from "../../../src/security/spnego/initiator.js";
import {
  type NegTokenResp,
  decodeNegTokenInit,
  decodeNegTokenResp,
  encodeMechTypes,
  encodeNegTokenResp,
} from "../../../src/security/spnego/tokens.js";
import { FakeMechanism, type FakeOptions, fakeMic } from "../support/fake-mechanism.js";

const { ntlm: NTLM, kerberos: KRB5, msKerberos: MS_KRB5 } = MECHANISM_OIDS;
const bytes = (text: string) => new TextEncoder().encode(text);
const NOTHING: NegTokenResp = { negState: null, supportedMech: null, responseToken: null, mechListMic: null };

const ntlm = (options: Partial<FakeOptions> = {}) =>
  new FakeMechanism({ oids: [NTLM], says: ["negotiate", "authenticate"], sendsMic: true, ...options });
const kerberos = (options: Partial<FakeOptions> = {}) =>
  new FakeMechanism({
    name: "Kerberos",
    oids: [MS_KRB5, KRB5],
    says: ["ap-req", "third leg"],
    sendsMic: true,
    ...options,
  });

/** Offers the mechanism, and gives what the server has to answer and what the initiator then said. */
async function offer(mechanism: FakeMechanism) {
  const initiator = new SpnegoInitiator(mechanism);
  const first = await initiator.step(null);
  const init = decodeNegTokenInit(first.token ?? new Uint8Array());
  const mic = fakeMic("server", init.mechTypesDer);
  /** The server's answer; resolves to ours, decoded, or to "done". */
  const answer = async (resp: Partial<NegTokenResp>) => {
    const { token, done } = await initiator.step(encodeNegTokenResp(resp));
    if (token === null) return done ? "done" : "nothing";
    return { ...decodeNegTokenResp(token), done };
  };
  return { initiator, init, first, mic, answer };
}

const challenge = { negState: "acceptIncomplete", supportedMech: NTLM, responseToken: bytes("challenge") } as const;

describe("the offer", () => {
  it("lists every identifier, preferred first, with a token of the mechanism", async () => {
    const { init, first, initiator } = await offer(kerberos());
    expect(init.mechTypes).toEqual([MS_KRB5, KRB5]);
    expect(init.mechToken).toEqual(bytes("ap-req"));
    expect(first.done).toBe(false);
    expect(initiator.authType).toBe(9);
  });
});

describe("the server takes the mechanism", () => {
  it("leg 3 carries only responseToken and mechListMIC, and leg 4 ends it: an even number", async () => {
    const { initiator, init, mic, answer } = await offer(ntlm());
    expect(await answer(challenge)).toEqual({
      ...NOTHING,
      responseToken: bytes("authenticate"),
      mechListMic: fakeMic("client", encodeMechTypes([NTLM])),
      done: false,
    });
    expect(toHex(init.mechTypesDer)).toBe(toHex(encodeMechTypes([NTLM])));
    expect(await answer({ negState: "acceptCompleted", mechListMic: mic })).toBe("done");
    expect(initiator.mechanism).toBe("NTLM");
    expect(initiator.user).toBe("FAKE\\user");
    const protection = initiator.protect({ level: "privacy", headerSigning: true });
    expect(protection.wrap({ bytes: new Uint8Array(0), bodyStart: 0, bodyEnd: 0 })).toEqual(bytes("NTLM"));
  });

  it("Kerberos in DCE style: AP-REP in, third leg and mechListMIC out", async () => {
    const mechanism = kerberos();
    const { init, mic, answer } = await offer(mechanism);
    const third = await answer({
      negState: "acceptIncomplete",
      supportedMech: MS_KRB5,
      responseToken: bytes("ap-rep"),
    });
    expect(third).toMatchObject({
      responseToken: bytes("third leg"),
      mechListMic: fakeMic("client", init.mechTypesDer),
    });
    expect(mechanism.heard).toEqual([null, "ap-rep"]);
    expect(await answer({ negState: "acceptCompleted", mechListMic: mic })).toBe("done");
  });

  it("Kerberos with RC4 sends its MIC and is content without the server's ([MS-SPNG] product note 8)", async () => {
    const { init, answer } = await offer(kerberos({ expectsMic: false }));
    expect(await answer({ ...challenge, supportedMech: MS_KRB5 })).toMatchObject({
      mechListMic: fakeMic("client", init.mechTypesDer),
    });
    expect(await answer({ negState: "acceptCompleted" })).toBe("done");
  });

  it("zero octets behind its tokens are ignored, others are not ([MS-RPCE] 2.2.2.11)", async () => {
    const padded = (resp: Partial<NegTokenResp>, end: number) =>
      Buffer.concat([encodeNegTokenResp(resp), new Uint8Array(3), Uint8Array.of(end)]);
    const { initiator, mic } = await offer(ntlm());
    await initiator.step(padded(challenge, 0));
    expect(await initiator.step(padded({ negState: "acceptCompleted", mechListMic: mic }, 0))).toMatchObject({
      done: true,
    });
    const strict = await offer(ntlm());
    await expect(strict.initiator.step(padded(challenge, 1))).rejects.toThrow("too many");
  });

  it("a mechanism that asks for no MIC goes without", async () => {
    const { answer } = await offer(ntlm({ sendsMic: false }));
    expect(await answer(challenge)).toMatchObject({ mechListMic: null });
    expect(await answer({ negState: "acceptCompleted" })).toBe("done");
  });

  it("a mechanism whose last token is the server's ends after two legs", async () => {
    const { answer } = await offer(ntlm({ says: ["ap-req", null], sendsMic: false }));
    expect(await answer({ ...challenge, negState: "acceptCompleted" })).toBe("done");
  });

  it("a server whose mechanism ends with its token, and which waits for a MIC, gets it", async () => {
    const { init, mic, answer } = await offer(ntlm({ says: ["ap-req", null], sendsMic: false }));
    const mechListMic = fakeMic("client", init.mechTypesDer);
    expect(await answer({ ...challenge, mechListMic: mic })).toEqual({ ...NOTHING, mechListMic, done: false });
    expect(await answer({ negState: "acceptCompleted" })).toBe("done");
  });

  it("a first answer without negState and supportedMech means that it goes on", async () => {
    const { mic, answer } = await offer(ntlm());
    expect(await answer({ responseToken: bytes("challenge") })).toMatchObject({ responseToken: bytes("authenticate") });
    expect(await answer({ negState: "acceptCompleted", mechListMic: mic })).toBe("done");
  });

  it("a supportedMech in a later answer means nothing ([MS-SPNG] 3.3.5)", async () => {
    const { mic, answer } = await offer(ntlm());
    await answer(challenge);
    expect(await answer({ negState: "acceptCompleted", supportedMech: KRB5, mechListMic: mic })).toBe("done");
  });

  it("an old server's mechListMIC that repeats the responseToken is ignored", async () => {
    const { answer } = await offer(ntlm({ sendsMic: false }));
    expect(await answer({ ...challenge, mechListMic: challenge.responseToken })).toMatchObject({ mechListMic: null });
    expect(await answer({ negState: "acceptCompleted" })).toBe("done");
  });
});

describe("the server does not take the first identifier, but", () => {
  it("another one of the mechanism, which goes on with a MIC", async () => {
    const mechanism = kerberos({ sendsMic: false });
    const { init, mic, answer } = await offer(mechanism);
    const third = await answer({ negState: "acceptIncomplete", supportedMech: KRB5, responseToken: bytes("ap-rep") });
    expect(third).toMatchObject({ mechListMic: fakeMic("client", init.mechTypesDer) });
    expect(mechanism.heard).toEqual([null, "ap-rep"]);
    expect(await answer({ negState: "acceptCompleted", mechListMic: mic })).toBe("done");
  });

  it.each(["acceptIncomplete", "requestMic"] as const)("another mechanism (%s), and is refused", async (negState) => {
    const mechanism = kerberos();
    const { answer } = await offer(mechanism);
    const attempt = answer({ negState, supportedMech: NTLM });
    await expect(attempt).rejects.toThrow("the server wants NTLM instead of Kerberos");
    await expect(attempt).rejects.toThrow(AuthenticationError);
    expect(mechanism.heard).toEqual([null]);
  });
});

describe("downgrades are noticed", () => {
  it.each([
    ["the mechanism asks for it", ntlm(), challenge],
    ["the server asked for it", ntlm({ sendsMic: false }), { ...challenge, negState: "requestMic" } as const],
  ])("a missing mechListMIC, where %s", async (_name, mechanism, first) => {
    const { answer } = await offer(mechanism);
    await answer(first);
    await expect(answer({ negState: "acceptCompleted" })).rejects.toThrow("mechListMIC is missing");
  });

  it("a mechListMIC that is wrong, even where none was due", async () => {
    for (const sendsMic of [true, false]) {
      const { answer } = await offer(ntlm({ sendsMic }));
      await answer(challenge);
      const wrong = answer({ negState: "acceptCompleted", mechListMic: bytes("wrong") });
      await expect(wrong).rejects.toThrow(IntegrityError);
    }
  });

  it("our own mechListMIC sent back", async () => {
    const { init, answer } = await offer(ntlm());
    await answer(challenge);
    const mechListMic = fakeMic("client", init.mechTypesDer);
    await expect(answer({ negState: "acceptCompleted", mechListMic })).rejects.toThrow(IntegrityError);
  });

  it("the repeated responseToken of an old server is no mechListMIC where one is due", async () => {
    const { answer } = await offer(ntlm({ says: ["ap-req", null] }));
    const last = { ...challenge, negState: "acceptCompleted", mechListMic: challenge.responseToken } as const;
    await expect(answer(last)).rejects.toThrow("mechListMIC is missing");
  });
});

describe("what has no place is refused", () => {
  it("reject, at any leg, is a failed logon", async () => {
    const { answer } = await offer(ntlm());
    await expect(answer({ negState: "reject" })).rejects.toThrow(AuthenticationError);
    const later = await offer(ntlm());
    await later.answer(challenge);
    await expect(later.answer({ negState: "reject" })).rejects.toThrow("the server refused the logon");
  });

  it("accept-completed in the middle of the logon", async () => {
    const { answer } = await offer(ntlm());
    await expect(answer({ ...challenge, negState: "acceptCompleted" })).rejects.toThrow(
      "in the middle of the NTLM logon",
    );
    const longer = await offer(ntlm({ says: ["1", "2", "3"] }));
    await expect(longer.answer({ ...challenge, negState: "acceptCompleted" })).rejects.toThrow(ProtocolError);
  });

  it("an answer without the mechanism's token", async () => {
    const { answer } = await offer(ntlm());
    await expect(answer({ negState: "acceptIncomplete", supportedMech: NTLM })).rejects.toThrow(
      "carries no NTLM token",
    );
  });

  it("a mechanism token after the last one", async () => {
    const { mic, answer } = await offer(ntlm());
    await answer(challenge);
    const more = answer({ negState: "acceptCompleted", responseToken: bytes("more"), mechListMic: mic });
    await expect(more).rejects.toThrow(ProtocolError);
  });

  it("a mechListMIC before the mechanism has keys", async () => {
    const { mic, answer } = await offer(ntlm({ says: ["1", "2", "3"] }));
    await expect(answer({ ...challenge, mechListMic: mic })).rejects.toThrow("a mechListMIC that has no place");
  });

  it("a second mechListMIC", async () => {
    const { mic, answer } = await offer(ntlm({ says: ["ap-req", null] }));
    await answer({ ...challenge, mechListMic: mic });
    await expect(answer({ negState: "acceptCompleted", mechListMic: mic })).rejects.toThrow(ProtocolError);
  });

  it("a server that does not come to an end", async () => {
    const { mic, answer } = await offer(ntlm());
    await answer(challenge);
    await expect(answer({ negState: "acceptIncomplete", mechListMic: mic })).rejects.toThrow("does not end");
  });

  it("steps out of turn", async () => {
    const { initiator, mic, answer } = await offer(ntlm());
    await expect(initiator.step(null)).rejects.toThrow(ProtocolError);
    expect(() => initiator.protect({ level: "privacy", headerSigning: true })).toThrow("has not come to its end");
    await answer(challenge);
    await answer({ negState: "acceptCompleted", mechListMic: mic });
    await expect(answer({ negState: "acceptCompleted", mechListMic: mic })).rejects.toThrow(ProtocolError);
  });

  it("every truncated answer", async () => {
    const token = encodeNegTokenResp(challenge);
    for (let length = 0; length < token.length; length++) {
      const { initiator } = await offer(ntlm());
      await expect(initiator.step(token.subarray(0, length)), `${length} bytes`).rejects.toThrow(DecodeError);
    }
  });
});
