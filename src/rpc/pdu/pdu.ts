import { ByteReader } from "../../bytes/reader.js";
import { readBindBody, type AlterContextPdu, type BindPdu } from "./bind.js";
import { readBindAckBody, type AlterContextRespPdu, type BindAckPdu } from "./bind-ack.js";
import { readBindNakBody, type BindNakPdu } from "./bind-nak.js";
import type { Auth3Pdu, CoCancelPdu, OrphanedPdu, ShutdownPdu } from "./control.js";
import { readFaultBody, type FaultPdu } from "./fault.js";
import { decodeHeader, HEADER_SIZE } from "./header.js";
import { readRequestBody, type RequestPdu } from "./request.js";
import { readResponseBody, type ResponsePdu } from "./response.js";
import { bodyEnd, decodeAuth, type AuthVerifier } from "./sec-trailer.js";

/** A PDU of connection-oriented RPC, whoever sends it. */
export type Pdu =
  | RequestPdu
  | ResponsePdu
  | FaultPdu
  | BindPdu
  | BindAckPdu
  | BindNakPdu
  | AlterContextPdu
  | AlterContextRespPdu
  | Auth3Pdu
  | ShutdownPdu
  | CoCancelPdu
  | OrphanedPdu;

/** Decodes one complete PDU, as the framer gives it. Tokens and stubs are views of `bytes`. Throws a DecodeError. */
export function decodePdu(bytes: Uint8Array): Pdu {
  const header = decodeHeader(bytes);
  const { type, flags, callId } = header;
  const end = bodyEnd(bytes, header);
  const common = { flags, callId, auth: decodeAuth(bytes, header, end) };
  const reader = new ByteReader(bytes.subarray(0, end), type, HEADER_SIZE);
  switch (type) {
    case "request":
      return { type, ...common, ...readRequestBody(reader, flags) };
    case "response":
      return { type, ...common, ...readResponseBody(reader) };
    case "fault":
      return { type, ...common, ...readFaultBody(reader) };
    case "bind":
    case "alter_context":
      return { type, ...common, ...padded(readBindBody(reader), reader, common.auth) };
    case "bind_ack":
    case "alter_context_resp":
      return { type, ...common, ...padded(readBindAckBody(reader), reader, common.auth) };
    case "bind_nak":
      return { type, ...common, ...readBindNakBody(reader) };
    case "auth3":
    case "shutdown":
    case "co_cancel":
    case "orphaned":
      return { type, ...common };
  }
}

/** Passes a body on when what is left behind it can hold the padding that its sec_trailer tells of. */
function padded<Body>(body: Body, reader: ByteReader, auth: AuthVerifier | null): Body {
  if (auth !== null && auth.padLength > reader.remaining)
    throw reader.fail("auth_pad_length", `is ${auth.padLength}, but ${reader.remaining} bytes are left of the body`);
  return body;
}
