import { describe, expect, it } from "vitest";

/**
 * Tests against a program that is not ours. Where it is `available` (what finding it gave: a path, a version) `define`
 * gets that and defines the tests. Where it is not (null or false), one line says so and what it `needs`: skipped on a
 * developer's machine, failed under CI, which is to have all peers.
 */
export function describePeer<T>(
  name: string,
  available: T | null | false,
  define: (peer: T) => void,
  needs = "to be installed",
): void {
  describe(name, () => {
    if (available !== null && available !== false) define(available);
    else if (process.env.CI === undefined)
      it.skip(`skipped: ${name} needs ${needs} (test/interop/setup lists packages)`);
    else
      it("is there, as CI demands", () => {
        expect.fail(`${name} needs ${needs}; test/interop/setup installs the packages`);
      });
  });
}
