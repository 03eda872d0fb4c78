import { describe, expect, it } from "vitest";
import { growthDuring } from "./engine/memory.js";
import { join } from "./engine/mutations.js";
import { Random } from "./engine/random.js";
import type { FuzzTarget } from "./engine/target.js";
import { tryInput } from "./engine/fuzz.js";
import { TARGETS } from "./targets/index.js";

const MEBIBYTE = 1024 * 1024;
const LARGEST_GROWTH = 64 * MEBIBYTE;
const INPUTS = 24;

/** An input of 1 MiB in the middle of which a piece of a seed, or a word of the format, comes again and again. */
function largeInput(target: FuzzTarget, random: Random): Uint8Array {
  const seed = random.pick(target.seeds);
  const words = target.words ?? [];
  const start = random.below(seed.length);
  const piece = seed.subarray(start, start + random.length(seed.length));
  const repeated = words.length > 0 && random.below(2) === 0 ? random.pick(words) : piece;
  const block = repeated.length === 0 ? random.bytes(16) : repeated;
  const before = seed.subarray(0, start);
  const times = Math.ceil(MEBIBYTE / block.length);
  const large = join(before, Buffer.alloc(times * block.length, block), seed.subarray(start));
  return large.subarray(0, MEBIBYTE);
}

/** The least of three: when garbage is collected is a matter of chance, and none of it is what the input needs. */
async function growthFor(target: FuzzTarget, input: Uint8Array): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < 3 && least > LARGEST_GROWTH; attempt++)
    least = Math.min(least, await growthDuring(() => tryInput(target, input)));
  return least;
}

describe.each(TARGETS)("$name", (target) => {
  it("takes inputs of 1 MiB, each in time and within 64 MiB", async () => {
    const random = new Random(1);
    const repeated = Array.from({ length: INPUTS }, () => largeInput(target, random));
    const growths: number[] = [];
    for (const input of [...(target.large ?? []), ...repeated]) growths.push(await growthFor(target, input));
    expect(Math.max(...growths)).toBeLessThanOrEqual(LARGEST_GROWTH);
  });
});
