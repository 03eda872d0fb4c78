import { createCipheriv, createDecipheriv, createHmac, randomFillSync, timingSafeEqual } from "node:crypto";
import { IntegrityError } from "../../errors.js";
import { nFold } from "./n-fold.js";

/** Bytes of an AES block, and of the confounder that begins every plaintext. */
export const AES_BLOCK = 16;
/** Bytes of the truncated HMAC-SHA1 ([RFC 3962] 6). */
export const AES_MAC = 12;

const ZERO_IV = new Uint8Array(AES_BLOCK);

/** What a derived key is for: the last byte of the constant it is derived from ([RFC 3961] 5.3). */
const PURPOSES = { encryption: 0xaa, integrity: 0x55, checksum: 0x99 } as const;

/** DK(base key, usage | purpose): the key of one usage and purpose, as long as the base key ([RFC 3961] 5.1, 5.3). */
export function deriveAesKey(base: Uint8Array, usage: number, purpose: keyof typeof PURPOSES): Uint8Array {
  const constant = new Uint8Array(5);
  new DataView(constant.buffer).setUint32(0, usage);
  constant[4] = PURPOSES[purpose];
  const first = encryptBlock(base, nFold(constant, AES_BLOCK));
  return base.length === AES_BLOCK ? first : Buffer.concat([first, encryptBlock(base, first)]);
}

function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  return createCipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false).update(block);
}

function cbc(key: Uint8Array): string {
  return key.length === AES_BLOCK ? "aes-128-cbc" : "aes-256-cbc";
}

/**
 * AES in CBC mode with ciphertext stealing and a zero IV ([RFC 3962] 5): the ciphertext is as long as the plaintext, its
 * last two blocks swapped. At least one block.
 */
export function encryptCts(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const out = createCipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false).update(padToBlock(plain));
  swapLastBlocks(out);
  return out.subarray(0, plain.length);
}

/** The inverse of `encryptCts`. Throws an IntegrityError for less than one block. */
export function decryptCts(key: Uint8Array, cipher: Uint8Array): Uint8Array {
  if (cipher.length < AES_BLOCK) throw new IntegrityError(`an AES ciphertext of ${cipher.length} bytes is too short`);
  const padded = padToBlock(cipher);
  const missing = padded.length - cipher.length;
  if (missing > 0) restoreStolen(key, padded, missing);
  swapLastBlocks(padded);
  const plain = createDecipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false).update(padded);
  return plain.subarray(0, cipher.length);
}

/** Fills in the bytes that were stolen from the last block: they are the end of the block before it, decrypted alone. */
function restoreStolen(key: Uint8Array, padded: Uint8Array, missing: number): void {
  const last = padded.length - AES_BLOCK;
  const block = padded.subarray(last - AES_BLOCK, last);
  const alone = createDecipheriv(cbc(key), key, ZERO_IV).setAutoPadding(false).update(block);
  padded.set(alone.subarray(AES_BLOCK - missing), padded.length - missing);
}

/** A copy with zeros up to a whole block. */
function padToBlock(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(bytes.length / AES_BLOCK) * AES_BLOCK);
  padded.set(bytes);
  return padded;
}

function swapLastBlocks(bytes: Uint8Array): void {
  const last = bytes.length - AES_BLOCK;
  if (last < AES_BLOCK) return;
  const copy = new Uint8Array(bytes.subarray(last));
  bytes.copyWithin(last, last - AES_BLOCK, last);
  bytes.set(copy, last - AES_BLOCK);
}

/** HMAC-SHA1-96 over several stretches of bytes. */
export function aesMac(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac("sha1", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, AES_MAC);
}

/** Encrypts a Kerberos message with a random confounder and a checksum ([RFC 3961] 5.3, [RFC 3962] 6). */
export function encryptAes(key: Uint8Array, usage: number, plain: Uint8Array): Uint8Array {
  const confounded = new Uint8Array(AES_BLOCK + plain.length);
  randomFillSync(confounded, 0, AES_BLOCK);
  confounded.set(plain, AES_BLOCK);
  const cipher = encryptCts(deriveAesKey(key, usage, "encryption"), confounded);
  return Buffer.concat([cipher, aesMac(deriveAesKey(key, usage, "integrity"), [confounded])]);
}

/** Decrypts what `encryptAes` made. Throws an IntegrityError when the checksum does not verify. */
export function decryptAes(key: Uint8Array, usage: number, cipher: Uint8Array): Uint8Array {
  const end = Math.max(0, cipher.length - AES_MAC);
  const confounded = decryptCts(deriveAesKey(key, usage, "encryption"), cipher.subarray(0, end));
  const mac = aesMac(deriveAesKey(key, usage, "integrity"), [confounded]);
  if (!timingSafeEqual(mac, cipher.subarray(end)))
    throw new IntegrityError("the checksum of an AES-encrypted Kerberos message does not verify");
  return confounded.subarray(AES_BLOCK);
}
