import { DecodeError, IntegrityError } from "../../../src/errors.js";
import { decodeCredentialCache } from "../../../src/security/kerberos/ccache.js";
import { decryptMessage, ENCTYPES } from "../../../src/security/kerberos/encryption.js";
import {
  clearConfidentiality,
  decodeApReply,
  decodeApReplyPart,
  decodeApRequest,
  decodeAuthenticator,
  decodeKrbError,
} from "../../../src/security/kerberos/messages.js";
import { corpus } from "../engine/corpus.js";
import { orRefuse, type FuzzTarget } from "../engine/target.js";

/** The messages of the AP exchange, encrypted and decrypted, and KRB-ERROR. */
export const kerberos: FuzzTarget = {
  name: "kerberos",
  seeds: corpus("kerberos"),
  run(input) {
    orRefuse(() => decodeApRequest(input), DecodeError);
    const reply = orRefuse(() => decodeApReply(input), DecodeError);
    if (reply !== null) decrypt(reply.cipher);
    orRefuse(() => decodeKrbError(input), DecodeError);
    orRefuse(() => decodeApReplyPart(input), DecodeError);
    const authenticator = orRefuse(() => decodeAuthenticator(input), DecodeError);
    if (authenticator !== null) clearConfidentiality(authenticator.checksum);
  },
};

function decrypt(cipher: Uint8Array): void {
  const keys = [
    { enctype: ENCTYPES.aes256, value: new Uint8Array(32) },
    { enctype: ENCTYPES.rc4, value: new Uint8Array(16) },
  ];
  for (const key of keys) orRefuse(() => decryptMessage(key, 12, cipher), IntegrityError, DecodeError);
}

/** The start of a cache whose default principal has as many components as its count says, all of them empty. */
function cacheOfNames(count: number): Uint8Array {
  const bytes = Buffer.alloc(16 + 4 * count);
  bytes.writeUInt16BE(0x0504);
  bytes.writeUInt32BE(count, 8);
  return new Uint8Array(bytes);
}

/** FILE credential caches: files of the user's, but of other programs. */
export const ccache: FuzzTarget = {
  name: "ccache",
  seeds: corpus("ccache"),
  large: [cacheOfNames(256 * 1024)],
  run(input) {
    orRefuse(() => decodeCredentialCache(input), DecodeError);
  },
};
