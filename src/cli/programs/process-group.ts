import { setTimeout as delay } from "node:timers/promises";
import { hasLivingMember } from "./process-table.js";

/** Between two looks whether a group is gone: the shortest and the longest pause. */
const POLL_MS = { first: 5, last: 100 } as const;

/** How long a killed group may take to be gone. */
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
    for (let pause: number = POLL_MS.first; await this.#lives(); pause = Math.min(2 * pause, POLL_MS.last)) {
      if (performance.now() >= limit) return;
      await delay(pause);
    }
  }

  /** Whether somebody in the group is alive. The dead that wait for init to reap them can still be signalled. */
  async #lives(): Promise<boolean> {
    return this.#signal(0) && (await hasLivingMember(this.#id));
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
