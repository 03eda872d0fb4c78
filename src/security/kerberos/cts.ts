import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from "node:crypto";
import { IntegrityError } from "../../errors.js";

/** Bytes of an AES block. */
export const AES_BLOCK = 16;

const ZERO_IV = new Uint8Array(AES_BLOCK);

/**
 * AES in CBC mode with ciphertext stealing and a zero IV ([RFC 3962] 5): the ciphertext is as long as the plaintext, its
 * last two blocks swapped.
 *
 * One running CBC cipher serves all messages, because making a cipher takes as long as sealing a whole fragment: what it
 * would add to a message's first block, the last block of the one before, is added once more and so cancelled.
 */
export class CtsEncryption {
  readonly #cipher: Cipher;
  #previous = ZERO_IV;

  /** `key`: 16 or 32 bytes. */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false);
  }

  /** One block at least; `plain` is left as it was. */
  encrypt(plain: Uint8Array): Uint8Array {
    const padded = padToBlock(plain);
    xorFirstBlock(padded, this.#previous);
    const out = this.#cipher.update(padded);
    xorFirstBlock(padded, this.#previous);
    this.#previous = lastBlock(out);
    swapLastBlocks(out);
    return out.subarray(0, plain.length);
  }
}

/** The inverse of CtsEncryption. */
export class CtsDecryption {
  readonly #key: Uint8Array;
  readonly #decipher: Decipher;
  #previous = ZERO_IV;

  constructor(key: Uint8Array) {
    this.#key = key;
    this.#decipher = createDecipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false);
  }

  /** Overwrites `cipher`, which it needs as room. Throws an IntegrityError for less than one block. */
  decrypt(cipher: Uint8Array): Uint8Array {
    if (cipher.length < AES_BLOCK) throw new IntegrityError(`an AES ciphertext of ${cipher.length} bytes is too short`);
    const padded = padToBlock(cipher);
    restoreStolen(this.#key, padded, padded.length - cipher.length);
    swapLastBlocks(padded);
    const plain = this.#decipher.update(padded);
    xorFirstBlock(plain, this.#previous);
    this.#previous = lastBlock(padded);
    return plain.subarray(0, cipher.length);
  }
}

function cbc(key: Uint8Array): string {
  return key.length === AES_BLOCK ? "aes-128-cbc" : "aes-256-cbc";
}

/** The bytes themselves if they are whole blocks, else a copy with zeros at the end. */
function padToBlock(bytes: Uint8Array): Uint8Array {
  if (bytes.length % AES_BLOCK === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(bytes.length / AES_BLOCK) * AES_BLOCK);
  padded.set(bytes);
  return padded;
}

/** Fills in the bytes that were stolen from the last block: the end of the block before it, decrypted alone. */
function restoreStolen(key: Uint8Array, padded: Uint8Array, missing: number): void {
  if (missing === 0) return;
  const last = padded.length - AES_BLOCK;
  const block = padded.subarray(last - AES_BLOCK, last);
  const alone = createDecipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false).update(block);
  padded.set(alone.subarray(AES_BLOCK - missing), padded.length - missing);
}

function lastBlock(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(bytes.length - AES_BLOCK));
}

function swapLastBlocks(bytes: Uint8Array): void {
  const last = bytes.length - AES_BLOCK;
  if (last < AES_BLOCK) return;
  const copy = lastBlock(bytes);
  bytes.copyWithin(last, last - AES_BLOCK, last);
  bytes.set(copy, last - AES_BLOCK);
}

function xorFirstBlock(bytes: Uint8Array, block: Uint8Array): void {
  for (let i = 0; i < AES_BLOCK; i++) bytes[i] = (bytes[i] ?? 0) ^ (block[i] ?? 0);
}
