/**
 * RC4 and MD5 in AssemblyScript, compiled to WebAssembly by `npm run build`: OpenSSL 3 keeps RC4 from us, and in JavaScript it
 * has half the speed; an MD5 of node:crypto takes 2 µs to begin with, which is more than most messages need in all. Sealing
 * does both over the same bytes; side by side, where one waits for memory and the other for its last result, they take a fifth
 * less time than one after the other. `../compiled.ts` is the only caller: it puts bytes into this memory and takes them out again.
 */

/** Bytes of a block of MD5. */
const BLOCK: u32 = 64;

/** Bytes that fit into DATA: a whole fragment, and little enough to stay in the first cache. */
export const CAPACITY: u32 = 8192;
/** An RC4 state: a permutation of 256 bytes, then two indices. */
export const STATE: usize = memory.data(258, 16);
/** An RC4 key: up to 256 bytes. */
export const KEY: usize = memory.data(256, 16);
/** What an MD5 gives: 16 bytes. */
export const DIGEST: usize = memory.data(16, 16);
/** What is to be encrypted or digested; the room for the padding of MD5 is behind it. */
export const DATA: usize = memory.data(CAPACITY + 2 * BLOCK, 16);

/** Makes the state for the first `length` bytes of KEY. */
export function rc4Schedule(length: u32): void {
  let eight: u64 = 0x0706050403020100;
  for (let i: u32 = 0; i < 256; i += 8, eight += 0x0808080808080808) store<u64>(i, eight, STATE);
  let j: u32 = 0;
  // Counting k, where a remainder would do, and eight bytes at once above: 0.63 µs become 0.46, twice for each fragment of Kerberos RC4.
  for (let i: u32 = 0, k: u32 = 0; i < 256; i++, k++) {
    if (k === length) k = 0;
    const a = load<u8>(i, STATE);
    j = (j + a + load<u8>(k, KEY)) & 255;
    store<u8>(i, load<u8>(j, STATE), STATE);
    store<u8>(j, a, STATE);
  }
  store<u16>(STATE, 0, 256);
}

/** Encrypts or decrypts `length` bytes in place, from `start` in DATA, with the next bytes of the key stream. */
export function rc4Apply(start: u32, length: u32): void {
  const end = start + length;
  let i: u32 = load<u8>(STATE, 256);
  let j: u32 = load<u8>(STATE, 257);
  let at = start;
  for (; at + 4 <= end; at += 4, i += 4) j = cipherFour(i, j, at);
  for (; at < end; at++, i++) {
    const x = nextOf(i);
    j = (j + x) & 255;
    store<u8>(at, load<u8>(at, DATA) ^ exchange(i, j, x), DATA);
  }
  store<u8>(STATE, i, 256);
  store<u8>(STATE, j, 257);
}

/** The byte that stands behind the index i. */
// @ts-ignore: decorators of functions are AssemblyScript's own
@inline function nextOf(i: u32): u32 {
  return load<u8>((i + 1) & 255, STATE);
}

/** Exchanges the bytes at i + 1, which is x, and j, and gives the next byte of the key stream. */
// @ts-ignore
@inline function exchange(i: u32, j: u32, x: u32): u32 {
  const y: u32 = load<u8>(j, STATE);
  store<u8>((i + 1) & 255, y, STATE);
  store<u8>(j, x, STATE);
  return load<u8>((x + y) & 255, STATE);
}

/** Ciphers four bytes at once: one by one it takes 40 % longer. Gives the index j behind them. */
// @ts-ignore
@inline function cipherFour(i: u32, j: u32, at: u32): u32 {
  let x = nextOf(i);
  j = (j + x) & 255;
  let stream = exchange(i, j, x);
  x = nextOf(i + 1);
  j = (j + x) & 255;
  stream |= exchange(i + 1, j, x) << 8;
  x = nextOf(i + 2);
  j = (j + x) & 255;
  stream |= exchange(i + 2, j, x) << 16;
  x = nextOf(i + 3);
  j = (j + x) & 255;
  stream |= exchange(i + 3, j, x) << 24;
  store<u32>(at, load<u32>(at, DATA) ^ stream, DATA);
  return j;
}

