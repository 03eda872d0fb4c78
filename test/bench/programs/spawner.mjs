// The reference of hooks: the same program with the same input, spawned bare, one after the other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { serveRequests } from "../support/child.mjs";

serveRequests({
  async spawn(program, count, length) {
    const input = `${"x".repeat(length)}\n`;
    for (let i = 0; i < count; i++) {
      const child = spawn(program, [], { stdio: "pipe" });
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
      child.stdout.resume();
      child.stderr.resume();
      await once(child, "close");
    }
  },
});
