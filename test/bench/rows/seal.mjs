// Sealing and signing a fragment, or 1 MiB at once; beside node:crypto on the same bytes: HMAC-MD5 for the mechanisms with
// RC4, which OpenSSL 3 keeps from us, and CBC with HMAC-SHA1 for those with AES.
import { createCipheriv, createHmac } from "node:crypto";
import { ENCTYPES } from "../../../dist/security/kerberos/encryption.js";
import { createTokens, KerberosProtection } from "../../../dist/security/kerberos/protection.js";
import { SUPPORTED_FLAGS } from "../../../dist/security/ntlm/flags.js";
import { NtlmSession } from "../../../dist/security/ntlm/session.js";
import { figure } from "../support/figures.mjs";
import { inTurns } from "../support/turns.mjs";

const SIZES = { fragment: 5840, "1MiB": 2 ** 20 };
const HEAD = 24;
const SEC_TRAILER = 8;
const PRIVACY = { level: "privacy", headerSigning: true };
const KEYS = { aes256: 32, aes128: 16, rc4: 16 };

export const tasks = {
  seal(kind, size) {
    const protection = kind === "ntlm" ? ntlm() : kerberos(kind);
    const bytes = new Uint8Array(Number(size) - protection.tokenLength(0));
    const fragment = { bytes, bodyStart: HEAD, bodyEnd: bytes.length - SEC_TRAILER };
    return () => protection.wrap(fragment);
  },
  hmac(size) {
    const [key, data] = [new Uint8Array(16), new Uint8Array(Number(size))];
    return () => createHmac("md5", key).update(data).digest();
  },
  cbcAndHmac(keyLength, size) {
    const [key, data] = [new Uint8Array(Number(keyLength)), new Uint8Array(16 * Math.ceil(size / 16))];
    const cipher = createCipheriv(`aes-${8 * key.length}-cbc`, key, new Uint8Array(16)).setAutoPadding(false);
    return () => [cipher.update(data), createHmac("sha1", key).update(data).digest()];
  },
};

function ntlm() {
  return new NtlmSession(SUPPORTED_FLAGS, new Uint8Array(16), "client").protect(PRIVACY);
}

function kerberos(kind) {
  const key = { enctype: ENCTYPES[kind], value: new Uint8Array(KEYS[kind]) };
  const [sender, receiver] = [
    { isAcceptor: false, sequence: 0 },
    { isAcceptor: true, sequence: 0 },
  ];
  return new KerberosProtection(createTokens({ key, isAcceptorSubkey: true }, sender, receiver), PRIVACY);
}

export async function* rows(wanted) {
  for (const kind of ["ntlm", "aes256", "aes128", "rc4"]) {
    for (const [label, size] of Object.entries(SIZES)) {
      if (!wanted(`seal.${kind}.${label}`)) continue;
      const reference = kind.startsWith("aes") ? ["cbcAndHmac", KEYS[kind], size] : ["hmac", size];
      const { micros, referenceMicros } = await inTurns("seal.mjs", ["seal", kind, size], reference);
      yield figure(`seal.${kind}.${label}`, "MB/s", size / micros, size / referenceMicros);
    }
  }
}
