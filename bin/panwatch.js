#!/usr/bin/env node
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

// Node 22 can keep what it has compiled, here in a folder that is nobody else's. Where that fails nothing is lost.
module.enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "panwatch"));
const { start } = await import("../dist/cli/start.js");
await start(process.argv.slice(2));
