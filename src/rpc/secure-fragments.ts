import { IntegrityError, ProtocolError } from "../errors.js";
import { ByteWriter } from "../bytes/writer.js";
import { AUTH_LEVELS, type AuthLevel, type MessageProtection } from "../security/context.js";
import { writeFaultFields, type FaultFields } from "./pdu/fault.js";
import { AUTH_LENGTH_OFFSET, FRAG_LENGTH_OFFSET, writeHeader } from "./pdu/header.js";
import { requestStubOffset, writeRequestFields, type RequestFields } from "./pdu/request.js";
import { RESPONSE_STUB_OFFSET, writeResponseFields, type ResponseFields } from "./pdu/response.js";
import { SEC_TRAILER_SIZE, writeSecTrailer, type AuthVerifier } from "./pdu/sec-trailer.js";
import { PFC } from "./pdu/types.js";

/** The security of a connection's fragments, the same for its whole life ([MS-RPCE] 2.2.2.11). */
export interface FragmentSecurity {
  /** `auth_type`: 9 for SPNEGO. */
  readonly authType: number;
  readonly level: AuthLevel;
  /** `auth_context_id`, chosen by the client. */
  readonly contextId: number;
  readonly protection: MessageProtection;
}

/** The sec_trailer is aligned to this, counted from the start of the body ([MS-RPCE] 2.2.2.11). */
const TRAILER_ALIGNMENT = 16;

/** The first bytes of a request, up to its stub; lengths follow when the fragment is finished. */
export function requestHead(flags: number, callId: number, fields: RequestFields): Uint8Array {
  const writer = new ByteWriter(requestStubOffset(fields.object));
  writeHeader(writer, "request", fields.object === null ? flags : flags | PFC.OBJECT_UUID, callId);
  writeRequestFields(writer, fields);
  return writer.finish();
}

/** The first bytes of a response, up to its stub. */
export function responseHead(flags: number, callId: number, fields: ResponseFields): Uint8Array {
  const writer = new ByteWriter(RESPONSE_STUB_OFFSET);
  writeHeader(writer, "response", flags, callId);
  writeResponseFields(writer, fields);
  return writer.finish();
}

/** The whole of a fault but for its security. */
export function faultHead(flags: number, callId: number, fields: FaultFields): Uint8Array {
  const writer = new ByteWriter();
  writeHeader(writer, "fault", flags, callId);
  writeFaultFields(writer, fields);
  return writer.finish();
}

/** Bytes of stub and verification trailer that fit into a fragment of `maxFragment` bytes whose head has `headLength`. */
export function fragmentRoom(maxFragment: number, headLength: number, security: FragmentSecurity | null): number {
  const body = maxFragment - headLength;
  const room = security === null ? body : body - SEC_TRAILER_SIZE - security.protection.tokenLength(body);
  return room - (room % TRAILER_ALIGNMENT);
}

/**
 * A finished fragment: head, stub, verification trailer, padding, sec_trailer and token. It takes a sequence number, so
 * it must be sent before the next one is built. Without security there is neither padding nor token.
 */
export function buildFragment(
  head: Uint8Array,
  stub: Uint8Array,
  trailer: Uint8Array,
  security: FragmentSecurity | null,
): Uint8Array {
  const content = stub.length + trailer.length;
  const padLength = security === null ? 0 : -content & (TRAILER_ALIGNMENT - 1);
  const bodyEnd = head.length + content + padLength;
  const tokenLength = security?.protection.tokenLength(content + padLength) ?? 0;
  const fragLength = security === null ? bodyEnd : bodyEnd + SEC_TRAILER_SIZE + tokenLength;
  const bytes = new Uint8Array(fragLength);
  bytes.set(head);
  bytes.set(stub, head.length);
  bytes.set(trailer, head.length + stub.length);
  bytes.set([fragLength, fragLength >>> 8], FRAG_LENGTH_OFFSET);
  if (security === null) return bytes;
  bytes.set([tokenLength, tokenLength >>> 8], AUTH_LENGTH_OFFSET);
  bytes.set(secTrailer(security, padLength), bodyEnd);
  const signed = bytes.subarray(0, fragLength - tokenLength);
  const token = security.protection.wrap({ bytes: signed, bodyStart: head.length, bodyEnd });
  if (token.length !== tokenLength) throw new Error(`a token of ${token.length} bytes where ${tokenLength} were said`);
  bytes.set(token, signed.length);
  return bytes;
}

function secTrailer(security: FragmentSecurity, padLength: number): Uint8Array {
  const writer = new ByteWriter(SEC_TRAILER_SIZE);
  const { authType: type, contextId } = security;
  writeSecTrailer(writer, { type, level: AUTH_LEVELS[security.level], padLength, contextId });
  return writer.finish();
}

/**
 * Verifies a fragment and unseals it in place; the result is a view of its stub (and verification trailer) without
 * padding. `bodyStart` is where the stub begins. Throws an IntegrityError when the signature is missing or wrong, and a
 * ProtocolError when the sec_trailer is not the one agreed on; the connection must end then.
 */
export function openFragment(
  bytes: Uint8Array,
  bodyStart: number,
  auth: AuthVerifier | null,
  security: FragmentSecurity,
): Uint8Array {
  if (auth === null) throw new IntegrityError("a fragment came without the signature that this connection demands");
  checkSecTrailer(auth, security);
  const signed = bytes.subarray(0, bytes.length - auth.token.length);
  const bodyEnd = signed.length - SEC_TRAILER_SIZE;
  if (auth.padLength > bodyEnd - bodyStart)
    throw new ProtocolError(
      `auth_pad_length is ${auth.padLength}, more than the ${Math.max(0, bodyEnd - bodyStart)} bytes of the body`,
    );
  security.protection.unwrap({ bytes: signed, bodyStart, bodyEnd }, auth.token);
  return bytes.subarray(bodyStart, bodyEnd - auth.padLength);
}

function checkSecTrailer(auth: AuthVerifier, security: FragmentSecurity): void {
  const level = AUTH_LEVELS[security.level];
  if (auth.type !== security.authType)
    throw new ProtocolError(`auth_type changed from ${security.authType} to ${auth.type}`);
  if (auth.level !== level) throw new ProtocolError(`auth_level changed from ${level} to ${auth.level}`);
  if (auth.contextId !== security.contextId)
    throw new ProtocolError(`auth_context_id changed from ${security.contextId} to ${auth.contextId}`);
}
