import { decryptAes, encryptAes } from "./aes.js";
import { KerberosError } from "./failures.js";
import { decryptRc4, encryptRc4 } from "./rc4-hmac.js";

/** Encryption types that Windows print servers use ([RFC 3962] 7, [RFC 4757] 5). */
export const ENCTYPES = { aes128: 17, aes256: 18, rc4: 23 } as const;

/** A key of the protocol: a session key or subkey. */
export interface EncryptionKey {
  /** The number of the encryption type ([RFC 3961] 8). */
  readonly enctype: number;
  readonly value: Uint8Array;
}

/** Key usage numbers of the AP exchange ([RFC 4120] 7.5.1). */
export const KEY_USAGES = { authenticator: 11, apRepPart: 12 } as const;

const KEY_SIZES = new Map<number, number>([
  [ENCTYPES.aes128, 16],
  [ENCTYPES.aes256, 32],
  [ENCTYPES.rc4, 16],
]);

/** Encrypts a message with a random confounder under one key usage. */
export function encryptMessage(key: EncryptionKey, usage: number, plain: Uint8Array): Uint8Array {
  return isRc4(key) ? encryptRc4(key.value, usage, plain) : encryptAes(key.value, usage, plain);
}

/** Decrypts a message. Throws an IntegrityError when its checksum does not verify under this key and usage. */
export function decryptMessage(key: EncryptionKey, usage: number, cipher: Uint8Array): Uint8Array {
  return isRc4(key) ? decryptRc4(key.value, usage, cipher) : decryptAes(key.value, usage, cipher);
}

/** Whether the key is of rc4-hmac, and else of AES. Throws a KerberosError for any other key. */
export function isRc4(key: EncryptionKey): boolean {
  if (KEY_SIZES.get(key.enctype) !== key.value.length)
    throw new KerberosError(
      "refused",
      `a Kerberos key of encryption type ${key.enctype} with ${key.value.length} bytes cannot be used`,
      {
        hint: "panwatch knows aes256-cts-hmac-sha1-96, aes128-cts-hmac-sha1-96 and rc4-hmac: see permitted_enctypes in krb5.conf",
      },
    );
  return key.enctype === ENCTYPES.rc4;
}
