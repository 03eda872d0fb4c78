import { timingSafeEqual } from "node:crypto";
import { IntegrityError } from "../../errors.js";
import { withoutZeros } from "../token-zeros.js";
import { AES_MAC, aesMac, deriveAesKey } from "./aes.js";
import { Confounders } from "./confounders.js";
import { AES_BLOCK, CtsDecryption, CtsEncryption } from "./cts.js";
import type { MessageTokens, Side } from "./message-tokens.js";
import {
  checkHeader,
  encodeHeader,
  extraCount,
  FLAGS,
  HEADER,
  rotation,
  setRotation,
  TOKEN_IDS,
} from "./rfc4121-header.js";

/** Filler bytes (EC) in tokens that we send, as Windows, Samba and MIT have it. */
const FILLER = 16;
/** By how much DCE style rotates besides the filler: the encrypted header and the checksum. */
const ROTATION = HEADER + AES_MAC;
/** Bytes of a sealed token besides data and filler: its header, then confounder, encrypted header and checksum. */
const OVERHEAD = HEADER + AES_BLOCK + ROTATION;

/** Key usage numbers of [RFC 4121] 2, by who sends. */
const USAGES = {
  initiator: { seal: 24, mic: 25 },
  acceptor: { seal: 22, mic: 23 },
} as const;

/** Keys, flags and counter of one direction, and room for one message. */
class Direction {
  readonly flags: number;
  readonly encryptionKey: Uint8Array;
  readonly integrityKey: Uint8Array;
  readonly checksumKey: Uint8Array;
  #sequence: number;
  #room = new Uint8Array(0);

  constructor(key: Uint8Array, isAcceptorSubkey: boolean, side: Side) {
    const usages = side.isAcceptor ? USAGES.acceptor : USAGES.initiator;
    this.flags = (side.isAcceptor ? FLAGS.sentByAcceptor : 0) | (isAcceptorSubkey ? FLAGS.acceptorSubkey : 0);
    this.encryptionKey = deriveAesKey(key, usages.seal, "encryption");
    this.integrityKey = deriveAesKey(key, usages.seal, "integrity");
    this.checksumKey = deriveAesKey(key, usages.mic, "checksum");
    this.#sequence = side.sequence;
  }

  nextSequence(): number {
    return this.#sequence++;
  }

  /** `size` bytes to work in, the same for each message. */
  room(size: number): Uint8Array {
    if (size > this.#room.length) this.#room = new Uint8Array(size);
    return this.#room.subarray(0, size);
  }
}

/** Tokens of [RFC 4121] 4.2 with AES keys of 128 or 256 bits, rotated as DCE style has them. */
export class Rfc4121Tokens implements MessageTokens {
  readonly expectsMic = true;
  readonly micLength = HEADER + AES_MAC;
  readonly sealLength = OVERHEAD + FILLER;
  readonly #sending: Direction;
  readonly #receiving: Direction;
  readonly #encryption: CtsEncryption;
  readonly #decryption: CtsDecryption;
  readonly #confounders = new Confounders();

  constructor(key: Uint8Array, isAcceptorSubkey: boolean, sender: Side, receiver: Side) {
    this.#sending = new Direction(key, isAcceptorSubkey, sender);
    this.#receiving = new Direction(key, isAcceptorSubkey, receiver);
    this.#encryption = new CtsEncryption(this.#sending.encryptionKey);
    this.#decryption = new CtsDecryption(this.#receiving.encryptionKey);
  }

