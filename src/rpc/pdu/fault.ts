import type { ByteReader } from "../../bytes/reader.js";
import type { ByteWriter } from "../../bytes/writer.js";
import type { PduCommon } from "./message.js";

/** Bytes from the start of a fault to where stub data would be; servers send none ([MS-RPCE] 2.2.2.8). */
export const FAULT_STUB_OFFSET = 32;

/** What a fault says (C706 12.6.4.7, [MS-RPCE] 2.2.2.8). */
export interface FaultFields {
  readonly allocHint: number;
  readonly contextId: number;
  readonly cancelCount: number;
  /** Unsigned 32 bits: a Win32 code, an nca_* status or an HRESULT. */
  readonly status: number;
}

export interface FaultPdu extends PduCommon, FaultFields {
  readonly type: "fault";
}

/** Extended error information and stub data behind the status are ignored ([MS-RPCE] 2.2.2.8). */
export function readFaultBody(reader: ByteReader): FaultFields {
  const allocHint = reader.u32("alloc_hint");
  const contextId = reader.u16("p_cont_id");
  const cancelCount = reader.u8("cancel_count");
  reader.u8("fault_flags");
  return { allocHint, contextId, cancelCount, status: reader.u32("status") };
}

export function writeFaultFields(writer: ByteWriter, fields: FaultFields): void {
  writer.u32(fields.allocHint).u16(fields.contextId).u8(fields.cancelCount).u8(0).u32(fields.status).u32(0);
}
