/** MD4 ([RFC 1320]): OpenSSL 3 no longer offers it by default, and the NT hash of a password is made with it. */

const BLOCK_SIZE = 64;

/** The order of words, their additive constant and the rotations of the three rounds ([RFC 1320] 3.4). */
const ROUNDS = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    constant: 0,
    words: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    rotations: [3, 7, 11, 19],
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    words: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    rotations: [3, 5, 9, 13],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    words: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    rotations: [3, 9, 11, 15],
  },
] as const;

/** The MD4 digest of `message`, 16 bytes. */
export function md4(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let start = 0; start < padded.byteLength; start += BLOCK_SIZE)
    compress(state, new DataView(padded.buffer, start, BLOCK_SIZE));

  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => {
    digest.setUint32(i * 4, word, true);
  });
  return new Uint8Array(digest.buffer);
}

/** The message, one set bit, zeros, and its length in bits, up to a whole number of blocks. */
function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK_SIZE) * BLOCK_SIZE);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * 8n, true);
  return padded;
}

function compress(state: Uint32Array, block: DataView): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (const { mix, constant, words, rotations } of ROUNDS) {
    words.forEach((word, i) => {
      const sum = (a + mix(b, c, d) + block.getUint32(word * 4, true) + constant) >>> 0;
      const rotation = rotations[i & 3] ?? 0;
      [a, b, c, d] = [d, (sum << rotation) | (sum >>> (32 - rotation)), b, c];
    });
  }
  state.set([a, b, c, d].map((word, i) => word + (state[i] ?? 0)));
}
