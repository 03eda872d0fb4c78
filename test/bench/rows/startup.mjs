// How long commands take to start: `--version` and `decode` of a file to their ends, `watch` to its first byte on the wire;
// beside `node -e 0`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENT } from "../support/child.mjs";
import { logonArguments, PANWATCH, PASSWORD } from "../support/command.mjs";
import { balloonOf } from "../support/documents.mjs";
import { figure, median } from "../support/figures.mjs";

const ROUNDS = 15;

export async function* rows(wanted) {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-bench-"));
  const file = join(folder, "balloon.xml");
  writeFileSync(file, balloonOf(1024));
  const commands = {
    version: () => run([PANWATCH, "--version"]),
    decode: () => run([PANWATCH, "decode", file]),
    watch: firstByte,
  };
  try {
    for (const [label, command] of Object.entries(commands)) {
      if (!wanted(`startup.${label}`)) continue;
      const rounds = [];
      // The first one only fills the caches.
      for (let i = 0; i <= ROUNDS; i++) rounds.push([await command(), await run(["-e", "0"])]);
      const [ms, bare] = [0, 1].map((side) => median(rounds.slice(1).map((round) => round[side])));
      yield figure(`startup.${label}`, "ms", ms, bare);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds from starting a program of Node to its end. */
async function run(args) {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env: ENVIRONMENT, stdio: "ignore" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - began;
}

/** Milliseconds from starting `watch` to the first byte that its server gets. */
async function firstByte() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const connected = once(server, "connection");
  const began = performance.now();
  const args = [PANWATCH, "watch", ...logonArguments(server.address().port), "127.0.0.1"];
  const env = { ...ENVIRONMENT, PANWATCH_PASSWORD: PASSWORD };
  const child = spawn(process.execPath, args, { env, stdio: "ignore" });
  const [socket] = await connected;
  await once(socket, "data");
  const ms = performance.now() - began;
  child.kill("SIGKILL");
  await once(child, "exit");
  socket.destroy();
  server.close();
  return ms;
}
