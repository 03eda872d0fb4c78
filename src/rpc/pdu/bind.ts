import type { ByteReader } from "../../bytes/reader.js";
import { buildPdu, type PduCommon } from "./message.js";
import { readSyntaxId, writeSyntaxId, type SyntaxId } from "./syntax-id.js";

/** One presentation context that a client proposes: p_cont_elem_t (C706 12.6.3.1). */
export interface PresentationContext {
  readonly id: number;
  readonly abstractSyntax: SyntaxId;
  readonly transferSyntaxes: readonly SyntaxId[];
}

/** What bind and alter_context carry (C706 12.6.4.3, 12.6.4.1). */
export interface BindBody {
  /** The largest fragment that the client will send, in bytes. */
  readonly maxXmit: number;
  /** The largest fragment that the client can receive, in bytes. */
  readonly maxRecv: number;
  /** The association group to join; 0 for a new one. */
  readonly assocGroup: number;
  readonly contexts: readonly PresentationContext[];
}

export interface BindPdu extends PduCommon, BindBody {
  readonly type: "bind";
}

export interface AlterContextPdu extends PduCommon, BindBody {
  readonly type: "alter_context";
}

export function readBindBody(reader: ByteReader): BindBody {
  const maxXmit = reader.u16("max_xmit_frag");
  const maxRecv = reader.u16("max_recv_frag");
  const assocGroup = reader.u32("assoc_group_id");
  const count = reader.u8("n_context_elem");
  reader.bytes(3, "reserved");
  const contexts: PresentationContext[] = [];
  for (let i = 0; i < count; i++) contexts.push(readContext(reader, `p_cont_elem[${i}]`));
  return { maxXmit, maxRecv, assocGroup, contexts };
}

function readContext(reader: ByteReader, field: string): PresentationContext {
  const id = reader.u16(`${field}.p_cont_id`);
  const count = reader.u8(`${field}.n_transfer_syn`);
  reader.u8(`${field}.reserved`);
  const abstractSyntax = readSyntaxId(reader, `${field}.abstract_syntax`);
  const transferSyntaxes: SyntaxId[] = [];
  for (let i = 0; i < count; i++) transferSyntaxes.push(readSyntaxId(reader, `${field}.transfer_syntaxes[${i}]`));
  return { id, abstractSyntax, transferSyntaxes };
}

/** The bytes of a bind or an alter_context. */
export function encodeBind(pdu: BindPdu | AlterContextPdu): Uint8Array {
  return buildPdu(pdu.type, pdu, (writer) => {
    writer.u16(pdu.maxXmit).u16(pdu.maxRecv).u32(pdu.assocGroup).u8(pdu.contexts.length).zeros(3);
    for (const context of pdu.contexts) {
      writer.u16(context.id).u8(context.transferSyntaxes.length).u8(0);
      writeSyntaxId(writer, context.abstractSyntax);
      for (const syntax of context.transferSyntaxes) writeSyntaxId(writer, syntax);
    }
  });
}
