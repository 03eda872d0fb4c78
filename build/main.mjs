// What the bundled start loads: main.cjs, with its compiled code where this Node made it.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { cacheOf, compile, run } from "./compiled.mjs";

const file = join(__dirname, "main.cjs");
const cache = cacheOf(file);

export const { main } = existsSync(cache) ? run(compile(file, readFileSync(cache)), file) : createRequire(file)(file);
