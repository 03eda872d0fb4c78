#!/usr/bin/env node
// Node 22 can keep what it has compiled, here in a folder that is nobody else's. Where that fails nothing is lost.
const { enableCompileCache } = process.getBuiltinModule("node:module");
if (enableCompileCache !== undefined) {
  const { homedir } = process.getBuiltinModule("node:os");
  const { join } = process.getBuiltinModule("node:path");
  enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "panwatch"));
}
const { start } = await import("../dist/cli/start.js");
await start(process.argv.slice(2));
