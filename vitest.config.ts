import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;
const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).map((name) => join("test", name));
/** What puts another module in a module's place, which no other file may meet, or measures its process. */
const ALONE = /^vi\.mock\(|\/engine\/memory\.js"/m;
const alone = files.filter((name) => name.endsWith(".test.ts") && ALONE.test(readFileSync(join(root, name), "utf8")));
const elsewhere = ["test/interop/**", "test/fuzz/**", "test/hostile/**", "test/faults/**", "test/bench/**"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // More than two cores can run: much of a test's time goes by in waiting for other processes.
    maxWorkers: 4,
    // Most files share the modules that their process has loaded: that spares a third of the whole run.
    projects: [
      {
        extends: true,
        test: { name: "shared", include: ["test/**/*.test.ts"], exclude: [...elsewhere, ...alone], isolate: false },
      },
      { extends: true, test: { name: "alone", include: alone, exclude: elsewhere, isolate: true } },
    ],
    // What only child processes run (the commands, end to end) does not count here.
    coverage: {
      include: ["src/**"],
      exclude: ["src/**/assembly/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 80, functions: 78, branches: 77, statements: 79 },
    },
  },
});
