import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** Every process that a test starts inherits this variable. */
const VARIABLE = "PANWATCH_INTEROP_RUN";
const PATIENCE_MS = 5_000;

/** Marks the processes of this run: vitest calls this before it starts the first (globalSetup). */
export function setup(): void {
  process.env[VARIABLE] = randomUUID();
}

/** Fails the run when a process that it started is still there. */
export async function teardown(): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = await leftovers(`${VARIABLE}=${process.env[VARIABLE]}`);
    if (left.length === 0) return;
    if (Date.now() > end) {
      // vitest only prints what is thrown here.
      process.exitCode = 1;
      throw new Error(`the tests left processes behind:\n${left.join("\n")}`);
    }
    // vitest's own workers end about now; they are nobody's children to wait for.
    await delay(100);
  }
}

/** Command lines of the other processes with this in their environment; none where there is no /proc. */
async function leftovers(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
    if (!environment.split("\0").includes(mark)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, "latin1").catch(() => "");
    found.push(`${entry} ${command.replaceAll("\0", " ")}`);
  }
  return found;
}
