import { randomFillSync, timingSafeEqual } from "node:crypto";
import { IntegrityError } from "../../errors.js";
import { AES_BLOCK, AES_MAC, aesMac, decryptCts, deriveAesKey, encryptCts } from "./aes.js";
import type { MessageTokens, Side } from "./message-tokens.js";

const HEADER = 16;
/** Filler bytes (EC) in tokens that we send, as Windows, Samba and MIT have it. */
const FILLER = 16;
/** What a token in DCE style rotates besides the filler: the encrypted header and the checksum. */
const ROTATED = HEADER + AES_MAC;
/** Bytes of a token's payload that are neither stub nor filler: confounder, encrypted header, checksum. */
const OVERHEAD = AES_BLOCK + HEADER + AES_MAC;

const MIC_TOKEN = 0x0404;
const WRAP_TOKEN = 0x0504;
const FLAGS = { sentByAcceptor: 1, sealed: 2, acceptorSubkey: 4 } as const;

/** Key usage numbers of [RFC 4121] 2, by who sends. */
const USAGES = {
  initiator: { seal: 24, mic: 25 },
  acceptor: { seal: 22, mic: 23 },
} as const;

/** The keys, flags and counter of one direction. */
class Direction {
  readonly flags: number;
  readonly encryption: Uint8Array;
  readonly integrity: Uint8Array;
  readonly checksum: Uint8Array;
  #sequence: number;

  constructor(key: Uint8Array, isAcceptorSubkey: boolean, side: Side) {
    const usages = side.isAcceptor ? USAGES.acceptor : USAGES.initiator;
    this.flags = (side.isAcceptor ? FLAGS.sentByAcceptor : 0) | (isAcceptorSubkey ? FLAGS.acceptorSubkey : 0);
    this.encryption = deriveAesKey(key, usages.seal, "encryption");
    this.integrity = deriveAesKey(key, usages.seal, "integrity");
    this.checksum = deriveAesKey(key, usages.mic, "checksum");
    this.#sequence = side.sequence;
  }

  next(): number {
    return this.#sequence++;
  }
}

/** Tokens of [RFC 4121] 4.2 with AES keys of 128 or 256 bits, rotated as DCE style has them. */
export class Rfc4121Tokens implements MessageTokens {
  readonly micLength = HEADER + AES_MAC;
  readonly sealLength = HEADER + FILLER + OVERHEAD;
  readonly #sending: Direction;
  readonly #receiving: Direction;

  constructor(key: Uint8Array, isAcceptorSubkey: boolean, sender: Side, receiver: Side) {
    this.#sending = new Direction(key, isAcceptorSubkey, sender);
    this.#receiving = new Direction(key, isAcceptorSubkey, receiver);
  }

