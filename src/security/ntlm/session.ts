import type { Fragment, MessageProtection, ProtectionOptions } from "../context.js";
import { IntegrityError, ProtocolError } from "../../errors.js";
import { type Ciphered, HmacMd5, md5, sameBytes } from "../crypto/digests.js";
import { has } from "./flags.js";
import { withoutZeros } from "../token-zeros.js";
import { Rc4 } from "../crypto/rc4.js";

/** Session security with extended session security and 128-bit keys, the only kind we have ([MS-NLMP] 3.4). */

/** Bytes of NTLMSSP_MESSAGE_SIGNATURE ([MS-NLMP] 2.2.2.9.2): version, checksum, sequence number. */
export const SIGNATURE_SIZE = 16;
const CHECKSUM_SIZE = 8;
const VERSION = u32(1);

export type Side = "client" | "server";

/** SIGNKEY ([MS-NLMP] 3.4.5.2), for what `from` sends. */
export function signKey(sessionKey: Uint8Array, from: Side): Uint8Array {
  return deriveKey(sessionKey, from, "signing");
}

/** SEALKEY with 128 bits ([MS-NLMP] 3.4.5.3), for what `from` sends. */
export function sealKey(sessionKey: Uint8Array, from: Side): Uint8Array {
  return deriveKey(sessionKey, from, "sealing");
}

function deriveKey(sessionKey: Uint8Array, from: Side, use: "signing" | "sealing"): Uint8Array {
  const way = from === "client" ? "client-to-server" : "server-to-client";
  return md5(sessionKey, Buffer.from(`session key to ${way} ${use} key magic constant\0`, "latin1"));
}

/** What one side sends: its keys, its running RC4 handle and its sequence number. */
class Direction {
  readonly #hmac: HmacMd5;
  readonly #sealKey: Uint8Array;
  readonly #encryptChecksum: boolean;
  #handle: Rc4;
  #sequence = 0;

  constructor(sessionKey: Uint8Array, from: Side, encryptChecksum: boolean) {
    this.#hmac = new HmacMd5(signKey(sessionKey, from));
    this.#sealKey = sealKey(sessionKey, from);
    this.#encryptChecksum = encryptChecksum;
    this.#handle = new Rc4(this.#sealKey);
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** The checksum that belongs in a signature over the parts in the clear; not yet encrypted, consumes no sequence number. */
  checksum(...parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
    return this.#hmac.of(u32(this.#sequence), ...parts).slice(0, CHECKSUM_SIZE);
  }

  /** The checksum of a fragment, whose body is sealed or unsealed in place. */
  checksumAndCipher({ bytes, bodyStart, bodyEnd }: Fragment, way: Ciphered["way"]): Uint8Array {
    const body = { bytes: bytes.subarray(bodyStart, bodyEnd), rc4: this.#handle, way };
    return this.checksum(bytes.subarray(0, bodyStart), body, bytes.subarray(bodyEnd));
  }

  /** Makes the signature of a checksum and consumes the sequence number. */
  sign(checksum: Uint8Array): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_SIZE);
    signature.set(VERSION);
    signature.set(this.#encryptChecksum ? this.#handle.apply(checksum) : checksum, 4);
    signature.set(u32(this.#sequence), 12);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return signature;
  }

  /** [MS-SPNG] 3.2.5.1, 3.3.5.1: the first message after a mechListMIC meets the handle as it was before it. */
  restartHandle(): void {
    this.#handle = new Rc4(this.#sealKey);
  }
}

/** The keys of one logon, for both directions. */
export class NtlmSession {
  readonly #flags: number;
  readonly #sent: Direction;
  readonly #received: Direction;

  /** `flags`: as negotiated; `sessionKey`: ExportedSessionKey, 16 bytes; `side`: which one we are. */
  constructor(flags: number, sessionKey: Uint8Array, side: Side) {
    const encryptChecksum = has(flags, "keyExchange");
    this.#flags = flags;
    this.#sent = new Direction(sessionKey, side, encryptChecksum);
    this.#received = new Direction(sessionKey, side === "client" ? "server" : "client", encryptChecksum);
  }

  /** A mechListMIC; see Mechanism.getMic. */
  getMic(data: Uint8Array): Uint8Array {
    const mic = this.#sent.sign(this.#sent.checksum(data));
    this.#sent.restartHandle();
    return mic;
  }

  /** Verifies a mechListMIC; see Mechanism.verifyMic. */
  verifyMic(data: Uint8Array, mic: Uint8Array): void {
    verify(this.#received, this.#received.checksum(data), mic, "the mechListMIC");
    this.#received.restartHandle();
  }

  /**
   * The protection of fragments. The whole PDU is signed whether or not header signing was negotiated: [MS-RPCE]
   * 3.3.1.5.2.2 has the body only then, but Samba and impacket, which work with Windows, sign the whole of it. Packet
   * level signs as integrity does.
   */
  protect({ level }: ProtectionOptions): MessageProtection {
    const sealed = level === "privacy";
    if (sealed && !has(this.#flags, "seal"))
      throw new ProtocolError("NTLM was negotiated without sealing, which privacy level needs");
    return new NtlmProtection(this.#sent, this.#received, sealed);
  }
}

class NtlmProtection implements MessageProtection {
  readonly #sent: Direction;
  readonly #received: Direction;
  readonly #sealed: boolean;

  constructor(sent: Direction, received: Direction, sealed: boolean) {
    this.#sent = sent;
    this.#received = received;
    this.#sealed = sealed;
  }

  tokenLength(): number {
    return SIGNATURE_SIZE;
  }

  wrap(fragment: Fragment): Uint8Array {
    const sent = this.#sent;
    return sent.sign(this.#sealed ? sent.checksumAndCipher(fragment, "seal") : sent.checksum(fragment.bytes));
  }

  unwrap(fragment: Fragment, token: Uint8Array): void {
    const from = this.#received;
    const checksum = this.#sealed ? from.checksumAndCipher(fragment, "unseal") : from.checksum(fragment.bytes);
    verify(from, checksum, withoutZeros(token, SIGNATURE_SIZE), "a fragment");
  }
}

/** Throws an IntegrityError when `token` is not the next signature, of this checksum. */
function verify(from: Direction, checksum: Uint8Array, token: Uint8Array, what: string): void {
  const sequence = from.sequence;
  const expected = from.sign(checksum);
  if (sameBytes(expected, token)) return;
  throw new IntegrityError(
    `the NTLM signature of ${what} with sequence number ${sequence} does not verify: it was changed, repeated or lost on the way`,
  );
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}