// What the blocks so far make of the digest ([RFC 1321] 3.3).
let a: u32;
let b: u32;
let c: u32;
let d: u32;

/** Begins an MD5. */
export function md5Begin(): void {
  a = 0x67452301;
  b = 0xefcdab89;
  c = 0x98badcfe;
  d = 0x10325476;
}

/** Goes on with an MD5 whose blocks so far made DIGEST. */
export function md5Resume(): void {
  a = load<u32>(DIGEST, 0);
  b = load<u32>(DIGEST, 4);
  c = load<u32>(DIGEST, 8);
  d = load<u32>(DIGEST, 12);
}

/** Fills DIGEST with what the blocks so far make. */
export function md5Take(): void {
  store<u32>(DIGEST, a, 0);
  store<u32>(DIGEST, b, 4);
  store<u32>(DIGEST, c, 8);
  store<u32>(DIGEST, d, 12);
}

/** Digests whole blocks: `length` bytes from `start` in DATA. */
export function md5Update(start: u32, length: u32): void {
  for (let at = start; at < start + length; at += BLOCK) compress(at, 0, 0, 0, false);
}

/** Both at once: digests whole blocks, `length` bytes from `start`, and ciphers as many from `cipherStart`. They must not meet. */
export function md5AndRc4(start: u32, cipherStart: u32, length: u32): void {
  let i: u32 = load<u8>(STATE, 256);
  let j: u32 = load<u8>(STATE, 257);
  for (let at: u32 = 0; at < length; at += BLOCK) j = compress(start + at, cipherStart + at, i + at, j, true);
  store<u8>(STATE, i + length, 256);
  store<u8>(STATE, j, 257);
}

/**
 * Digests the last bytes, `length` from `start` in DATA, which are padded where they stand; `total` are all that were digested
 * ([RFC 1321] 3.1, 3.2). Fills DIGEST.
 */
export function md5End(start: u32, length: u32, total: u32): void {
  const padded = (length + 1 + 8 + BLOCK - 1) & -BLOCK;
  memory.fill(DATA + start + length, 0, padded - length);
  store<u8>(start + length, 0x80, DATA);
  store<u64>(start + padded - 8, <u64>total * 8, DATA);
  md5Update(start, padded);
  md5Take();
}

// The four functions of [RFC 1321] 3.4, the first two with an operation less.
// @ts-ignore
@inline function F(x: u32, y: u32, z: u32): u32 { return z ^ (x & (y ^ z)); }
// @ts-ignore
@inline function G(x: u32, y: u32, z: u32): u32 { return (x & z) + (y & ~z); }
// @ts-ignore
@inline function H(x: u32, y: u32, z: u32): u32 { return x ^ y ^ z; }
// @ts-ignore
@inline function I(x: u32, y: u32, z: u32): u32 { return y ^ (x | ~z); }

/** One step: `mixed` is what the round's function gives, `word` the word of the block, `sine` the constant. */
// @ts-ignore
@inline function step(w: u32, x: u32, mixed: u32, word: u32, sine: u32, rotation: u32): u32 {
  return x + rotl<u32>(w + (word + sine) + mixed, rotation);
}

/**
 * [RFC 1321] 3.4: four rounds of sixteen steps over the block `at`, written out because a table of them would halve the speed.
 * With `cipher`, known when this is compiled, 64 bytes from `cipherAt` are ciphered in between, with the indices i and j of
 * RC4; gives the j behind them.
 */