  getMic(parts: readonly Uint8Array[]): Uint8Array {
    const { flags, checksumKey } = this.#sending;
    const header = encodeHeader(TOKEN_IDS.mic, flags, this.#sending.nextSequence());
    return Buffer.concat([header, aesMac(checksumKey, [...parts, header])]);
  }

  verifyMic(parts: readonly Uint8Array[], mic: Uint8Array): void {
    const { flags, checksumKey } = this.#receiving;
    mic = withoutZeros(mic, this.micLength);
    if (mic.length !== this.micLength)
      throw new IntegrityError(`a Kerberos signature has ${mic.length} bytes instead of ${this.micLength}`);
    const header = mic.subarray(0, HEADER);
    if (!timingSafeEqual(aesMac(checksumKey, [...parts, header]), mic.subarray(HEADER)))
      throw new IntegrityError("a Kerberos signature does not verify");
    checkHeader(header, encodeHeader(TOKEN_IDS.mic, flags, this.#receiving.nextSequence()));
  }

  seal(before: Uint8Array, data: Uint8Array, after: Uint8Array): Uint8Array {
    const { flags, integrityKey } = this.#sending;
    const header = encodeHeader(TOKEN_IDS.wrap, flags | FLAGS.sealed, this.#sending.nextSequence(), FILLER);
    const dataEnd = AES_BLOCK + data.length;
    const plain = this.#sending.room(dataEnd + FILLER + HEADER);
    plain.set(this.#confounders.next());
    plain.set(data, AES_BLOCK);
    plain.fill(0, dataEnd, dataEnd + FILLER);
    plain.set(header, dataEnd + FILLER);
    const mac = aesMac(integrityKey, signedParts(plain, dataEnd, before, after));
    const sealed = this.#encryption.encrypt(plain);
    data.set(sealed.subarray(AES_BLOCK, dataEnd));
    setRotation(header, ROTATION);
    return Buffer.concat([header, sealed.subarray(dataEnd), mac, sealed.subarray(0, AES_BLOCK)]);
  }

  unseal(before: Uint8Array, data: Uint8Array, after: Uint8Array, token: Uint8Array): void {
    const { flags, integrityKey } = this.#receiving;
    const header = new Uint8Array(token.subarray(0, HEADER));
    const filler = extraCount(header);
    token = withoutZeros(token, OVERHEAD + filler);
    if (token.length !== OVERHEAD + filler)
      throw new IntegrityError(`a Kerberos seal of ${token.length} bytes cannot have a filler of ${filler}`);
    const payload = this.#receiving.room(token.length - HEADER + data.length);
    rotateBack(payload, token.subarray(HEADER), data, rotation(header) + filler);
    const macStart = payload.length - AES_MAC;
    const plain = this.#decryption.decrypt(payload.subarray(0, macStart));
    const dataEnd = AES_BLOCK + data.length;
    const mac = aesMac(integrityKey, signedParts(plain, dataEnd, before, after));
    if (!timingSafeEqual(mac, payload.subarray(macStart))) throw new IntegrityError("a Kerberos seal does not verify");
    // The copy that was encrypted was made before the rotation ([RFC 4121] 4.2.4): what it says of that means nothing.
    const copy = plain.subarray(dataEnd + filler);
    for (const each of [header, copy]) setRotation(each, 0);
    checkHeader(copy, header);
    checkHeader(header, encodeHeader(TOKEN_IDS.wrap, flags | FLAGS.sealed, this.#receiving.nextSequence(), filler));
    data.set(plain.subarray(AES_BLOCK, dataEnd));
  }
}

/** What the checksum of a seal covers: header signing puts the rest of the fragment round the data. */
function signedParts(plain: Uint8Array, dataEnd: number, before: Uint8Array, after: Uint8Array): Uint8Array[] {
  if (before.length === 0 && after.length === 0) return [plain];
  return [plain.subarray(0, AES_BLOCK), before, plain.subarray(AES_BLOCK, dataEnd), after, plain.subarray(dataEnd)];
}

/** Fills `room` with the ciphertext in its order: `head` and `data`, one after the other, were rotated right by `count`. */
function rotateBack(room: Uint8Array, head: Uint8Array, data: Uint8Array, count: number): void {
  const headStart = room.length - (count % room.length);
  setInRing(room, head, headStart % room.length);
  setInRing(room, data, (headStart + head.length) % room.length);
}

function setInRing(ring: Uint8Array, bytes: Uint8Array, start: number): void {
  const beforeWrap = Math.min(bytes.length, ring.length - start);
  ring.set(bytes.subarray(0, beforeWrap), start);
  ring.set(bytes.subarray(beforeWrap), 0);
}
