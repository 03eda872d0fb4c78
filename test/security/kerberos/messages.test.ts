import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { AuthenticationError, DecodeError, IntegrityError } from "../../../src/errors.js";
import { decryptMessage, encryptMessage, isRc4, KEY_USAGES } from "../../../src/security/kerberos/encryption.js";
import {
  clearConfidentiality,
  decodeApReply,
  decodeApReplyPart,
  decodeApRequest,
  decodeAuthenticator,
  decodeKrbError,
} from "../../../src/security/kerberos/messages.js";
import { AES128, AES256, type Golden, RC4 } from "./golden.js";

/** MIT krb5 1.20.1 as a server that cannot decrypt the ticket: KRB-ERROR, framed for GSS-API. */
const KRB_ERROR = fromHex(
  "606c06092a864886f71201020203007e5d305ba003020105a10302011ea411180f32303236313132313036333330305aa505020303220fa603" +
    "02011fa90a1b084c41422e54455354aa243022a003020103a11b30191b04686f73741b117072696e747372762e6c61622e74657374",
);

function sessionKey(golden: Golden) {
  return { enctype: golden.enctype, value: fromHex(golden.sessionKey) };
}

function openAuthenticator(golden: Golden) {
  const { authenticator } = decodeApRequest(fromHex(golden.apReq));
  return decryptMessage(sessionKey(golden), KEY_USAGES.authenticator, authenticator.cipher);
}

function openReply(golden: Golden) {
  const { cipher } = decodeApReply(fromHex(golden.apRep));
  return decryptMessage(sessionKey(golden), KEY_USAGES.apRepPart, cipher);
}

function truncations(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, length) => bytes.subarray(0, length));
}

describe.each([
  ["AES256", AES256],
  ["AES128", AES128],
  ["RC4", RC4],
])("the AP exchange of MIT krb5 with %s", (_, golden) => {
  it("gives initial sequence numbers and the acceptor's subkey", () => {
    const authenticator = decodeAuthenticator(openAuthenticator(golden));
    expect(authenticator.sequence).toBe(golden.send);
    expect(authenticator.subkey?.enctype).toBe(golden.enctype);
    const reply = decodeApReplyPart(openReply(golden));
    expect(reply.sequence).toBe(golden.receive);
    expect(toHex(reply.subkey?.value ?? new Uint8Array())).toBe(golden.subkey);
  });

  it("asks for confidentiality until that is taken out, and nothing else is", () => {
    const plain = openAuthenticator(golden);
    const { checksum } = decodeAuthenticator(plain);
    const before = Buffer.from(checksum);
    expect(before.readUInt32LE(20)).toBe(0x113e);
    clearConfidentiality(checksum);
    const after = Buffer.from(decodeAuthenticator(plain).checksum);
    expect(after.readUInt32LE(20)).toBe(0x112e);
    expect(after.subarray(0, 20).equals(before.subarray(0, 20))).toBe(true);
  });

  it("can have its Authenticator encrypted anew in the same place", () => {
    const token = fromHex(golden.apReq);
    const { cipher } = decodeApRequest(token).authenticator;
    const plain = openAuthenticator(golden);
    const anew = encryptMessage(sessionKey(golden), KEY_USAGES.authenticator, plain);
    expect(anew.length).toBe(cipher.length);
    expect(toHex(anew)).not.toBe(toHex(cipher));
    cipher.set(anew);
    const opened = decryptMessage(sessionKey(golden), 11, decodeApRequest(token).authenticator.cipher);
    expect(toHex(opened)).toBe(toHex(plain));
  });

  it("is refused when the AP-REP was changed in any byte of what it proves", () => {
    const { cipher } = decodeApReply(fromHex(golden.apRep));
    for (let at = 0; at < cipher.length; at++) {
      const changed = new Uint8Array(cipher);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at & 7));
      expect(() => decryptMessage(sessionKey(golden), KEY_USAGES.apRepPart, changed)).toThrow(IntegrityError);
    }
  });

  it("is refused in every truncated form", () => {
    for (const part of truncations(fromHex(golden.apReq))) expect(() => decodeApRequest(part)).toThrow(DecodeError);
    for (const part of truncations(fromHex(golden.apRep))) expect(() => decodeApReply(part)).toThrow(DecodeError);
    for (const part of truncations(openAuthenticator(golden)))
      expect(() => decodeAuthenticator(part)).toThrow(DecodeError);
    for (const part of truncations(openReply(golden))) expect(() => decodeApReplyPart(part)).toThrow(DecodeError);
  });
});

describe("KRB-ERROR", () => {
  it("is told by its code, framed and bare", () => {
    expect(decodeKrbError(KRB_ERROR)).toBe(31);
    expect(decodeKrbError(KRB_ERROR.subarray(15))).toBe(31);
  });

  it("is not mistaken for an AP-REP", () => {
    expect(decodeKrbError(fromHex(AES256.apRep))).toBeNull();
  });

  it("is refused in every truncated form that still looks like one", () => {
    for (const part of truncations(KRB_ERROR.subarray(15)).slice(1))
      expect(() => decodeKrbError(part)).toThrow(DecodeError);
  });
});

describe("decoders of Kerberos messages", () => {
  const decoders = { decodeApRequest, decodeApReply, decodeAuthenticator, decodeApReplyPart, decodeKrbError };

  it.each(Object.entries(decoders))("%s answers anything with a value or a DecodeError", (_, decode) => {
    const samples = [
      fromHex(AES256.apReq),
      fromHex(AES256.apRep),
      openAuthenticator(AES256),
      openReply(AES256),
      KRB_ERROR,
    ];
    const spoilt = fc
      .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 }))
      .map(([sample, changes]) => {
        const bytes = new Uint8Array(sample);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), spoilt), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("name field and offset", () => {
    const token = fromHex(AES256.apReq);
    token[16] = 0x3;
    expect(() => decodeApRequest(token)).toThrow(/^AP-REQ\.msg-type at offset \d+: /);
  });

  it("refuse a checksum that is not of GSS-API, which would carry no flags", () => {
    const plain = openAuthenticator(AES256);
    const at = Buffer.from(plain).indexOf(Buffer.from("0203008003", "hex"));
    plain[at + 4] = 0x04;
    expect(() => decodeAuthenticator(plain)).toThrow(DecodeError);
  });
});

describe("keys", () => {
  it("of other encryption types or lengths are refused with what is known", () => {
    for (const key of [
      { enctype: 20, value: new Uint8Array(32) },
      { enctype: 18, value: new Uint8Array(16) },
      { enctype: 16, value: new Uint8Array(24) },
    ])
      expect(() => isRc4(key)).toThrow(AuthenticationError);
    expect(isRc4({ enctype: 23, value: new Uint8Array(16) })).toBe(true);
    expect(isRc4({ enctype: 17, value: new Uint8Array(16) })).toBe(false);
  });
});
