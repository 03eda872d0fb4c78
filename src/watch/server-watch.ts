import { setMaxListeners } from "node:events";
import { asPanwatchError, AuthenticationError, NoInterfaceError, type PanwatchError } from "../errors.js";
import { LEAVE_TIMEOUT_MS } from "../pan/defaults.js";
import { Backoff } from "../pan/retry.js";
import type { Connection, Connector } from "../pan/connect.js";
import { delay, settleWithin } from "../waiting.js";
import type { WatchOptions } from "./options.js";
import { exhausted, type RegistrationWatch } from "./registration-watch.js";
import type { Place, Reporter } from "./reporter.js";
import { failedEvent } from "./scope.js";
import { Session, type SessionEnd } from "./session.js";

/** What a server watch shares with the watch it is part of. */
export interface ServerOwner {
  readonly options: WatchOptions;
  readonly reporter: Reporter;
  /** The server's registrations are over for good; gives whether the whole watch ends with them. */
  serverEnded(server: ServerWatch, error: PanwatchError): boolean;
}

/**
 * All registrations with one print server under one identity: they share an association ([MS-RPCE] 3.3.1.5.7). When it
 * is lost, the watch comes back with a new one, asking the endpoint mapper and logging on again.
 */
export class ServerWatch {
  readonly registrations: readonly RegistrationWatch[];
  readonly #place: Place;
  readonly #owner: ServerOwner;
  readonly #connector: Connector;
  readonly #backoff: Backoff;
  readonly #leaving = new AbortController();
  #session: Session | null = null;
  #worked = false;
  /** The message of the last failure: the same one is told once. */
  #told: string | null = null;

  constructor(place: Place, registrations: readonly RegistrationWatch[], connector: Connector, owner: ServerOwner) {
    this.registrations = registrations;
    this.#place = place;
    this.#owner = owner;
    this.#connector = connector;
    this.#backoff = new Backoff(owner.options.retry);
    // The deadlines of each connection listen until they are over: any number is right.
    setMaxListeners(0, this.#leaving.signal);
  }

  /** Registrations that are not over for good. */
  get active(): readonly RegistrationWatch[] {
    return this.registrations.filter((registration) => !registration.over);
  }

  /** Resolves when all registrations are over for good, or after `leave`, when the server is clean. */
  async run(): Promise<void> {
    while (this.active.length > 0 && !this.#leaving.signal.aborted) {
      const failure = await this.#visit();
      if (failure === null || this.#leaving.signal.aborted || this.active.length === 0) continue;
      if (!this.#mayRetry(failure)) {
        this.#fail(exhausted(failure, this.#backoff.failures));
        break;
      }
      await this.#pause(failure);
    }
    await this.#connector[Symbol.asyncDispose]();
  }

  /** Ends the session, if there is one, or the wait for the next. */
  leave(): void {
    this.#leaving.abort();
    this.#session?.finish({ kind: "left" });
  }

  /** One connection from beginning to end; the error that ended it, null when nothing is left to do. */
  async #visit(): Promise<PanwatchError | null> {
    let connection: Connection;
    try {
      connection = await this.#connector.connect(this.#leaving.signal);
    } catch (error) {
      return asPanwatchError(error);
    }
    const session = new Session(connection.association);
    this.#session = session;
    if (this.#leaving.signal.aborted) session.finish({ kind: "left" });
    const opened = this.#openAll(session);
    const end = await session.over;
    this.#session = null;
    await this.#depart(end, opened, connection);
    return end.kind === "left" ? null : end.error;
  }

  /** Registers everything, one after the other, and follows what was registered beside that. */
  async #openAll(session: Session): Promise<void> {
    const runs: Promise<void>[] = [];
    const failures = new Map<RegistrationWatch, PanwatchError>();
    for (const registration of this.active) {
      if (session.end !== null) break;
      const error = await registration.open(session);
      if (error === null) {
        this.#succeeded();
        runs.push(registration.run(session, null));
      } else if (error.isAnswer) failures.set(registration, error);
      else session.finish({ kind: "lost", error });
    }
    const patient = this.#worked || this.#owner.options.retry.waitForServer;
    const ended = [...failures].filter(([, error]) => error.isFinal || !patient);
    this.#refused(ended);
    for (const [registration, error] of failures) if (!registration.over) runs.push(registration.run(session, error));
    void Promise.all(runs).then(() => session.finish({ kind: "left" }));
  }

  /** Registrations that failed for good. Where one printer refuses all in the same words, they are told once. */
  #refused(ended: readonly (readonly [RegistrationWatch, PanwatchError])[]): void {
    const groups = new Map<string, (readonly [RegistrationWatch, PanwatchError])[]>();
    for (const entry of ended) {
      const key = JSON.stringify([entry[0].scope.place.printer, entry[1].message]);
      groups.set(key, [...(groups.get(key) ?? []), entry]);
    }
    for (const group of groups.values()) {
      const finals = group.map(([registration, error]) => registration.abandon(error));
      const [[{ scope }, error]] = group as [readonly [RegistrationWatch, PanwatchError]];
      const place = group.length === 1 ? scope.place : { ...scope.place, registration: null };
      this.#owner.reporter.tell(place, failedEvent(error, "register", finals.includes(true)));
    }
  }

  /** Leaves an association in order, as far as it still works, within the time for leaving. */
  async #depart(end: SessionEnd, opened: Promise<void>, connection: Connection): Promise<void> {
    if (end.kind === "lost") {
      // Nothing is answered any more, so this takes no time; what was refused before is told before the loss.
      await opened;
      for (const registration of this.registrations) registration.drop();
    } else {
      await settleWithin(LEAVE_TIMEOUT_MS, this.#leaveAll(end.kind === "left", opened));
    }
    await connection.close();
  }

  async #leaveAll(releaseChannels: boolean, opened: Promise<void>): Promise<void> {
    await opened;
    await Promise.all(this.registrations.map((registration) => registration.leave(releaseChannels)));
  }

  #succeeded(): void {
    this.#worked = true;
    this.#told = null;
    this.#backoff.reset();
  }

  #mayRetry(error: PanwatchError): boolean {
    const { limit, waitForServer } = this.#owner.options.retry;
    if (error.isFinal || this.#backoff.failures >= limit) return false;
    return this.#worked || waitForServer;
  }

  #fail(error: PanwatchError): void {
    const active = this.active;
    for (const registration of active) registration.interrupted();
    const final = this.#owner.serverEnded(this, error);
    this.#owner.reporter.tell(this.#place, failedEvent(error, stageOf(error, this.#worked), final));
    for (const registration of active) registration.tellUnregistered("error", final);
  }

  async #pause(error: PanwatchError): Promise<void> {
    const usualMs = this.#backoff.next();
    const delayMs = error.retryInMs ?? usualMs;
    const { reporter } = this.#owner;
    const isNews = error.message !== this.#told;
    this.#told = error.message;
    if (isNews && error.code !== "disconnected" && error.code !== "unreachable") {
      reporter.tell(this.#place, failedEvent(error, stageOf(error, this.#worked), false));
    }
    reporter.tell(this.#place, {
      type: "reconnecting",
      attempt: this.#backoff.failures,
      delayMs,
      reason: error.message,
    });
    await delay(delayMs, this.#leaving.signal);
  }
}

function stageOf(error: PanwatchError, worked: boolean): string {
  if (error instanceof AuthenticationError) return "logon";
  if (error instanceof NoInterfaceError) return "endpoint-map";
  return worked ? "connection" : "connect";
}
