import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Attacks on the built programs, measured by the operating system: one at a time. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: { include: ["test/hostile/**/*.test.ts"], testTimeout: 60_000, fileParallelism: false },
});
