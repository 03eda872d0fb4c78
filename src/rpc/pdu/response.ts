import type { ByteReader } from "../../bytes/reader.js";
import type { ByteWriter } from "../../bytes/writer.js";
import type { PduCommon } from "./message.js";

/** Bytes from the start of a response to its stub. */
export const RESPONSE_STUB_OFFSET = 24;

/** What a response says before its stub (C706 12.6.4.10). */
export interface ResponseFields {
  /** Stub bytes that this and the following fragments hold, or 0 ([MS-RPCE] 2.2.2.6). Never an allocation size. */
  readonly allocHint: number;
  readonly contextId: number;
  readonly cancelCount: number;
}

/** A fragment of a response. */
export interface ResponsePdu extends PduCommon, ResponseFields {
  readonly type: "response";
  /** A view of stub and padding; sealed until the fragment is opened. */
  readonly stub: Uint8Array;
}

export function readResponseBody(reader: ByteReader): ResponseFields & { stub: Uint8Array } {
  const allocHint = reader.u32("alloc_hint");
  const contextId = reader.u16("p_cont_id");
  const cancelCount = reader.u8("cancel_count");
  reader.u8("reserved");
  return { allocHint, contextId, cancelCount, stub: reader.bytes(reader.remaining, "stub") };
}

export function writeResponseFields(writer: ByteWriter, fields: ResponseFields): void {
  writer.u32(fields.allocHint).u16(fields.contextId).u8(fields.cancelCount).u8(0);
}
