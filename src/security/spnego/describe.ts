import { MECHANISM_OIDS } from "../mechanism.js";
import { decodeKrbError } from "../kerberos/messages.js";
import { derOid } from "../der.js";
import { decodeNegTokenInit, decodeNegTokenResp, type NegState } from "./tokens.js";

/** First bytes of NTLM messages ([MS-NLMP] 2.2.1), before the message type. */
const NTLM_SIGNATURE = Buffer.from("NTLMSSP\0", "latin1");
const NTLM_MESSAGES: Readonly<Record<number, string>> = { 1: "NEGOTIATE", 2: "CHALLENGE", 3: "AUTHENTICATE" };

/** Tags of bare Kerberos messages, and the TOK_IDs of framed ones ([RFC 4120] 5.10, [RFC 4121] 4.1). */
const KERBEROS_TAGS: Readonly<Record<number, string>> = { 0x6e: "AP-REQ", 0x6f: "AP-REP", 0x7e: "KRB-ERROR" };
const KERBEROS_TOKEN_IDS: Readonly<Record<number, string>> = { 1: "AP-REQ", 2: "AP-REP", 3: "KRB-ERROR" };
const FRAME = 0x60;

const MECHANISM_NAMES = new Map<string, string>([
  [MECHANISM_OIDS.ntlm, "NTLM"],
  [MECHANISM_OIDS.kerberos, "Kerberos"],
  [MECHANISM_OIDS.msKerberos, "MS-Kerberos"],
]);

const STATES: Record<NegState, string> = {
  acceptCompleted: "accept-completed",
  acceptIncomplete: "accept-incomplete",
  reject: "reject",
  requestMic: "request-mic",
};

/**
 * What kind of SPNEGO token this is, for traces: `NegTokenResp: accept-incomplete, NTLM, NTLM CHALLENGE`. Mechanisms,
 * states and message types, and nothing that proves an identity. Never throws.
 */
export function describeSpnegoToken(token: Uint8Array): string {
  try {
    return token[0] === FRAME ? describeInit(token) : describeResp(token);
  } catch {
    return `not SPNEGO (${describeMechanismToken(token)})`;
  }
}

function describeInit(token: Uint8Array): string {
  const { mechTypes, mechToken } = decodeNegTokenInit(token);
  const parts = [mechTypes.map(mechanismName).join(" or ")];
  if (mechToken !== null) parts.push(describeMechanismToken(mechToken));
  return `NegTokenInit: ${parts.join(", ")}`;
}

function describeResp(token: Uint8Array): string {
  const { negState, supportedMech, responseToken, mechListMic } = decodeNegTokenResp(token);
  const parts: string[] = [];
  if (negState !== null) parts.push(STATES[negState]);
  if (supportedMech !== null) parts.push(mechanismName(supportedMech));
  if (responseToken !== null) parts.push(describeMechanismToken(responseToken));
  if (mechListMic !== null) parts.push("mechListMIC");
  return `NegTokenResp: ${parts.join(", ")}`;
}

/** The name of a mechanism; its identifier where it has none here. */
export function mechanismName(oid: string): string {
  return MECHANISM_NAMES.get(oid) ?? oid;
}

/** `NTLM CHALLENGE`, `Kerberos AP-REQ`, `Kerberos KRB-ERROR 37`. */
function describeMechanismToken(token: Uint8Array): string {
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength);
  if (bytes.subarray(0, NTLM_SIGNATURE.length).equals(NTLM_SIGNATURE)) {
    const type = bytes.length < 12 ? 0 : bytes.readUInt32LE(NTLM_SIGNATURE.length);
    return `NTLM ${NTLM_MESSAGES[type] ?? `message of type ${type}`}`;
  }
  const message = bytes[0] === FRAME ? framedMessage(bytes) : KERBEROS_TAGS[bytes[0] ?? 0];
  if (message === undefined) return `${token.length} bytes of no known mechanism`;
  return `Kerberos ${message}${message === "KRB-ERROR" ? errorCode(token) : ""}`;
}

function framedMessage(bytes: Buffer): string | undefined {
  const lengthByte = bytes[1] ?? 0;
  const start = lengthByte < 0x80 ? 2 : 2 + (lengthByte & 0x7f);
  const oid = [MECHANISM_OIDS.kerberos, MECHANISM_OIDS.msKerberos]
    .map(derOid)
    .find((known) => bytes.subarray(start, start + known.length).equals(known));
  const at = start + (oid?.length ?? 0);
  return oid === undefined || bytes.length < at + 2 ? undefined : KERBEROS_TOKEN_IDS[bytes.readUInt16LE(at)];
}

function errorCode(token: Uint8Array): string {
  try {
    return ` ${decodeKrbError(token) ?? ""}`.trimEnd();
  } catch {
    return "";
  }
}
