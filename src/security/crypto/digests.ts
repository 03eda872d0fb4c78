import { timingSafeEqual } from "node:crypto";
import { Compiled } from "./compiled.js";
import type { Rc4 } from "./rc4.js";

const BLOCK = 64;
/** How far one of the two must be ahead of the other, so that they never meet. */
const LEAD = 2 * BLOCK;

/** Bytes that are sealed or unsealed in place as they are digested. What is digested is the clear text. */
export interface Ciphered {
  readonly bytes: Uint8Array;
  readonly rc4: Rc4;
  readonly way: "seal" | "unseal";
}

/** MD5 of the parts one after another, 16 bytes. */
export function md5(...parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
  Compiled.get().run.md5Begin();
  return finished(0, parts);
}

/** The MD5 that has begun with so many bytes, and goes on with the parts. */
function finished(begun: number, parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
  const { run, digest } = Compiled.get();
  // Bytes that wait at the start of the memory for their block to become whole.
  let have = 0;
  let total = begun;
  for (const part of parts) {
    have = "way" in part ? part.rc4.whileLoaded(() => takeCiphered(part, have)) : takePlain(part, have);
    total += "way" in part ? part.bytes.length : part.length;
  }
  run.md5End(0, have, total);
  return digest.slice();
}

function takePlain(bytes: Uint8Array, had: number): number {
  const { run, data, capacity } = Compiled.get();
  let have = had;
  for (let offset = 0; offset < bytes.length;) {
    // Most parts are small: no view for those that fit (a fragment of Kerberos RC4 has ten of them, −6 %).
    const fits = offset === 0 && have + bytes.length <= capacity;
    const piece = fits ? bytes : bytes.subarray(offset, offset + capacity - have);
    data.set(piece, have);
    offset += piece.length;
    const end = have + piece.length;
    have = end % BLOCK;
    if (end < BLOCK) continue;
    run.md5Update(0, end - have);
    if (have > 0) data.copyWithin(0, end - have, end);
  }
  return have;
}

function takeCiphered({ bytes, way }: Ciphered, had: number): number {
  const { capacity } = Compiled.get();
  let have = had;
  for (let offset = 0; offset < bytes.length;) {
    const piece = bytes.subarray(offset, offset + capacity - have);
    offset += piece.length;
    have = way === "seal" ? seal(piece, have) : unseal(piece, have);
  }
  return have;
}

/** The digest goes ahead, the cipher follows it. */
function seal(piece: Uint8Array, have: number): number {
  const { run, data } = Compiled.get();
  data.set(piece, have);
  const end = have + piece.length;
  const whole = end - (end % BLOCK);
  const lead = Math.min(LEAD, whole);
  run.md5Update(0, lead);
  run.md5AndRc4(lead, have, whole - lead);
  const waiting = data.slice(whole, end);
  const ciphered = have + whole - lead;
  run.rc4Apply(ciphered, end - ciphered);
  piece.set(data.subarray(have, end));
  data.set(waiting);
  return waiting.length;
}

/** The cipher goes ahead, the digest follows it. */
function unseal(piece: Uint8Array, have: number): number {
  const { run, data } = Compiled.get();
  data.set(piece, have);
  const end = have + piece.length;
  const whole = end - (end % BLOCK);
  const lead = Math.min(LEAD, piece.length);
  const both = piece.length - lead - ((piece.length - lead) % BLOCK);
  run.rc4Apply(have, lead);
  run.md5AndRc4(0, have + lead, both);
  const ciphered = have + lead + both;
  run.rc4Apply(ciphered, end - ciphered);
  run.md5Update(both, whole - both);
  piece.set(data.subarray(have, end));
  data.copyWithin(0, whole, end);
  return end - whole;
}

/** HMAC-MD5 ([RFC 2104]) with one key, for many messages: what is digested of the key, each time the same, is kept. */
export class HmacMd5 {
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;

  constructor(key: Uint8Array) {
    const short = key.length > BLOCK ? md5(key) : key;
    this.#inner = begunWith(padded(short, 0x36));
    this.#outer = begunWith(padded(short, 0x5c));
  }

  /** The HMAC of the parts one after another, 16 bytes. */
  of(...parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
    return resumed(this.#outer, [resumed(this.#inner, parts)]);
  }
}

/** What MD5 makes of one block, to go on from. */
function begunWith(block: Uint8Array): Uint8Array {
  const { run, data, digest } = Compiled.get();
  run.md5Begin();
  data.set(block);
  run.md5Update(0, BLOCK);
  run.md5Take();
  return digest.slice();
}

function resumed(begun: Uint8Array, parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
  const { run, digest } = Compiled.get();
  digest.set(begun);
  run.md5Resume();
  return finished(BLOCK, parts);
}

/** HMAC-MD5 of the parts one after another, 16 bytes, with a key that is used once. */
export function hmacMd5(key: Uint8Array, ...parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
  return new HmacMd5(key).of(...parts);
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(BLOCK).fill(pad);
  for (let i = 0; i < key.length; i++) block[i] = (key[i] as number) ^ pad;
  return block;
}

/** Whether both are the same bytes, in a time that does not tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
