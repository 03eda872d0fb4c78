/** Bounds of what waits for a slow reader: events, and bytes of the notifications in them. */
export interface QueueBounds {
  readonly events: number;
  readonly bytes: number;
}

interface Entry<T> {
  readonly value: T;
  readonly size: number;
}

/**
 * Events on their way to one reader. What must not get lost is always taken; the rest only while it fits the bounds, so
 * that a slow reader costs no unbounded memory: `offer` tells when it did not fit.
 */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #bounds: QueueBounds;
  #entries: Entry<T>[] = [];
  #head = 0;
  #bytes = 0;
  #ended = false;
  #waiting: ((result: IteratorResult<T>) => void)[] = [];

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  /** Events that wait. */
  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** Takes an event of `size` bytes if there is room; false when there is none, or after the end. */
  offer(value: T, size: number): boolean {
    const { events, bytes } = this.#bounds;
    const full = this.length >= events || (this.length > 0 && this.#bytes + size > bytes);
    if (full || this.#ended) return false;
    this.#add(value, size);
    return true;
  }

  /** Takes an event whatever waits already; for the few that tell what happened to the others. */
  push(value: T): void {
    if (!this.#ended) this.#add(value, 0);
  }

  /** No more events: the reader gets what waits, then the end. */
  end(): void {
    this.#ended = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<T>> {
    const entry = this.#take();
    if (entry !== undefined) return Promise.resolve({ done: false, value: entry.value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #add(value: T, size: number): void {
    const resolve = this.#waiting.shift();
    if (resolve !== undefined) {
      resolve({ done: false, value });
      return;
    }
    this.#entries.push({ value, size });
    this.#bytes += size;
  }

  #take(): Entry<T> | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#bytes -= entry.size;
    if (this.#head >= 1024 || this.#head === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }
}
