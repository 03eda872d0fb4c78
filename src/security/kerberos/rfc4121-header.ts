import { IntegrityError } from "../../errors.js";

/** Bytes of the header of MIC and Wrap tokens. */
export const HEADER = 16;

/** TOK_ID, read as big-endian. */
export const TOKEN_IDS = { mic: 0x0404, wrap: 0x0504 } as const;
export const FLAGS = { sentByAcceptor: 1, sealed: 2, acceptorSubkey: 4 } as const;

/** The 16 bytes before a token's checksum or ciphertext ([RFC 4121] 4.2.6.1, 4.2.6.2): EC and RRC only in Wrap tokens. */
export function encodeHeader(id: number, flags: number, sequence: number, extraCount = 0): Uint8Array {
  const header = new Uint8Array(HEADER).fill(0xff, 3, 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, id);
  header[2] = flags;
  if (id === TOKEN_IDS.wrap) view.setUint32(4, extraCount * 0x10000);
  view.setUint32(8, Math.floor(sequence / 2 ** 32));
  view.setUint32(12, sequence);
  return header;
}

/** EC: filler bytes between the data and the encrypted header. */
export function extraCount(header: Uint8Array): number {
  return ((header[4] ?? 0) << 8) | (header[5] ?? 0);
}

/** RRC: by how many bytes the ciphertext was rotated to the right. */
export function rotation(header: Uint8Array): number {
  return ((header[6] ?? 0) << 8) | (header[7] ?? 0);
}

export function setRotation(header: Uint8Array, count: number): void {
  header[6] = count >> 8;
  header[7] = count & 0xff;
}

/** Compares a received header with the one that is due. Throws an IntegrityError. */
export function checkHeader(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual.subarray(0, 8), expected.subarray(0, 8)) !== 0)
    throw new IntegrityError("a Kerberos token has the wrong kind, direction or flags");
  if (Buffer.compare(actual.subarray(8, HEADER), expected.subarray(8, HEADER)) !== 0)
    throw new IntegrityError(
      "a Kerberos token has the wrong sequence number: a fragment was lost, repeated or reordered",
    );
}
