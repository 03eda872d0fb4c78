import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Fuzzing: PANWATCH_FUZZ_RUNS inputs for each target (20,000), fresh ones each time unless PANWATCH_FUZZ_SEED is set. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["test/fuzz/**/*.test.ts"],
    // Each file in a process of its own, so that memory can be measured and a hang ends only itself.
    pool: "forks",
    testTimeout: 600_000,
  },
});
