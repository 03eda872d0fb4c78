import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { inputs, tryInput } from "./engine/fuzz.js";
import { growthDuring } from "./engine/memory.js";
import { orRefuse, type FuzzTarget } from "./engine/target.js";

/** What fuzzing is to find must be found when it is there. */
const SEED = Uint8Array.from([4, 1, 2, 3, 4, 9]);

/** A length, as many bytes, and a last byte: read without looking whether the bytes are there. */
function target(run: FuzzTarget["run"]): FuzzTarget {
  return { name: "engine", seeds: [SEED], run };
}

function check(subject: FuzzTarget): Promise<void> {
  const property = fc.asyncProperty(inputs(subject), ({ bytes }) => tryInput(subject, bytes, 20));
  return fc.assert(property, { numRuns: 2000, seed: 1 });
}

describe("the driver", () => {
  it("finds an error that is none of ours, and shows its input in hexadecimal digits", async () => {
    const careless = target(([length = 0, ...rest]) => {
      if (rest.at(length) === undefined) throw new TypeError("not there");
    });
    await expect(check(careless)).rejects.toThrow(/\d+ bytes [0-9a-f]*\]/);
  });

  it("lets pass what a decoder may throw", async () => {
    const careful = target((bytes) => {
      orRefuse(() => {
        throw new DecodeError("length", 0, `is ${bytes.length}`);
      }, DecodeError);
    });
    await expect(check(careful)).resolves.toBeUndefined();
  });

  it("finds an input that takes too long", async () => {
    const slow = target(([length = 0]) => {
      const end = performance.now() + length / 4;
      while (length > 200 && performance.now() < end);
    });
    await expect(check(slow)).rejects.toThrow(/[0-9a-f]+\]/);
    await expect(tryInput(slow, Uint8Array.of(255), 20)).rejects.toThrow(/took \d+ ms/);
  });

  it("finds an input after which nothing comes", async () => {
    const silent = target(([length]) => (length === 4 ? Promise.resolve() : new Promise(() => undefined)));
    await expect(tryInput(silent, Uint8Array.of(0), 20)).rejects.toThrow("never comes");
  });

  it("sees memory that is used for a moment only", async () => {
    const size = 80 * 1024 * 1024;
    const growth = await growthDuring(() => Promise.resolve(Buffer.alloc(size, 1).length));
    expect(growth).toBeGreaterThan(size * 0.9);
  });
});
