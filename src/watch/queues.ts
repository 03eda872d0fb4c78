import type { RegistrationWatch } from "./registration-watch.js";

/** The printer of a target that means each queue which the server shares. */
export const EVERY_QUEUE = "*";

/** How often a server is asked which queues it shares, in milliseconds. */
export const QUEUES_EVERY_MS = 5 * 60 * 1000;

/** What a server watch needs in order to follow the queues of its server. */
export interface QueueSource {
  /** The names of the queues that the server shares now. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** The registrations for a queue, none of them registered yet. */
  registrationsFor(printer: string): readonly RegistrationWatch[];
}

/** What became of the queues since they were asked for last. */
export interface QueueChanges {
  readonly added: readonly RegistrationWatch[];
  readonly gone: readonly RegistrationWatch[];
  readonly count: number;
}

/** The queues of a server, and the registrations for each: it knows which come and which go. */
export class Queues {
  readonly #source: QueueSource;
  /** By the queue's name in lower case: servers tell them apart without case. */
  readonly #queues = new Map<string, readonly RegistrationWatch[]>();

  constructor(source: QueueSource) {
    this.#source = source;
  }

  /** Asks the server; throws what that throws. */
  async refresh(signal: AbortSignal): Promise<QueueChanges> {
    const names = await this.#source.list(signal);
    const shared = new Map(names.map((name) => [name.toLowerCase(), name]));
    const gone = [...this.#queues].filter(([key]) => !shared.has(key)).flatMap(([key]) => this.#forget(key));
    const added = [...shared].filter(([key]) => !this.#queues.has(key)).flatMap(([key, name]) => this.#add(key, name));
    return { added, gone, count: shared.size };
  }

  /** Forgets a queue of which no registration lives, so that it counts as new when it is asked for next. */
  forgetDead(): void {
    for (const [key, registrations] of this.#queues) if (registrations.every(({ over }) => over)) this.#forget(key);
  }

  #add(key: string, name: string): readonly RegistrationWatch[] {
    const registrations = this.#source.registrationsFor(name);
    this.#queues.set(key, registrations);
    return registrations;
  }

  #forget(key: string): readonly RegistrationWatch[] {
    const registrations = this.#queues.get(key) ?? [];
    this.#queues.delete(key);
    return registrations;
  }
}
