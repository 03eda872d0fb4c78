import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { inspect } from "node:util";
import { expect } from "vitest";
import { after } from "../../src/waiting.js";

/** How long a test waits for what must come, in milliseconds: as long as a busy machine may need. */
const LIMIT_MS = 20_000;
/** How long it waits in silence. */
const SILENCE_MS = 2000;
const INTERVAL_MS = 20;

/**
 * Says on stderr after 2 s what a test still waits for: it may end by its own time-out, which knows nothing of it.
 * Disposing of what it gives ends the waiting.
 */
export function saysWhatIsMissing(missing: () => string): Disposable {
  const test = expect.getState().currentTestName ?? "before the tests";
  return after(SILENCE_MS, () => process.stderr.write(`${test}: still without ${missing()}\n`));
}

/** The exit code and the signal of a child process that ends; with "close", its streams have ended too. */
export async function endOf(
  child: ChildProcess,
  by: "close" | "exit",
): Promise<[number | null, NodeJS.Signals | null]> {
  using _ = saysWhatIsMissing(() => `the end of ${child.spawnargs.join(" ")}`);
  return (await once(child, by)) as [number | null, NodeJS.Signals | null];
}

/** What `attempt` gives as soon as it throws no more; what it threw last is thrown when that takes longer than 20 s. */
export async function eventually<T>(attempt: () => T): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  let last: unknown;
  using _ = saysWhatIsMissing(() => reason(last));
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      last = error;
      if (performance.now() > end) throw error;
    }
    await new Promise<void>((resolve) => void after(INTERVAL_MS, resolve));
  }
}

/** What an assertion wanted, and what is there so far. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const { message, actual } = error as Error & { actual?: unknown };
  if (actual === undefined) return message;
  return `${message}; so far: ${typeof actual === "string" ? actual : inspect(actual, { depth: 6 })}`;
}
