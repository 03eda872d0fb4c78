import { DecodeError } from "../../errors.js";
import { applicationTag, contextTag, DerReader, TAGS } from "../der.js";
import type { EncryptionKey } from "./encryption.js";

/**
 * The messages of the AP exchange ([RFC 4120] 5.5), as far as this side needs them: who encrypts what, subkeys and initial
 * sequence numbers. All byte arrays are views of the message.
 */

/** What the client sends first: the service ticket, and the Authenticator under the ticket's session key. */
export interface ApRequest {
  /** The Ticket as it also stands in the credential cache. */
  readonly ticket: Uint8Array;
  readonly authenticator: EncryptedData;
}

export interface EncryptedData {
  readonly enctype: number;
  readonly cipher: Uint8Array;
}

/** The decrypted Authenticator. */
export interface Authenticator {
  /** The checksum field of [RFC 4121] 4.1.1, which carries the flags of the context. */
  readonly checksum: Uint8Array;
  readonly subkey: EncryptionKey | null;
  readonly sequence: number;
}

/** The decrypted part of an AP-REP. */
export interface ApReplyPart {
  readonly subkey: EncryptionKey | null;
  readonly sequence: number;
}

/** Type of the GSS-API checksum in an Authenticator. */
const GSS_CHECKSUM = 0x8003;
/** Length field, channel bindings and flags: what a GSS-API checksum holds at least. */
const GSS_CHECKSUM_SIZE = 24;
const GSS_FLAGS_OFFSET = 20;
const GSS_CONFIDENTIALITY = 0x10;

/** Throws a DecodeError. */
export function decodeApRequest(token: Uint8Array): ApRequest {
  const fields = message(token, "AP-REQ", 14);
  fields.enter(contextTag(2), "ap-options");
  const ticket = fields.enter(contextTag(3), "ticket").rest();
  return { ticket, authenticator: encryptedData(fields.enter(contextTag(4), "authenticator")) };
}

/** Throws a DecodeError. */
export function decodeApReply(token: Uint8Array): EncryptedData {
  return encryptedData(message(token, "AP-REP", 15).enter(contextTag(2), "enc-part"));
}

/** The error-code of a KRB-ERROR ([RFC 4120] 5.9.1), bare or framed as [RFC 4121] 4.1 has it; null for another message. */
export function decodeKrbError(token: Uint8Array): number | null {
  const bare = unframe(token);
  if (bare[0] !== applicationTag(30)) return null;
  const fields = message(bare, "KRB-ERROR", 30);
  fields.enterIf(contextTag(2), "ctime");
  fields.enterIf(contextTag(3), "cusec");
  fields.enter(contextTag(4), "stime");
  fields.enter(contextTag(5), "susec");
  return fields.enter(contextTag(6), "error-code").integer("error-code");
}

/** Throws a DecodeError. */
export function decodeAuthenticator(plain: Uint8Array): Authenticator {
  const fields = new DerReader(plain, "Authenticator")
    .enter(applicationTag(2), "message")
    .enter(TAGS.sequence, "fields");
  for (const [tag, field] of ["authenticator-vno", "crealm", "cname"].entries()) fields.enter(contextTag(tag), field);
  const cksum = fields.enter(contextTag(3), "cksum").enter(TAGS.sequence, "cksum");
  const type = cksum.enter(contextTag(0), "cksumtype").integer("cksumtype");
  const checksum = cksum.enter(contextTag(1), "checksum").octets("checksum");
  if (type !== GSS_CHECKSUM || checksum.length < GSS_CHECKSUM_SIZE)
    throw new DecodeError("Authenticator.cksum", 0, `is of type ${type} with ${checksum.length} bytes, not of GSS-API`);
  fields.enter(contextTag(4), "cusec");
  fields.enter(contextTag(5), "ctime");
  return { checksum, ...keyAndSequence(fields, 6) };
}

/** Throws a DecodeError. */
export function decodeApReplyPart(plain: Uint8Array): ApReplyPart {
  const fields = new DerReader(plain, "EncAPRepPart")
    .enter(applicationTag(27), "message")
    .enter(TAGS.sequence, "fields");
  fields.enter(contextTag(0), "ctime");
  fields.enter(contextTag(1), "cusec");
  return keyAndSequence(fields, 2);
}

/** Takes confidentiality out of the flags of a GSS-API checksum, in place ([RFC 4121] 4.1.1.1). */
export function clearConfidentiality(checksum: Uint8Array): void {
  checksum[GSS_FLAGS_OFFSET] = (checksum[GSS_FLAGS_OFFSET] ?? 0) & ~GSS_CONFIDENTIALITY;
}

/** The fields of a message after its version and type. */
function message(token: Uint8Array, what: string, type: number): DerReader {
  const fields = new DerReader(token, what).enter(applicationTag(type), "message").enter(TAGS.sequence, "fields");
  fields.enter(contextTag(0), "pvno");
  const actual = fields.enter(contextTag(1), "msg-type").integer("msg-type");
  if (actual !== type) throw new DecodeError(`${what}.msg-type`, 0, `is ${actual} instead of ${type}`);
  return fields;
}

function encryptedData(reader: DerReader): EncryptedData {
  const fields = reader.enter(TAGS.sequence, "EncryptedData");
  const enctype = fields.enter(contextTag(0), "etype").integer("etype");
  fields.enterIf(contextTag(1), "kvno");
  return { enctype, cipher: fields.enter(contextTag(2), "cipher").octets("cipher") };
}

/** The optional subkey, tagged `tag`, and the optional sequence number after it: 0 where there is none. */
function keyAndSequence(fields: DerReader, tag: number): ApReplyPart {
  const subkey = fields.enterIf(contextTag(tag), "subkey");
  const sequence = fields.enterIf(contextTag(tag + 1), "seq-number");
  return {
    subkey: subkey === null ? null : encryptionKey(subkey),
    sequence: sequence === null ? 0 : sequence.integer("seq-number") >>> 0,
  };
}

function encryptionKey(reader: DerReader): EncryptionKey {
  const fields = reader.enter(TAGS.sequence, "EncryptionKey");
  const enctype = fields.enter(contextTag(0), "keytype").integer("keytype");
  return { enctype, value: fields.enter(contextTag(1), "keyvalue").octets("keyvalue") };
}

/** What follows OID and token id in a framed token; the token itself when it is bare. */
function unframe(token: Uint8Array): Uint8Array {
  if (token[0] !== applicationTag(0)) return token;
  const frame = new DerReader(token, "GSS-API token").enter(applicationTag(0), "frame");
  frame.oid("mechanism");
  return frame.rest().subarray(2);
}
