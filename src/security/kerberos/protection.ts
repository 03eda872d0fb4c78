import type { Fragment, MessageProtection, ProtectionOptions } from "../context.js";
import { isRc4, type EncryptionKey } from "./encryption.js";
import type { MessageTokens, Side } from "./message-tokens.js";
import { Rfc4121Tokens } from "./rfc4121.js";
import { Rfc4757Tokens } from "./rfc4757.js";

/** What protects messages once the exchange is over. */
export interface MessageKey {
  readonly key: EncryptionKey;
  /** Whether it is the subkey of the AP-REP, which the tokens of RFC 4121 tell. */
  readonly isAcceptorSubkey: boolean;
}

/** The tokens of a context: the encryption type of the key decides their format. */
export function createTokens({ key, isAcceptorSubkey }: MessageKey, sender: Side, receiver: Side): MessageTokens {
  return isRc4(key)
    ? new Rfc4757Tokens(key.value, sender, receiver)
    : new Rfc4121Tokens(key.value, isAcceptorSubkey, sender, receiver);
}

const NOTHING = new Uint8Array(0);

/**
 * Cuts fragments for the tokens of Kerberos. Privacy seals the body, the other levels sign it; header signing adds
 * header and sec_trailer to what is signed. Packet level is served as integrity, as everywhere over TCP.
 */
export class KerberosProtection implements MessageProtection {
  readonly #tokens: MessageTokens;
  readonly #seals: boolean;
  readonly #headerSigning: boolean;

  constructor(tokens: MessageTokens, options: ProtectionOptions) {
    this.#tokens = tokens;
    this.#seals = options.level === "privacy";
    this.#headerSigning = options.headerSigning;
  }

  tokenLength(): number {
    return this.#seals ? this.#tokens.sealLength : this.#tokens.micLength;
  }

  wrap(fragment: Fragment): Uint8Array {
    const [before, body, after] = this.#cut(fragment);
    return this.#seals ? this.#tokens.seal(before, body, after) : this.#tokens.getMic([before, body, after]);
  }

  unwrap(fragment: Fragment, token: Uint8Array): void {
    const [before, body, after] = this.#cut(fragment);
    if (this.#seals) this.#tokens.unseal(before, body, after, token);
    else this.#tokens.verifyMic([before, body, after], token);
  }

  /** What is only signed, what is sealed, and again what is only signed. */
  #cut({ bytes, bodyStart, bodyEnd }: Fragment): [Uint8Array, Uint8Array, Uint8Array] {
    const body = bytes.subarray(bodyStart, bodyEnd);
    return this.#headerSigning
      ? [bytes.subarray(0, bodyStart), body, bytes.subarray(bodyEnd)]
      : [NOTHING, body, NOTHING];
  }
}
