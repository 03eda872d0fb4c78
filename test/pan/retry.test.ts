import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff, DEFAULT_BACKOFF } from "../../src/pan/retry.js";

describe("intervals between retries ([MS-PAN] 3.1.1.4.1: decaying from 1 second to 1 minute)", () => {
  it("doubles from the shortest to the longest interval", () => {
    const backoff = new Backoff(DEFAULT_BACKOFF, () => 0);
    const delays = Array.from({ length: 8 }, () => backoff.next());
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("never leaves the range, and jitter only lengthens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 80 }),
        (jitter) => {
          const plain = new Backoff(DEFAULT_BACKOFF, () => 0);
          const jittered = new Backoff(DEFAULT_BACKOFF, () => jitter.pop() ?? 0);
          for (let i = jitter.length; i > 0; i--) {
            const delay = jittered.next();
            expect(delay).toBeGreaterThanOrEqual(plain.next());
            expect(delay).toBeLessThanOrEqual(DEFAULT_BACKOFF.maxMs);
          }
        },
      ),
    );
  });

  it("begins again with the shortest interval after a success", () => {
    const backoff = new Backoff(DEFAULT_BACKOFF, () => 0);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect([backoff.failures, backoff.next()]).toEqual([0, 1000]);
  });
});
