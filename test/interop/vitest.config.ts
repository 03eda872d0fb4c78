import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Interoperation with implementations that are not ours; each test says which program it needs. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["test/interop/**/*.test.ts"],
    globalSetup: ["test/interop/support/banner.ts", "test/interop/support/leftovers.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ["verbose"],
  },
});
