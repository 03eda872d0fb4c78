import { randomFillSync, timingSafeEqual } from "node:crypto";
import { IntegrityError } from "../../errors.js";
import { hmacMd5 } from "../crypto/digests.js";
import { Rc4 } from "../crypto/rc4.js";

const MAC = 16;
const CONFOUNDER = 8;

/** An unsigned 32-bit number in little-endian bytes, as RFC 4757 feeds usages into its hashes. */
export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

/**
 * Encrypts a Kerberos message with rc4-hmac ([RFC 4757] 5): checksum, then confounder and message under a key that
 * depends on the checksum. `usage` as in RFC 4757 section 3, which for AP exchanges is the number of RFC 4120.
 */
export function encryptRc4(key: Uint8Array, usage: number, plain: Uint8Array): Uint8Array {
  const usageKey = hmacMd5(key, uint32(usage));
  const out = new Uint8Array(MAC + CONFOUNDER + plain.length);
  randomFillSync(out, MAC, CONFOUNDER);
  out.set(plain, MAC + CONFOUNDER);
  const sealed = out.subarray(MAC);
  const checksum = hmacMd5(usageKey, sealed);
  out.set(checksum);
  new Rc4(hmacMd5(usageKey, checksum)).apply(sealed);
  return out;
}

/** Decrypts what `encryptRc4` made. Throws an IntegrityError when the checksum does not verify. */
export function decryptRc4(key: Uint8Array, usage: number, cipher: Uint8Array): Uint8Array {
  if (cipher.length < MAC + CONFOUNDER)
    throw new IntegrityError(`an rc4-hmac ciphertext of ${cipher.length} bytes is too short`);
  const usageKey = hmacMd5(key, uint32(usage));
  const checksum = cipher.subarray(0, MAC);
  const plain = new Uint8Array(cipher.subarray(MAC));
  new Rc4(hmacMd5(usageKey, checksum)).apply(plain);
  if (!timingSafeEqual(hmacMd5(usageKey, plain), checksum))
    throw new IntegrityError("the checksum of an rc4-hmac-encrypted Kerberos message does not verify");
  return plain.subarray(CONFOUNDER);
}
