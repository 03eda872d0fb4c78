import { ByteReader } from "../bytes/reader.js";
import { decodeUtf16 } from "../bytes/utf16.js";

/** Strings stand in blocks of so many. */
const BLOCK_STRINGS = 16;

/** The RT_STRING resource that holds the string with this id, and its place there. */
export function stringBlock(id: number): { readonly block: number; readonly place: number } {
  return { block: Math.floor(id / BLOCK_STRINGS) + 1, place: id % BLOCK_STRINGS };
}

/**
 * The strings of an RT_STRING resource, each counted in UTF-16 units; a string without any is none and null. Padding may
 * follow, and trailing strings may be missing.
 *
 * @throws {DecodeError} when a string is longer than what is left.
 */
export function readStringBlock(bytes: Uint8Array): (string | null)[] {
  const reader = new ByteReader(bytes, "RT_STRING");
  return Array.from({ length: BLOCK_STRINGS }, (_, place) => {
    if (reader.remaining < 2) return null;
    const units = reader.u16(`length of string ${place}`);
    return units === 0 ? null : decodeUtf16(reader.bytes(2 * units, `string ${place}`));
  });
}

/** Most messages of a table that are looked at. */
const MAX_MESSAGES = 100_000;

/** 0x80 to 0x9f in Windows-1252; Node's own decoder takes them for Latin-1 in some versions. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin1.replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252.charAt(char.charCodeAt(0) - 0x80));
}

/** How a message is written down, by its flags. */
const ENCODINGS: ReadonlyMap<number, (bytes: Uint8Array) => string> = new Map([
  [0, decodeWindows1252],
  [1, decodeUtf16],
  [2, (bytes) => new TextDecoder("utf-8").decode(bytes)],
]);

/** A message of a table, not decoded yet: many may share the same bytes. */
export interface Message {
  readonly flags: number;
  readonly bytes: Uint8Array;
}

/** The text of a message, without the line end and the NUL that close it; null when its encoding is not known. */
export function messageText({ flags, bytes }: Message): string | null {
  const text = ENCODINGS.get(flags)?.(bytes);
  return text === undefined ? null : text.replace(/\0+$/, "").replace(/\r?\n$/, "");
}

/**
 * The messages of an RT_MESSAGETABLE resource by id.
 *
 * @throws {DecodeError} when a block or a message lies outside, or there are more than 100,000.
 */
export function readMessageTable(bytes: Uint8Array): ReadonlyMap<number, Message> {
  const messages = new Map<number, Message>();
  const reader = new ByteReader(bytes, "RT_MESSAGETABLE");
  const blocks = reader.u32("number of blocks");
  let seen = 0;
  for (let i = 0; i < blocks; i++) {
    const low = reader.u32("first id of a block");
    const high = reader.u32("last id of a block");
    const block = new ByteReader(bytes, "RT_MESSAGETABLE", reader.u32("offset of a block"));
    for (let id = low; id <= high; id++) {
      if (++seen > MAX_MESSAGES) throw reader.fail("messages", `more than ${MAX_MESSAGES}`);
      messages.set(id, readMessage(block));
    }
  }
  return messages;
}

function readMessage(reader: ByteReader): Message {
  const start = reader.offset;
  const length = reader.u16("length of a message");
  const flags = reader.u16("flags of a message");
  if (length < 4) throw reader.fail("length of a message", `${length} is less than 4`, start);
  return { flags, bytes: reader.bytes(length - 4, "text of a message") };
}
