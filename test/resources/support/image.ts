import { NtExecutable, NtExecutableResource } from "resedit";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";

/** A resource of an image that is made for a test. */
export interface MadeResource {
  readonly type: number;
  readonly id: number;
  readonly lang: number;
  readonly bytes: Uint8Array;
}

export const GERMAN = 0x407;
export const ENGLISH = 0x409;
export const FRENCH = 0x40c;

/** A portable executable with these resources, written by resedit, which shares no line with the reader. */
export function image(resources: readonly MadeResource[], bits: 32 | 64 = 64): Uint8Array {
  const executable = NtExecutable.createEmpty(bits === 32, true);
  const made = NtExecutableResource.from(executable);
  for (const { type, id, lang, bytes } of resources) {
    made.entries.push({ type, id, lang, codepage: 1200, bin: Uint8Array.from(bytes).buffer });
  }
  made.outputResource(executable);
  return new Uint8Array(executable.generate());
}

/** The RT_STRING resources for these strings. */
export function strings(lang: number, texts: Readonly<Record<number, string>>): MadeResource[] {
  const blocks = new Map<number, string[]>();
  for (const [id, text] of Object.entries(texts)) {
    const block = Math.floor(Number(id) / 16) + 1;
    const places = blocks.get(block) ?? Array.from({ length: 16 }, () => "");
    places[Number(id) % 16] = text;
    blocks.set(block, places);
  }
  return [...blocks].map(([id, places]) => ({ type: 6, id, lang, bytes: stringBlock(places) }));
}

/** The bytes of an RT_STRING resource. */
export function stringBlock(texts: readonly string[]): Uint8Array {
  return Buffer.concat(texts.flatMap((text) => [u16(text.length), encodeUtf16(text)]));
}

/** The bytes of an RT_MESSAGETABLE resource, each message a block of its own. */
export function messageTable(messages: readonly { id: number; flags: number; bytes: Uint8Array }[]): Uint8Array {
  const head = 4 + 12 * messages.length;
  const entries = messages.map(({ flags, bytes }) => Buffer.concat([u16(4 + bytes.length), u16(flags), bytes]));
  const blocks = messages.map(({ id }, i) => {
    const offset = head + entries.slice(0, i).reduce((sum, entry) => sum + entry.length, 0);
    return Buffer.concat([u32(id), u32(id), u32(offset)]);
  });
  return Buffer.concat([u32(messages.length), ...blocks, ...entries]);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Where the headers of an image lie: offsets in the file. */
export function layout(bytes: Uint8Array): { pe: number; rsrcHeader: number; rsrcRaw: number; rsrcAddress: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const pe = view.readUInt32LE(60);
  const sections = view.readUInt16LE(pe + 6);
  const table = pe + 24 + view.readUInt16LE(pe + 20);
  for (let at = table; at < table + 40 * sections; at += 40) {
    if (view.toString("latin1", at, at + 5) !== ".rsrc") continue;
    return { pe, rsrcHeader: at, rsrcRaw: view.readUInt32LE(at + 20), rsrcAddress: view.readUInt32LE(at + 12) };
  }
  throw new Error("the image has no section .rsrc");
}
