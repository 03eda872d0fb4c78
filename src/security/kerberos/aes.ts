import { createHmac, randomFillSync, timingSafeEqual } from "node:crypto";
import { IntegrityError } from "../../errors.js";
import { AES_BLOCK, CtsDecryption, CtsEncryption } from "./cts.js";
import { nFold } from "./n-fold.js";

/** Bytes of the truncated HMAC-SHA1 ([RFC 3962] 6). */
export const AES_MAC = 12;

/** What a derived key is for: the last byte of the constant it is derived from ([RFC 3961] 5.3). */
const PURPOSES = { encryption: 0xaa, integrity: 0x55, checksum: 0x99 } as const;

/** DK(base key, usage | purpose): the key of one usage and purpose, as long as the base key ([RFC 3961] 5.1, 5.3). */
export function deriveAesKey(base: Uint8Array, usage: number, purpose: keyof typeof PURPOSES): Uint8Array {
  const constant = new Uint8Array(5);
  new DataView(constant.buffer).setUint32(0, usage);
  constant[4] = PURPOSES[purpose];
  // One block with a zero IV is the block cipher itself, which the derivation iterates.
  const first = new CtsEncryption(base).encrypt(nFold(constant, AES_BLOCK));
  if (base.length === AES_BLOCK) return first;
  return Buffer.concat([first, new CtsEncryption(base).encrypt(first)]);
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
  const cipher = new CtsEncryption(deriveAesKey(key, usage, "encryption")).encrypt(confounded);
  return Buffer.concat([cipher, aesMac(deriveAesKey(key, usage, "integrity"), [confounded])]);
}

/** Decrypts what `encryptAes` made. Throws an IntegrityError when the checksum does not verify. */
export function decryptAes(key: Uint8Array, usage: number, cipher: Uint8Array): Uint8Array {
  const end = Math.max(0, cipher.length - AES_MAC);
  const copy = new Uint8Array(cipher.subarray(0, end));
  const confounded = new CtsDecryption(deriveAesKey(key, usage, "encryption")).decrypt(copy);
  const mac = aesMac(deriveAesKey(key, usage, "integrity"), [confounded]);
  if (!timingSafeEqual(mac, cipher.subarray(end)))
    throw new IntegrityError("the checksum of an AES-encrypted Kerberos message does not verify");
  return confounded.subarray(AES_BLOCK);
}
