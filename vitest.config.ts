import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/interop/**", "test/fuzz/**", "test/hostile/**", "test/faults/**", "test/bench/**"],
    testTimeout: 30_000,
    // By itself vitest leaves one of two cores idle.
    maxWorkers: 2,
    // What only child processes run (the commands, end to end) does not count here.
    coverage: {
      include: ["src/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 80, functions: 78, branches: 77, statements: 79 },
    },
  },
});
