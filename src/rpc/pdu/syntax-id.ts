import { GUID_SIZE, guidFromBytes, guidToBytes, type Guid } from "../../bytes/guid.js";
import type { ByteReader } from "../../bytes/reader.js";
import type { ByteWriter } from "../../bytes/writer.js";

/** An interface or a transfer syntax with its version: p_syntax_id_t (C706 12.6.3.1). 20 bytes on the wire. */
export interface SyntaxId {
  readonly uuid: Guid;
  readonly major: number;
  readonly minor: number;
}

export function readSyntaxId(reader: ByteReader, field: string): SyntaxId {
  const uuid = guidFromBytes(reader.bytes(GUID_SIZE, `${field}.uuid`));
  return { uuid, major: reader.u16(`${field}.version`), minor: reader.u16(`${field}.version_minor`) };
}

export function writeSyntaxId(writer: ByteWriter, id: SyntaxId): void {
  writer.bytes(guidToBytes(id.uuid)).u16(id.major).u16(id.minor);
}

export function sameSyntax(a: SyntaxId, b: SyntaxId): boolean {
  return a.uuid === b.uuid && a.major === b.major && a.minor === b.minor;
}
