import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * By how many bytes the memory of this process grew at most while `work` was done, garbage that was not collected yet
 * included. From the kernel's own record where it can be reset (Linux), else from what is left afterwards.
 */
export async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage();
  const watched = resetPeak();
  const peakBefore = watched ? peak() : 0;
  await work();
  const after = process.memoryUsage();
  const left = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return watched ? Math.max(peak() - peakBefore, after.arrayBuffers - before.arrayBuffers) : left;
}

/** Lets the peak of resident memory begin anew at what is resident now (man 5 proc, clear_refs). */
function resetPeak(): boolean {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

/** The peak of resident memory since then, in bytes. */
function peak(): number {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  return Number(kibibytes) * 1024;
}
