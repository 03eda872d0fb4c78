import { ByteReader } from "../../bytes/reader.js";
import { decodeUtf16 } from "../../bytes/utf16.js";
import { ByteWriter } from "../../bytes/writer.js";

/** Identifiers of attribute/value pairs ([MS-NLMP] 2.2.2.1). */
export const AV_IDS = {
  eol: 0,
  nbComputerName: 1,
  nbDomainName: 2,
  dnsComputerName: 3,
  dnsDomainName: 4,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBindings: 10,
} as const;

/** The bit of MsvAvFlags that announces a MIC in the AUTHENTICATE message. */
export const AV_FLAG_MIC = 0x00000002;

export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/** The lengths that [MS-NLMP] 2.2.2.1 fixes for values that are not text. */
const FIXED_LENGTHS = new Map<number, number>([
  [AV_IDS.flags, 4],
  [AV_IDS.timestamp, 8],
  [AV_IDS.channelBindings, 16],
]);

/**
 * The pairs up to MsvAvEOL, which is not among them; what follows it is not read. The values are views. Throws a
 * DecodeError when the list is cut short, an identifier that we understand comes twice, or a value has the wrong length.
 */
export function decodeAvPairs(bytes: Uint8Array, what: string): AvPair[] {
  const reader = new ByteReader(bytes, what);
  const pairs: AvPair[] = [];
  for (;;) {
    const start = reader.offset;
    const id = reader.u16("AvId");
    const length = reader.u16("AvLen");
    if (id === AV_IDS.eol) {
      if (length !== 0) throw reader.fail("AvLen", `is ${length} for MsvAvEOL, must be 0`, start + 2);
      return pairs;
    }
    const fixed = FIXED_LENGTHS.get(id);
    if (fixed !== undefined && length !== fixed)
      throw reader.fail("AvLen", `is ${length} for AvId ${id}, must be ${fixed}`, start + 2);
    if (fixed !== undefined && findAvPair(pairs, id) !== null) throw reader.fail("AvId", `${id} comes twice`, start);
    pairs.push({ id, value: reader.bytes(length, `Value of AvId ${id}`) });
  }
}

/** The pairs followed by MsvAvEOL. */
export function encodeAvPairs(pairs: readonly AvPair[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { id, value } of pairs) writer.u16(id).u16(value.length).bytes(value);
  return writer.zeros(4).finish();
}

/** The value of the first pair with this identifier; null when there is none. */
export function findAvPair(pairs: readonly AvPair[], id: number): Uint8Array | null {
  return pairs.find((pair) => pair.id === id)?.value ?? null;
}

/** MsvAvFlags, 0 when absent. */
export function avFlags(pairs: readonly AvPair[]): number {
  const value = findAvPair(pairs, AV_IDS.flags);
  return value === null ? 0 : new ByteReader(value, "MsvAvFlags").u32("Value");
}

/** MsvAvTimestamp as a FILETIME (100 ns since 1601); null when absent. */
export function avTimestamp(pairs: readonly AvPair[]): bigint | null {
  const value = findAvPair(pairs, AV_IDS.timestamp);
  return value === null ? null : new ByteReader(value, "MsvAvTimestamp").u64("Value");
}

/** The text of a pair; null when absent. */
export function avText(pairs: readonly AvPair[], id: number): string | null {
  const value = findAvPair(pairs, id);
  return value === null ? null : decodeUtf16(value);
}
