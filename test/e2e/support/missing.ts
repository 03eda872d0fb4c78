import { spawnSync } from "node:child_process";

/** Whether a program is missing here, which is told; never in CI, where `test/interop/setup` has installed it. */
export function isMissing(program: string): boolean {
  if (process.env["CI"] !== undefined || spawnSync("which", [program]).status === 0) return false;
  process.stderr.write(`skipped: there is no ${program} here (test/interop/setup installs it)\n`);
  return true;
}
