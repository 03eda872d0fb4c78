import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 10;

/** How long a killed group may take to be gone; longer only where nobody reaps its dead. */
const AFTER_KILL_MS = 1000;

/** The groups that are running, so that none of them outlives this process. */
const running = new Set<ProcessGroup>();

/**
 * The process group of a program that was started detached: the program and whatever it started, save what moved to a
 * group of its own. However this process exits (SIGKILL aside), what is left of the group is killed.
 */
export class ProcessGroup {
  readonly #id: number;

  /** `leader` is the process id of the program, which is the id of its group as well. */
  constructor(leader: number) {
    this.#id = leader;
    if (running.size === 0) process.once("exit", killRunningGroups);
    running.add(this);
  }

  /** Asks the group to end with SIGTERM, and kills what is left of it after `graceMs` milliseconds. */
  async terminate(graceMs: number): Promise<void> {
    this.#signal("SIGTERM");
    await this.#gone(graceMs);
    await this.kill();
  }

  /** Kills what is left of the group, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#signal("SIGKILL")) await this.#gone(AFTER_KILL_MS);
    this.#forget();
  }

  /** Kills what is left of the group without waiting, for a process that is about to exit. */
  killNow(): void {
    this.#signal("SIGKILL");
    this.#forget();
  }

  /** Waits until nothing of the group is left, `limitMs` milliseconds at most. */
  async #gone(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    while (this.#signal(0) && performance.now() < limit) await delay(POLL_MS);
  }

  /** Signals the whole group; false when nothing is left that could be signalled. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.#id, signal);
    } catch {
      return false;
    }
  }

  #forget(): void {
    running.delete(this);
    if (running.size === 0) process.removeListener("exit", killRunningGroups);
  }
}

function killRunningGroups(): void {
  for (const group of running) group.killNow();
}