  getMic(parts: readonly Uint8Array[]): Uint8Array {
    const header = tokenHeader(MIC_TOKEN, this.#sending.flags, this.#sending.next());
    return Buffer.concat([header, aesMac(this.#sending.checksum, [...parts, header])]);
  }

  verifyMic(parts: readonly Uint8Array[], mic: Uint8Array): void {
    if (mic.length !== this.micLength) throw new IntegrityError(`a Kerberos MIC has ${mic.length} bytes instead of 28`);
    const header = mic.subarray(0, HEADER);
    if (!timingSafeEqual(aesMac(this.#receiving.checksum, [...parts, header]), mic.subarray(HEADER)))
      throw new IntegrityError("a Kerberos signature does not verify");
    checkHeader(header, tokenHeader(MIC_TOKEN, this.#receiving.flags, this.#receiving.next()));
  }

  seal(before: Uint8Array, data: Uint8Array, after: Uint8Array): Uint8Array {
    const { encryption, integrity, flags } = this.#sending;
    const header = tokenHeader(WRAP_TOKEN, flags | FLAGS.sealed, this.#sending.next());
    setExtraCount(header, FILLER);
    const dataEnd = AES_BLOCK + data.length;
    const plain = Buffer.allocUnsafe(dataEnd + FILLER + HEADER);
    randomFillSync(plain, 0, AES_BLOCK);
    plain.set(data, AES_BLOCK);
    plain.fill(0, dataEnd, dataEnd + FILLER);
    plain.set(header, dataEnd + FILLER);
    const sealed = encryptCts(encryption, plain);
    data.set(sealed.subarray(AES_BLOCK, dataEnd));
    const mac = aesMac(integrity, signedParts(plain, dataEnd, before, after));
    setRotation(header, ROTATED);
    return Buffer.concat([header, sealed.subarray(dataEnd), mac, sealed.subarray(0, AES_BLOCK)]);
  }

  unseal(before: Uint8Array, data: Uint8Array, after: Uint8Array, token: Uint8Array): void {
    const { encryption, integrity, flags } = this.#receiving;
    if (token.length < HEADER + OVERHEAD)
      throw new IntegrityError(`a Kerberos seal of ${token.length} bytes is too short`);
    const header = new Uint8Array(token.subarray(0, HEADER));
    const filler = extraCount(header);
    if (token.length !== HEADER + OVERHEAD + filler)
      throw new IntegrityError(`a Kerberos seal of ${token.length} bytes cannot have a filler of ${filler}`);
    const payload = rotateBack(token.subarray(HEADER), data, rotation(header) + filler);
    const macStart = payload.length - AES_MAC;
    const plain = decryptCts(encryption, payload.subarray(0, macStart));
    const dataEnd = AES_BLOCK + data.length;
    const mac = aesMac(integrity, signedParts(plain, dataEnd, before, after));
    if (!timingSafeEqual(mac, payload.subarray(macStart))) throw new IntegrityError("a Kerberos seal does not verify");
    setRotation(header, 0);
    checkHeader(plain.subarray(dataEnd + filler), header);
    const expected = tokenHeader(WRAP_TOKEN, flags | FLAGS.sealed, this.#receiving.next());
    setExtraCount(expected, filler);
    checkHeader(header, expected);
    data.set(plain.subarray(AES_BLOCK, dataEnd));
  }
}

/** What the checksum of a seal covers: header signing puts the rest of the fragment round the data. */
function signedParts(plain: Uint8Array, dataEnd: number, before: Uint8Array, after: Uint8Array): Uint8Array[] {
  if (before.length === 0 && after.length === 0) return [plain];
  return [plain.subarray(0, AES_BLOCK), before, plain.subarray(AES_BLOCK, dataEnd), after, plain.subarray(dataEnd)];
}

/** The 16 bytes before a token's checksum or ciphertext ([RFC 4121] 4.2.6); EC and RRC are 0 in seals at first. */
function tokenHeader(id: number, flags: number, sequence: number): Uint8Array {
  const header = new Uint8Array(HEADER).fill(0xff, 3, 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, id);
  header[2] = flags;
  if (id === WRAP_TOKEN) view.setUint32(4, 0);
  view.setUint32(8, Math.floor(sequence / 2 ** 32));
  view.setUint32(12, sequence);
  return header;
}

/** EC: filler bytes between the data and the encrypted header. */
function extraCount(header: Uint8Array): number {
  return ((header[4] ?? 0) << 8) | (header[5] ?? 0);
}

function setExtraCount(header: Uint8Array, count: number): void {
  header[4] = count >> 8;
  header[5] = count & 0xff;
}

/** RRC: by how many bytes the ciphertext was rotated to the right. */
function rotation(header: Uint8Array): number {
  return ((header[6] ?? 0) << 8) | (header[7] ?? 0);
}

function setRotation(header: Uint8Array, count: number): void {
  header[6] = count >> 8;
  header[7] = count & 0xff;
}

/** The ciphertext in its order: `head` and `data` follow one another on the wire and were rotated right by `count`. */
function rotateBack(head: Uint8Array, data: Uint8Array, count: number): Uint8Array {
  const wire = Buffer.concat([head, data]);
  const split = count % wire.length;
  return split === 0 ? wire : Buffer.concat([wire.subarray(split), wire.subarray(0, split)]);
}

function checkHeader(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual.subarray(0, 8), expected.subarray(0, 8)) !== 0)
    throw new IntegrityError("a Kerberos token has the wrong kind, direction or flags");
  if (Buffer.compare(actual.subarray(8), expected.subarray(8)) !== 0)
    throw new IntegrityError(
      "a Kerberos token has the wrong sequence number: a fragment was lost, repeated or reordered",
    );
}
