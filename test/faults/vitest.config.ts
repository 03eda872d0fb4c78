import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Surveys: a session is disturbed at each of its places in turn, which takes minutes. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: { include: ["test/faults/**/*.test.ts"], testTimeout: 30_000, maxWorkers: 2 },
});
