import { ByteReader } from "../bytes/reader.js";
import { DecodeError } from "../errors.js";
import type { ByteSource } from "./byte-source.js";

/** A section of an image: where it would stand in memory, and where its bytes are in the file. */
interface Section {
  readonly address: number;
  readonly size: number;
  readonly offset: number;
}

/** What of a portable executable is read: the place of its resources, and bytes by their address. */
export interface PeImage {
  /** The relative virtual address of the resource directory; null when the file has no resources. */
  readonly resources: number | null;
  /** Bytes by their relative virtual address. Throws a DecodeError where the file has none. */
  read(address: number, length: number, field: string): Uint8Array;
}

const DOS_HEADER_BYTES = 64;
const COFF_HEADER_BYTES = 24;
const SECTION_BYTES = 40;
/** Where the data directories begin in the optional header, by its magic: PE32 and PE32+. */
const DIRECTORIES_AT: ReadonlyMap<number, number> = new Map([
  [0x10b, 96],
  [0x20b, 112],
]);
const RESOURCE_DIRECTORY = 2;

/**
 * Reads the headers of a portable executable, of any machine. Nothing in it is trusted, and nothing of it is executed.
 * Throws a DecodeError when it is none.
 */
export function openPeImage(source: ByteSource): PeImage {
  const dos = new ByteReader(source.read(0, DOS_HEADER_BYTES, "DOS header"), "DOS header");
  if (dos.u16("e_magic") !== 0x5a4d) throw dos.fail("e_magic", "is not MZ", 0);
  const at = new ByteReader(dos.buffer, "DOS header", 60).u32("e_lfanew");
  const coff = new ByteReader(source.read(at, COFF_HEADER_BYTES, "PE header"), "PE header");
  if (coff.u32("signature") !== 0x4550) throw coff.fail("signature", "is not PE", 0);
  coff.bytes(2, "machine");
  const sectionCount = coff.u16("number of sections");
  coff.bytes(12, "time and symbols");
  const optionalSize = coff.u16("size of the optional header");
  const optionalAt = at + COFF_HEADER_BYTES;
  const resources = resourceAddress(source.read(optionalAt, optionalSize, "optional header"));
  const table = source.read(optionalAt + optionalSize, sectionCount * SECTION_BYTES, "section table");
  const sections = Array.from({ length: sectionCount }, (_, i) => readSection(table, i));
  return { resources, read: (address, length, field) => readAt(source, sections, address, length, field) };
}

function resourceAddress(header: Uint8Array): number | null {
  const reader = new ByteReader(header, "optional header");
  const directoriesAt = DIRECTORIES_AT.get(reader.u16("magic"));
  if (directoriesAt === undefined) throw reader.fail("magic", "is neither PE32 nor PE32+", 0);
  reader.offset = directoriesAt - 4;
  if (reader.u32("number of data directories") <= RESOURCE_DIRECTORY) return null;
  reader.offset = directoriesAt + 8 * RESOURCE_DIRECTORY;
  const address = reader.u32("resource directory");
  return address === 0 ? null : address;
}

function readSection(table: Uint8Array, index: number): Section {
  const reader = new ByteReader(table, "section table", index * SECTION_BYTES + 12);
  return { address: reader.u32("address"), size: reader.u32("size"), offset: reader.u32("offset") };
}

function readAt(
  source: ByteSource,
  sections: readonly Section[],
  address: number,
  length: number,
  field: string,
): Uint8Array {
  const section = sections.find((one) => address >= one.address && address + length <= one.address + one.size);
  if (section === undefined) throw new DecodeError(field, address, `${length} bytes there are in no section`);
  return source.read(section.offset + address - section.address, length, field);
}
