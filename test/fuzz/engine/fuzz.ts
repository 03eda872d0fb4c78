import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import { crashes } from "./corpus.js";
import { mutate, type Material } from "./mutations.js";
import { Random } from "./random.js";
import type { FuzzTarget } from "./target.js";
import { Watchdog } from "./watchdog.js";

const RUNS = Number(process.env.PANWATCH_FUZZ_RUNS ?? 20_000);
const SEED = process.env.PANWATCH_FUZZ_SEED;

/** No input may take longer, in milliseconds. */
const SLOWEST_MS = 1000;
/** Inputs between two turns of the event loop, which the test runner needs now and then. */
const TURN = 500;

/** Bytes to try, which show as hexadecimal digits in a counterexample. */
export class Input {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  [fc.toStringMethod](): string {
    return `${this.bytes.length} bytes ${toHex(this.bytes)}`;
  }
}

/**
 * A seed with one to four mutations. Each mutation is a number that all of its random choices follow from, so that a
 * counterexample shrinks to fewer mutations.
 */
export function inputs(target: FuzzTarget): fc.Arbitrary<Input> {
  const material: Material = { seeds: target.seeds, words: target.words ?? [] };
  const steps = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...target.seeds), steps).map(([seed, numbers]) => {
    const mutated = numbers.reduce((bytes, number) => mutate(bytes, new Random(number), material), seed);
    return new Input(mutated);
  });
}

/** Runs a target on one input; throws what it throws, and when it took too long each time of three. */
export async function tryInput(target: FuzzTarget, bytes: Uint8Array, slowestMs = SLOWEST_MS): Promise<void> {
  let shortest = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    const began = performance.now();
    await inTime(target.run(bytes.slice()), 5 * slowestMs);
    shortest = Math.min(shortest, performance.now() - began);
    // A machine that is busy with something else may stall once.
    if (shortest <= slowestMs) return;
  }
  throw new Error(`took ${Math.round(shortest)} ms`);
}

/** Waits, but not for ever: for what still runs the watchdog is there, this is for what nothing will ever resolve. */
async function inTime(work: void | Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("is left waiting for something that never comes")), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same for one of very many inputs: stacks, which take most of the time of refusing one, are left out at first. */
async function tryQuickly(target: FuzzTarget, bytes: Uint8Array): Promise<void> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await tryInput(target, bytes);
  } catch {
    Error.stackTraceLimit = stackTraceLimit;
    await tryInput(target, bytes);
    throw new Error("failed once, but not again");
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The tests of a target: what once broke it, its seeds as they are, and mutations of them. */
export function fuzz(target: FuzzTarget): void {
  describe(target.name, () => {
    it.each(crashes(target.name))("survives $name", async ({ bytes }) => {
      await tryInput(target, bytes);
    });

    it("takes its seeds", async () => {
      for (const seed of target.seeds) await tryInput(target, seed);
    });

    it(`survives ${RUNS} mutations`, async () => {
      await using watchdog = new Watchdog(target.name);
      let tried = 0;
      const property = fc.asyncProperty(inputs(target), async ({ bytes }) => {
        if (++tried % TURN === 0) await new Promise(setImmediate);
        watchdog.begin(bytes);
        try {
          await tryQuickly(target, bytes);
        } finally {
          watchdog.end();
        }
      });
      await fc.assert(property, { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
      expect(tried).toBeGreaterThanOrEqual(RUNS);
    });
  });
}
