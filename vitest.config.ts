import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/interop/**", "test/fuzz/**", "test/bench/**"],
    testTimeout: 30_000,
    coverage: { include: ["src/**"], reporter: ["text-summary", "json-summary"] },
  },
});
