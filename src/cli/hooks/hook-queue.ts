import { PanwatchError } from "../../errors.js";
import type { EventOrigin, Notified } from "../../watch/events.js";

/** What may wait for the hook: notifications, and UTF-16 code units of their JSON lines. */
const MAX_WAITING = 1000;
const MAX_WAITING_LENGTH = 32 * 1024 * 1024;

/** A notification for which the hook is to be run. */
export interface HookJob {
  readonly event: EventOrigin & Notified;
  readonly line: string;
}

/**
 * Notifications that wait for the hook, in order. When there is no room for one more it is dropped and told at once; how
 * many there were in all is told when the hook has caught up.
 */
export class HookQueue {
  readonly #tell: (problem: PanwatchError, origin: EventOrigin) => void;
  readonly #jobs: HookJob[] = [];
  #length = 0;
  #dropped = 0;
  #lastDropped: HookJob | null = null;

  constructor(tell: (problem: PanwatchError, origin: EventOrigin) => void) {
    this.#tell = tell;
  }

  push(job: HookJob): void {
    const full = this.#jobs.length > 0 && this.#length + job.line.length > MAX_WAITING_LENGTH;
    if (full || this.#jobs.length >= MAX_WAITING) {
      this.#drop(job);
      return;
    }
    this.#jobs.push(job);
    this.#length += job.line.length;
  }

  /** The notification that has waited longest; null when none waits. */
  shift(): HookJob | null {
    const job = this.#jobs.shift() ?? null;
    this.#length -= job?.line.length ?? 0;
    if (this.#jobs.length <= MAX_WAITING / 2) this.#tellDropped();
    return job;
  }

  /** Forgets what waits, and tells how much that was. */
  clear(): void {
    this.#tellDropped();
    const left = this.#jobs.splice(0);
    this.#length = 0;
    const [first] = left;
    if (first === undefined) return;
    const message = `The watch ended before the hook was run for ${left.length} of the last notifications.`;
    this.#tell(new PanwatchError("program", message), first.event);
  }

  #drop(job: HookJob): void {
    this.#dropped += 1;
    this.#lastDropped = job;
    if (this.#dropped > 1) return;
    const message = `The hook does not keep up: ${this.#jobs.length} wait for it, and it is not run for ${job.event.id}.`;
    this.#tell(
      new PanwatchError("program", message, { hint: "A faster hook can hand the work to a queue." }),
      job.event,
    );
  }

  #tellDropped(): void {
    if (this.#lastDropped !== null && this.#dropped > 1) {
      const message = `While it did not keep up, the hook was not run for ${this.#dropped} notifications, the last of them ${this.#lastDropped.event.id}.`;
      this.#tell(new PanwatchError("program", message), this.#lastDropped.event);
    }
    this.#dropped = 0;
    this.#lastDropped = null;
  }
}
