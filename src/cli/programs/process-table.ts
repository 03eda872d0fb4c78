import { readdir, readFile } from "node:fs/promises";

/** States of a process that has ended: zombie, dead. */
const DEAD = ["Z", "X"];

/**
 * Whether the process group has a member that is alive and not only waits to be reaped. True where that cannot be told:
 * only Linux has a process table in `/proc`.
 */
export async function hasLivingMember(group: number): Promise<boolean> {
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const process of processes) {
    const status = await readFile(`/proc/${process}/stat`, "latin1").catch(() => "");
    // The second field, the name, stands in brackets and may hold anything.
    const [state = "X", , processGroup] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    if (Number(processGroup) === group && !DEAD.includes(state)) return true;
  }
  return processes.length === 0;
}