// @ts-ignore
@inline function compress(at: u32, cipherAt: u32, i: u32, j: u32, cipher: bool): u32 {
  let w = a;
  let x = b;
  let y = c;
  let z = d;

  w = step(w, x, F(x, y, z), load<u32>(at, DATA + 0), 0xd76aa478, 7);
  z = step(z, w, F(w, x, y), load<u32>(at, DATA + 4), 0xe8c7b756, 12);
  y = step(y, z, F(z, w, x), load<u32>(at, DATA + 8), 0x242070db, 17);
  x = step(x, y, F(y, z, w), load<u32>(at, DATA + 12), 0xc1bdceee, 22);
  if (cipher) j = cipherFour(i + 0, j, cipherAt + 0);
  w = step(w, x, F(x, y, z), load<u32>(at, DATA + 16), 0xf57c0faf, 7);
  z = step(z, w, F(w, x, y), load<u32>(at, DATA + 20), 0x4787c62a, 12);
  y = step(y, z, F(z, w, x), load<u32>(at, DATA + 24), 0xa8304613, 17);
  x = step(x, y, F(y, z, w), load<u32>(at, DATA + 28), 0xfd469501, 22);
  if (cipher) j = cipherFour(i + 4, j, cipherAt + 4);
  w = step(w, x, F(x, y, z), load<u32>(at, DATA + 32), 0x698098d8, 7);
  z = step(z, w, F(w, x, y), load<u32>(at, DATA + 36), 0x8b44f7af, 12);
  y = step(y, z, F(z, w, x), load<u32>(at, DATA + 40), 0xffff5bb1, 17);
  x = step(x, y, F(y, z, w), load<u32>(at, DATA + 44), 0x895cd7be, 22);
  if (cipher) j = cipherFour(i + 8, j, cipherAt + 8);
  w = step(w, x, F(x, y, z), load<u32>(at, DATA + 48), 0x6b901122, 7);
  z = step(z, w, F(w, x, y), load<u32>(at, DATA + 52), 0xfd987193, 12);
  y = step(y, z, F(z, w, x), load<u32>(at, DATA + 56), 0xa679438e, 17);
  x = step(x, y, F(y, z, w), load<u32>(at, DATA + 60), 0x49b40821, 22);
  if (cipher) j = cipherFour(i + 12, j, cipherAt + 12);

  w = step(w, x, G(x, y, z), load<u32>(at, DATA + 4), 0xf61e2562, 5);
  z = step(z, w, G(w, x, y), load<u32>(at, DATA + 24), 0xc040b340, 9);
  y = step(y, z, G(z, w, x), load<u32>(at, DATA + 44), 0x265e5a51, 14);
  x = step(x, y, G(y, z, w), load<u32>(at, DATA + 0), 0xe9b6c7aa, 20);
  if (cipher) j = cipherFour(i + 16, j, cipherAt + 16);
  w = step(w, x, G(x, y, z), load<u32>(at, DATA + 20), 0xd62f105d, 5);
  z = step(z, w, G(w, x, y), load<u32>(at, DATA + 40), 0x02441453, 9);
  y = step(y, z, G(z, w, x), load<u32>(at, DATA + 60), 0xd8a1e681, 14);
  x = step(x, y, G(y, z, w), load<u32>(at, DATA + 16), 0xe7d3fbc8, 20);
  if (cipher) j = cipherFour(i + 20, j, cipherAt + 20);
  w = step(w, x, G(x, y, z), load<u32>(at, DATA + 36), 0x21e1cde6, 5);
  z = step(z, w, G(w, x, y), load<u32>(at, DATA + 56), 0xc33707d6, 9);
  y = step(y, z, G(z, w, x), load<u32>(at, DATA + 12), 0xf4d50d87, 14);
  x = step(x, y, G(y, z, w), load<u32>(at, DATA + 32), 0x455a14ed, 20);
  if (cipher) j = cipherFour(i + 24, j, cipherAt + 24);
  w = step(w, x, G(x, y, z), load<u32>(at, DATA + 52), 0xa9e3e905, 5);
  z = step(z, w, G(w, x, y), load<u32>(at, DATA + 8), 0xfcefa3f8, 9);
  y = step(y, z, G(z, w, x), load<u32>(at, DATA + 28), 0x676f02d9, 14);
  x = step(x, y, G(y, z, w), load<u32>(at, DATA + 48), 0x8d2a4c8a, 20);
  if (cipher) j = cipherFour(i + 28, j, cipherAt + 28);

  w = step(w, x, H(x, y, z), load<u32>(at, DATA + 20), 0xfffa3942, 4);
  z = step(z, w, H(w, x, y), load<u32>(at, DATA + 32), 0x8771f681, 11);
  y = step(y, z, H(z, w, x), load<u32>(at, DATA + 44), 0x6d9d6122, 16);
  x = step(x, y, H(y, z, w), load<u32>(at, DATA + 56), 0xfde5380c, 23);
  if (cipher) j = cipherFour(i + 32, j, cipherAt + 32);
  w = step(w, x, H(x, y, z), load<u32>(at, DATA + 4), 0xa4beea44, 4);
  z = step(z, w, H(w, x, y), load<u32>(at, DATA + 16), 0x4bdecfa9, 11);
  y = step(y, z, H(z, w, x), load<u32>(at, DATA + 28), 0xf6bb4b60, 16);
  x = step(x, y, H(y, z, w), load<u32>(at, DATA + 40), 0xbebfbc70, 23);
  if (cipher) j = cipherFour(i + 36, j, cipherAt + 36);
  w = step(w, x, H(x, y, z), load<u32>(at, DATA + 52), 0x289b7ec6, 4);
  z = step(z, w, H(w, x, y), load<u32>(at, DATA + 0), 0xeaa127fa, 11);
  y = step(y, z, H(z, w, x), load<u32>(at, DATA + 12), 0xd4ef3085, 16);
  x = step(x, y, H(y, z, w), load<u32>(at, DATA + 24), 0x04881d05, 23);
  if (cipher) j = cipherFour(i + 40, j, cipherAt + 40);
  w = step(w, x, H(x, y, z), load<u32>(at, DATA + 36), 0xd9d4d039, 4);
  z = step(z, w, H(w, x, y), load<u32>(at, DATA + 48), 0xe6db99e5, 11);
  y = step(y, z, H(z, w, x), load<u32>(at, DATA + 60), 0x1fa27cf8, 16);
  x = step(x, y, H(y, z, w), load<u32>(at, DATA + 8), 0xc4ac5665, 23);
  if (cipher) j = cipherFour(i + 44, j, cipherAt + 44);

  w = step(w, x, I(x, y, z), load<u32>(at, DATA + 0), 0xf4292244, 6);
  z = step(z, w, I(w, x, y), load<u32>(at, DATA + 28), 0x432aff97, 10);
  y = step(y, z, I(z, w, x), load<u32>(at, DATA + 56), 0xab9423a7, 15);
  x = step(x, y, I(y, z, w), load<u32>(at, DATA + 20), 0xfc93a039, 21);
  if (cipher) j = cipherFour(i + 48, j, cipherAt + 48);
  w = step(w, x, I(x, y, z), load<u32>(at, DATA + 48), 0x655b59c3, 6);
  z = step(z, w, I(w, x, y), load<u32>(at, DATA + 12), 0x8f0ccc92, 10);
  y = step(y, z, I(z, w, x), load<u32>(at, DATA + 40), 0xffeff47d, 15);
  x = step(x, y, I(y, z, w), load<u32>(at, DATA + 4), 0x85845dd1, 21);
  if (cipher) j = cipherFour(i + 52, j, cipherAt + 52);
  w = step(w, x, I(x, y, z), load<u32>(at, DATA + 32), 0x6fa87e4f, 6);
  z = step(z, w, I(w, x, y), load<u32>(at, DATA + 60), 0xfe2ce6e0, 10);
  y = step(y, z, I(z, w, x), load<u32>(at, DATA + 24), 0xa3014314, 15);
  x = step(x, y, I(y, z, w), load<u32>(at, DATA + 52), 0x4e0811a1, 21);
  if (cipher) j = cipherFour(i + 56, j, cipherAt + 56);
  w = step(w, x, I(x, y, z), load<u32>(at, DATA + 16), 0xf7537e82, 6);
  z = step(z, w, I(w, x, y), load<u32>(at, DATA + 44), 0xbd3af235, 10);
  y = step(y, z, I(z, w, x), load<u32>(at, DATA + 8), 0x2ad7d2bb, 15);
  x = step(x, y, I(y, z, w), load<u32>(at, DATA + 36), 0xeb86d391, 21);
  if (cipher) j = cipherFour(i + 60, j, cipherAt + 60);

  a += w;
  b += x;
  c += y;
  d += z;
  return j;
}
