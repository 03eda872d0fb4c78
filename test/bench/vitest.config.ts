import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** How fast things are; measured on demand, never asserted. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    benchmark: { include: ["test/bench/**/*.bench.ts"] },
    // One after the other: two at once would measure each other.
    fileParallelism: false,
  },
});
