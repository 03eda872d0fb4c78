/**
 * A token of `length` bytes without the zero octets behind it: senders may allocate more than they fill ([MS-RPCE]
 * 2.2.2.11). Anything else behind it stays, for whoever reads the token to refuse.
 */
export function withoutZeros(token: Uint8Array, length: number): Uint8Array {
  return token.subarray(length).every((byte) => byte === 0) ? token.subarray(0, length) : token;
}
