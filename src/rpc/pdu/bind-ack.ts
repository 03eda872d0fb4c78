import type { ByteReader } from "../../bytes/reader.js";
import { buildPdu, type PduCommon } from "./message.js";
import { readSyntaxId, writeSyntaxId, type SyntaxId } from "./syntax-id.js";

/** `p_cont_def_result_t` (C706 12.6.3.1, [MS-RPCE] 2.2.2.4). */
export const CONTEXT_RESULTS = {
  acceptance: 0,
  userRejection: 1,
  providerRejection: 2,
  /** The answer to bind-time feature negotiation; `reason` holds the granted bits. */
  negotiateAck: 3,
} as const;

/** `p_provider_reason_t` (C706 12.6.3.1). */
export const CONTEXT_REASONS = {
  notSpecified: 0,
  abstractSyntaxNotSupported: 1,
  proposedTransferSyntaxesNotSupported: 2,
  localLimitExceeded: 3,
} as const;

/** The server's word on one presentation context: p_result_t (C706 12.6.3.1). */
export interface ContextResult {
  readonly result: number;
  readonly reason: number;
  readonly transferSyntax: SyntaxId;
}

/** What bind_ack and alter_context_resp carry (C706 12.6.4.4, 12.6.4.2). */
export interface BindAckBody {
  /** The largest fragment that the server will send, in bytes. */
  readonly maxXmit: number;
  /** The largest fragment that the server can receive, in bytes. */
  readonly maxRecv: number;
  readonly assocGroup: number;
  /** The secondary address, without its NUL; empty in alter_context_resp. */
  readonly secondaryAddress: string;
  /** One for each context proposed, in that order. */
  readonly results: readonly ContextResult[];
}

export interface BindAckPdu extends PduCommon, BindAckBody {
  readonly type: "bind_ack";
}

export interface AlterContextRespPdu extends PduCommon, BindAckBody {
  readonly type: "alter_context_resp";
}

export function readBindAckBody(reader: ByteReader): BindAckBody {
  const maxXmit = reader.u16("max_xmit_frag");
  const maxRecv = reader.u16("max_recv_frag");
  const assocGroup = reader.u32("assoc_group_id");
  const address = reader.bytes(reader.u16("sec_addr.length"), "sec_addr.port_spec");
  reader.align(4, "p_result_list");
  const count = reader.u8("n_results");
  reader.bytes(3, "reserved");
  const results: ContextResult[] = [];
  for (let i = 0; i < count; i++) {
    const result = reader.u16(`p_results[${i}].result`);
    const reason = reader.u16(`p_results[${i}].reason`);
    results.push({ result, reason, transferSyntax: readSyntaxId(reader, `p_results[${i}].transfer_syntax`) });
  }
  const secondaryAddress = Buffer.from(address).toString("latin1").replace(/\0.*$/s, "");
  return { maxXmit, maxRecv, assocGroup, secondaryAddress, results };
}

/** The bytes of a bind_ack or an alter_context_resp. An empty secondary address has length 0. */
export function encodeBindAck(pdu: BindAckPdu | AlterContextRespPdu): Uint8Array {
  return buildPdu(pdu.type, pdu, (writer) => {
    const address = pdu.secondaryAddress === "" ? "" : `${pdu.secondaryAddress}\0`;
    writer.u16(pdu.maxXmit).u16(pdu.maxRecv).u32(pdu.assocGroup);
    writer.u16(address.length).bytes(Buffer.from(address, "latin1")).align(4);
    writer.u8(pdu.results.length).zeros(3);
    for (const { result, reason, transferSyntax } of pdu.results) {
      writer.u16(result).u16(reason);
      writeSyntaxId(writer, transferSyntax);
    }
  });
}
