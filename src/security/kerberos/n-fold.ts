/**
 * Stretches or folds bytes to `size` bytes so that every input bit touches every output bit ([RFC 3961] 5.1): copies of
 * the input, each rotated right by 13 bits more than the one before, are added in ones'-complement arithmetic.
 */
export function nFold(input: Uint8Array, size: number): Uint8Array {
  const bits = input.length * 8;
  const sums = new Array<number>(size).fill(0);
  const length = leastCommonMultiple(input.length, size);
  for (let i = 0; i < length; i++) {
    const rotation = (13 * Math.floor(i / input.length)) % bits;
    const column = i % size;
    sums[column] = (sums[column] ?? 0) + byteAtBit(input, ((i * 8) % bits) - rotation + bits);
  }
  return endAroundCarry(sums);
}

/** The eight bits that begin at a bit position, the input taken as a ring. */
function byteAtBit(input: Uint8Array, position: number): number {
  const first = Math.floor(position / 8) % input.length;
  const high = input[first] ?? 0;
  const low = input[(first + 1) % input.length] ?? 0;
  return (((high << 8) | low) >> (8 - (position % 8))) & 0xff;
}

function endAroundCarry(sums: number[]): Uint8Array {
  let carry = 0;
  do {
    for (let i = sums.length - 1; i >= 0; i--) {
      const sum = (sums[i] ?? 0) + carry;
      sums[i] = sum & 0xff;
      carry = sum >> 8;
    }
  } while (carry !== 0);
  return Uint8Array.from(sums);
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
