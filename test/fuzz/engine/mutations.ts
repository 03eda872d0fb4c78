import type { Random } from "./random.js";

/** What mutations draw from beside the bytes themselves. */
export interface Material {
  /** Real bytes of the same kind. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that mean something in the format. */
  readonly words: readonly Uint8Array[];
}

type Mutation = (bytes: Uint8Array, random: Random, material: Material) => Uint8Array;

/** No input of the volume run is larger; memory.test.ts has large ones. */
export const LARGEST_INPUT = 64 * 1024;

/** Bytes changed by the mutation that `random` chooses; the argument stays as it is. */
export function mutate(bytes: Uint8Array, random: Random, material: Material): Uint8Array {
  return random.pick(MUTATIONS)(bytes, random, material).subarray(0, LARGEST_INPUT);
}

/** Some of them twice, because they find more. */
const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  changeByte,
  lieAboutLength,
  lieAboutLength,
  nudgeNumber,
  truncate,
  remove,
  repeat,
  insertRandom,
  insertWord,
  overwrite,
  splice,
  splice,
  exchange,
  fill,
];

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let i = random.length(4); i > 0 && changed.length > 0; i--) {
    const at = random.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  }
  return changed;
}

const EDGE_BYTES = [0, 1, 0x7f, 0x80, 0xfe, 0xff] as const;

function changeByte(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  if (changed.length > 0) changed[random.below(changed.length)] = random.pick(EDGE_BYTES);
  return changed;
}

/** Sizes of the numbers that formats hold, in bytes. */
const WIDTHS = [1, 2, 2, 4, 4, 8] as const;

/** Puts a number that might be taken for a length where one may stand. */
function lieAboutLength(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const width = random.pick(WIDTHS);
  const at = alignedOffset(changed, width, random);
  if (at === null) return changed;
  const left = changed.length - at;
  const lie = random.pick([0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]);
  const near = random.pick([left, left - width, left + 1, changed.length, changed.length / 2]) + random.below(9) - 4;
  writeNumber(changed, at, width, random.below(2) === 0 ? lie : Math.max(0, Math.trunc(near)), random);
  return changed;
}

/** Changes a number a little, up or down. */
function nudgeNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const at = random.below(changed.length);
  if (changed.length > 0) changed[at] = (changed[at] ?? 0) + random.below(17) - 8;
  return changed;
}

/** Formats align their numbers, but not always: an offset that is a multiple of the width, three times out of four. */
function alignedOffset(bytes: Uint8Array, width: number, random: Random): number | null {
  if (bytes.length < width) return null;
  const at = random.below(bytes.length - width + 1);
  return random.below(4) === 0 ? at : at - (at % width);
}

function writeNumber(bytes: Uint8Array, at: number, width: number, value: number, random: Random): void {
  const digits = Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
  bytes.set(random.below(4) === 0 ? digits.reverse() : digits, at);
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const start = random.below(bytes.length);
  return join(bytes.subarray(0, start), bytes.subarray(start + random.length(bytes.length)));
}

/** The same block again, up to a few thousand times. */
function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const start = random.below(bytes.length);
  const block = bytes.subarray(start, start + random.length(bytes.length));
  const times = Math.min(random.length(4096), Math.floor(LARGEST_INPUT / Math.max(1, block.length)));
  return join(bytes.subarray(0, start), ...Array.from({ length: times }, () => block), bytes.subarray(start));
}

function insertRandom(bytes: Uint8Array, random: Random): Uint8Array {
  return insert(bytes, random.bytes(random.length(64)), random);
}

function insertWord(bytes: Uint8Array, random: Random, { words }: Material): Uint8Array {
  return words.length === 0 ? insertRandom(bytes, random) : insert(bytes, random.pick(words), random);
}

function insert(bytes: Uint8Array, piece: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return join(bytes.subarray(0, at), piece, bytes.subarray(at));
}

/** A piece of another seed (or of these bytes) over what stands somewhere. */
function overwrite(bytes: Uint8Array, random: Random, { seeds }: Material): Uint8Array {
  const changed = bytes.slice();
  const piece = pieceOf(random.below(3) === 0 ? bytes : random.pick(seeds), random);
  const at = random.below(changed.length);
  changed.set(piece.subarray(0, Math.max(0, changed.length - at)), at);
  return changed;
}

/** The beginning of these bytes with the end of another seed. */
function splice(bytes: Uint8Array, random: Random, { seeds }: Material): Uint8Array {
  const other = random.pick(seeds);
  const cut = random.below(bytes.length + 1);
  // At the same place more often than not: formats tend to have the same fields at the same offset.
  const from = random.below(3) > 0 ? cut : random.below(other.length + 1);
  return join(bytes.subarray(0, cut), other.subarray(from));
}

/** Two pieces in each other's place. */
function exchange(bytes: Uint8Array, random: Random): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0] = Array.from({ length: 4 }, () => random.below(bytes.length + 1)).sort(ascending);
  return join(
    bytes.subarray(0, a),
    bytes.subarray(c, d),
    bytes.subarray(b, c),
    bytes.subarray(a, b),
    bytes.subarray(d),
  );
}

function ascending(a: number, b: number): number {
  return a - b;
}

function fill(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const start = random.below(changed.length);
  return changed.fill(random.pick(EDGE_BYTES), start, start + random.length(changed.length));
}

function pieceOf(bytes: Uint8Array, random: Random): Uint8Array {
  const start = random.below(bytes.length);
  return bytes.subarray(start, start + random.length(bytes.length));
}

/** The parts one after another, in bytes of their own. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
