import { timingSafeEqual } from "node:crypto";
import { fromHex } from "../../bytes/hex.js";
import { IntegrityError } from "../../errors.js";
import { withoutZeros } from "../token-zeros.js";
import { type Ciphered, HmacMd5, hmacMd5, md5 } from "../crypto/digests.js";
import { Rc4 } from "../crypto/rc4.js";
import { Confounders } from "./confounders.js";
import type { MessageTokens, Side } from "./message-tokens.js";
import { uint32 } from "./rc4-hmac.js";

/** Framing of [RFC 2743] 3.1 with the Kerberos OID; in DCE style its length leaves the data out. */
const SEAL_FRAME = fromHex("602b 06092a864886f712010202");
const MIC_FRAME = fromHex("6023 06092a864886f712010202");
/** Token id, HMAC algorithm, RC4 sealing or none, filler: the eight bytes that are signed first. */
const SEAL_HEADER = fromHex("0201 1100 1000 ffff");
const MIC_HEADER = fromHex("0101 1100 ffff ffff");

const FRAME = SEAL_FRAME.length;
const HEADER = 8;
const SEQUENCE = 8;
const CHECKSUM = 8;
const CONFOUNDER = 8;
const SEQUENCE_START = FRAME + HEADER;
const CHECKSUM_START = SEQUENCE_START + SEQUENCE;
const CONFOUNDER_START = CHECKSUM_START + CHECKSUM;

/** Usages of [RFC 4757] 7.2 and 7.3. */
const MIC_USAGE = uint32(15);
const SEAL_USAGE = uint32(13);
const ZERO = uint32(0);

/** Tokens of [RFC 4757] 7, 128-bit RC4 only. */
export class Rfc4757Tokens implements MessageTokens {
  readonly expectsMic = false;
  readonly micLength = CONFOUNDER_START;
  readonly sealLength = CONFOUNDER_START + CONFOUNDER;
  readonly #signKey: HmacMd5;
  readonly #sequenceKey: HmacMd5;
  readonly #sealKey: HmacMd5;
  readonly #sending: Side;
  readonly #receiving: Side;
  readonly #confounders = new Confounders();
  /** The key streams of sequence numbers and of messages, which begin anew with each message: new ones would be garbage, 4 %. */
  readonly #sequenceStream = new Rc4(ZERO);
  readonly #messageStream = new Rc4(ZERO);
  #sent = 0;
  #received = 0;

  constructor(key: Uint8Array, sender: Side, receiver: Side) {
    this.#signKey = new HmacMd5(hmacMd5(key, Buffer.from("signaturekey\0", "latin1")));
    this.#sequenceKey = new HmacMd5(hmacMd5(key, ZERO));
    const turned = key.map((byte) => byte ^ 0xf0);
    this.#sealKey = new HmacMd5(hmacMd5(turned, ZERO));
    this.#sending = sender;
    this.#receiving = receiver;
  }

  getMic(parts: readonly Uint8Array[]): Uint8Array {
    const checksum = this.#checksum(MIC_USAGE, [MIC_HEADER, ...parts]);
    const sequence = this.#crypt(sequenceBytes(this.#sending, this.#sent++), checksum);
    return Buffer.concat([MIC_FRAME, MIC_HEADER, sequence, checksum]);
  }

  verifyMic(parts: readonly Uint8Array[], mic: Uint8Array): void {
    mic = withoutZeros(mic, this.micLength);
    checkFrame(mic, this.micLength, MIC_FRAME, MIC_HEADER);
    this.#openSequence(mic);
    this.#verify(mic, this.#checksum(MIC_USAGE, [MIC_HEADER, ...parts]));
  }

  seal(before: Uint8Array, data: Uint8Array, after: Uint8Array): Uint8Array {
    const confounder = this.#confounders.next().subarray(0, CONFOUNDER);
    const sequence = sequenceBytes(this.#sending, this.#sent++);
    const sealed = this.#ciphered(sequence, "seal");
    const checksum = this.#checksum(SEAL_USAGE, [SEAL_HEADER, sealed(confounder), before, sealed(data), after]);
    return Buffer.concat([SEAL_FRAME, SEAL_HEADER, this.#crypt(sequence, checksum), checksum, confounder]);
  }

  unseal(before: Uint8Array, data: Uint8Array, after: Uint8Array, token: Uint8Array): void {
    token = withoutZeros(token, this.sealLength);
    checkFrame(token, this.sealLength, SEAL_FRAME, SEAL_HEADER);
    const unsealed = this.#ciphered(this.#openSequence(token), "unseal");
    const confounder = new Uint8Array(token.subarray(CONFOUNDER_START));
    this.#verify(token, this.#checksum(SEAL_USAGE, [SEAL_HEADER, unsealed(confounder), before, unsealed(data), after]));
  }

  #checksum(usage: Uint8Array, parts: readonly (Uint8Array | Ciphered)[]): Uint8Array {
    return this.#signKey.of(md5(usage, ...parts)).slice(0, CHECKSUM);
  }

  #verify(token: Uint8Array, checksum: Uint8Array): void {
    if (!timingSafeEqual(token.subarray(CHECKSUM_START, CONFOUNDER_START), checksum))
      throw new IntegrityError("an RC4 Kerberos token does not verify");
  }

  /** Decrypts the sequence number and compares it with the one that is due. */
  #openSequence(token: Uint8Array): Uint8Array {
    const sequence = this.#crypt(
      token.subarray(SEQUENCE_START, CHECKSUM_START),
      token.subarray(CHECKSUM_START, CONFOUNDER_START),
    );
    if (!timingSafeEqual(sequence, sequenceBytes(this.#receiving, this.#received++)))
      throw new IntegrityError(
        "an RC4 Kerberos token has the wrong sequence number: a fragment was lost, repeated or altered",
      );
    return sequence;
  }

  /** Encrypts or decrypts the bytes of a sequence number. */
  #crypt(sequence: Uint8Array, checksum: Uint8Array): Uint8Array {
    this.#sequenceStream.restart(this.#sequenceKey.of(checksum));
    return this.#sequenceStream.apply(new Uint8Array(sequence));
  }

  /** Ciphers with the key stream of one message: its key depends on the big-endian sequence number. */
  #ciphered(sequence: Uint8Array, way: Ciphered["way"]): (bytes: Uint8Array) => Ciphered {
    const rc4 = this.#messageStream;
    rc4.restart(this.#sealKey.of(sequence.slice(0, 4)));
    return (bytes) => ({ bytes, rc4, way });
  }
}

/** The `offset`-th sequence number of a side, big-endian, then who sends: zeros or ones. */
function sequenceBytes(side: Side, offset: number): Uint8Array {
  const number = side.sequence + offset;
  const sender = side.isAcceptor ? 0xff : 0;
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number, sender, sender, sender, sender);
}

function checkFrame(token: Uint8Array, length: number, frame: Uint8Array, header: Uint8Array): void {
  if (token.length !== length)
    throw new IntegrityError(`an RC4 Kerberos token has ${token.length} bytes instead of ${length}`);
  const start = token.subarray(0, SEQUENCE_START);
  if (!Buffer.concat([frame, header]).equals(start))
    throw new IntegrityError("an RC4 Kerberos token has the wrong kind or algorithms");
}
