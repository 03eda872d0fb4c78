// The bundle as a script whose compiled code can be kept: Node keeps that of what `require` loads from version 22 on.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { readFileSync } from "node:fs";
import { Script } from "node:vm";

/** Where the code is kept that this Node compiled: others cannot use it, and V8 refuses what was made with other flags. */
export function cacheOf(file) {
  return `${file}.${process.version}-${process.arch}`;
}

export function compile(file, cachedData) {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`;
  return new Script(source, { filename: file, cachedData });
}

/** What the script exports, which is CommonJS. */
export function run(script, file) {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}
