import { GUID_SIZE, guidFromBytes, guidToBytes, type Guid } from "../../bytes/guid.js";
import type { ByteReader } from "../../bytes/reader.js";
import type { ByteWriter } from "../../bytes/writer.js";
import type { PduCommon } from "./message.js";
import { PFC } from "./types.js";

/** What a request says before its stub (C706 12.6.4.9). */
export interface RequestFields {
  /** Stub bytes that this and the following fragments hold, or 0 ([MS-RPCE] 2.2.2.6). Never an allocation size. */
  readonly allocHint: number;
  /** The presentation context of the call. */
  readonly contextId: number;
  readonly opnum: number;
  /** The object UUID, for PDUs that carry one. */
  readonly object: Guid | null;
}

/** A fragment of a request. */
export interface RequestPdu extends PduCommon, RequestFields {
  readonly type: "request";
  /** A view of stub, verification trailer and padding; sealed until the fragment is opened. */
  readonly stub: Uint8Array;
}

export function readRequestBody(reader: ByteReader, flags: number): RequestFields & { stub: Uint8Array } {
  const allocHint = reader.u32("alloc_hint");
  const contextId = reader.u16("p_cont_id");
  const opnum = reader.u16("opnum");
  const hasObject = (flags & PFC.OBJECT_UUID) !== 0;
  const object = hasObject ? guidFromBytes(reader.bytes(GUID_SIZE, "object")) : null;
  return { allocHint, contextId, opnum, object, stub: reader.bytes(reader.remaining, "stub") };
}

/** Bytes from the start of a request to its stub. */
export function requestStubOffset(object: Guid | null): number {
  return object === null ? 24 : 24 + GUID_SIZE;
}

export function writeRequestFields(writer: ByteWriter, fields: RequestFields): void {
  writer.u32(fields.allocHint).u16(fields.contextId).u16(fields.opnum);
  if (fields.object !== null) writer.bytes(guidToBytes(fields.object));
}
