import { setMaxListeners } from "node:events";
import { asPanwatchError, AuthenticationError, NoInterfaceError, type PanwatchError } from "../errors.js";
import { LEAVE_TIMEOUT_MS } from "../pan/defaults.js";
import { Backoff } from "../pan/retry.js";
import type { Connection, Connector } from "../pan/connect.js";
import { aborted, delay, forEachOf, settleWithin } from "../waiting.js";
import type { Heartbeat, WatchEventBody } from "./events.js";
import type { WatchOptions } from "./options.js";
import type { Queues } from "./queues.js";
import { exhausted, type RegistrationWatch } from "./registration-watch.js";
import { takeLimited, tellRefused } from "./refused.js";
import { addCounts, NOTHING_COUNTED, type Place, type Reporter } from "./reporter.js";
import { failedEvent } from "./scope.js";
import { Session, type SessionEnd } from "./session.js";

/** What a server watch shares with the watch it is part of. */
export interface ServerOwner {
  readonly options: WatchOptions;
  readonly reporter: Reporter;
  /** The server's registrations are over for good; gives whether the whole watch ends with them. */
  serverEnded(server: ServerWatch, error: PanwatchError): boolean;
  /** A server works for the first time. */
  worked(): void;
  /**
   * A server failed at the start; null where no other one can work any more, else whether one does: true as soon as it does,
   * false when all have failed.
   */
  startFailed(server: ServerWatch): Promise<boolean> | null;
}

/** What is watched on a server: registrations for what was named, and its queues where all are meant. */
export interface WatchedPlaces {
  readonly registrations: readonly RegistrationWatch[];
  readonly queues: Queues | null;
}

/** Registrations that are opened at once on a connection that they share. */
const OPENED_AT_ONCE = 16;

/** What is met where a server is down, restarts, or does not serve yet. */
const DOWN: readonly PanwatchError["code"][] = ["disconnected", "unreachable", "no-interface"];

/**
 * All registrations with one print server under one identity: they share an association ([MS-RPCE] 3.3.1.5.7). When it
 * is lost, the watch comes back with a new one, asking the endpoint mapper and logging on again.
 */
export class ServerWatch {
  registrations: readonly RegistrationWatch[];
  readonly place: Place;
  readonly #owner: ServerOwner;
  readonly #connector: Connector;
  readonly #backoff: Backoff;
  readonly #leaving = new AbortController();
  /** Null where only what was named is watched. */
  readonly #queues: Queues | null;
  #session: Session | null = null;
  #worked = false;
  #ended = false;
  #noQueuesTold = false;
  #limitTold = false;
  /** Whether a server that cannot be reached is tried again: always, once it or another one has worked. */
  #patient: boolean;
  /** Since when it is connected, or lost. */
  #since: Date | null = null;
  /** Since when the registrations miss something; null while none does. */
  #lostAt: Date | null = null;
  #losses = 0;
  /** The message of the last failure: the same one is told once. */
  #told: string | null = null;

  constructor(place: Place, { registrations, queues }: WatchedPlaces, connector: Connector, owner: ServerOwner) {
    this.registrations = registrations;
    this.#queues = queues;
    this.place = place;
    this.#owner = owner;
    this.#connector = connector;
    this.#backoff = new Backoff(owner.options.retry);
    this.#patient = owner.options.retry.waitForServer;
    // The deadlines of each connection listen until they are over: any number is right.
    setMaxListeners(0, this.#leaving.signal);
  }

  /** Registrations that are not over for good. */
  get active(): readonly RegistrationWatch[] {
    return this.registrations.filter((registration) => !registration.over);
  }

  /** Whether nothing more will be watched here. */
  get over(): boolean {
    return this.#ended || (this.#queues === null && this.active.length === 0);
  }

  /** Resolves when all registrations are over for good, or after `leave`, when the server is clean. */
  async run(): Promise<void> {
    while (!this.over && !this.#leaving.signal.aborted) {
      const failure = await this.#visit();
      if (failure === null || this.#leaving.signal.aborted || this.over) continue;
      if (!this.#mayRetry(failure)) {
        const why = failure.isFinal ? "the failure is final" : `retries so far: ${this.#backoff.failures}`;
        this.#debug(`not tried again, ${why}: ${failure.message}`);
        this.#fail(exhausted(failure, this.#backoff.failures));
        break;
      }
      if (this.#patient) await this.#pause(failure);
      else if (!(await this.#hope(failure))) break;
    }
    if (!this.#worked) void this.#owner.startFailed(this);
    await this.#connector[Symbol.asyncDispose]();
  }

  /** What a heartbeat of the server tells. */
  heartbeat(): Heartbeat {
    const registered = this.registrations.filter((registration) => registration.registered).length;
    const counts = this.registrations.map(({ scope }) => scope.counts).reduce(addCounts, NOTHING_COUNTED);
    const reconnects = counts.reconnects + this.#losses;
    const { failures: attempt } = this.#backoff;
    return { type: "heartbeat", registered, since: this.#since, attempt, counts: { ...counts, reconnects } };
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
    const session = new Session(connection.association, () => this.#checkBack());
    this.#session = session;
    if (this.#leaving.signal.aborted) session.finish({ kind: "left" });
    const opened = this.#openAll(session);
    const end = await session.over;
    this.#session = null;
    const endedAt = new Date();
    await this.#depart(end, opened, connection);
    if (end.kind === "left") return null;
    // Only now: a registration may have been answered just before the end, and is told while departing.
    this.#lost(endedAt);
    return end.error;
  }

  /** Registers everything, and follows the queues of the server where all are meant. */
  async #openAll(session: Session): Promise<void> {
    const queues = this.#queues;
    if (queues === null) {
      const runs = await this.#open(this.active, session);
      void Promise.all(runs).then(() => session.finish({ kind: "left" }));
      return;
    }
    try {
      await this.#refresh(queues, session);
    } catch (error) {
      return session.finish({ kind: "lost", error: asPanwatchError(error) });
    }
    void (await this.#open(this.active, session));
    void this.#follow(queues, session);
  }

  async #follow(queues: Queues, session: Session): Promise<void> {
    while (await delay(this.#owner.options.queuesEveryMs, session.signal)) {
      try {
        void (await this.#open(await this.#refresh(queues, session), session));
      } catch (error) {
        if (session.end === null) this.#tellOnce(asPanwatchError(error), "printers");
      }
    }
  }

  /** Asks for the queues, leaves those that are gone, and gives the registrations of those that came. */
  async #refresh(queues: Queues, session: Session): Promise<readonly RegistrationWatch[]> {
    const { added, gone, count } = await queues.refresh(session.signal);
    this.#succeeded();
    const { notice, queuesFound } = this.#owner.options;
    const printers = new Set(added.flatMap(({ scope }) => scope.place.printer ?? []));
    if (printers.size > 0) queuesFound?.(this.place.server, [...printers]);
    if (count === 0 && !this.#noQueuesTold) notice(`${this.place.server} shares no printers; waiting for some`, "warn");
    this.#noQueuesTold = count === 0;
    await Promise.all(gone.map((registration) => registration.retire("queue gone")));
    this.registrations = [...this.registrations.filter((registration) => !gone.includes(registration)), ...added];
    session.changed();
    return added;
  }

  /**
   * Registers, and follows what was registered beside that. The first registration alone: when others are not answered beside its
   * poll, the server serves one call at a time. Then several at once, where they share a connection: a thousand take half the time.
   */
  async #open(registrations: readonly RegistrationWatch[], session: Session): Promise<Promise<void>[]> {
    const runs: Promise<void>[] = [];
    const failures = new Map<RegistrationWatch, PanwatchError>();
    const open = async (registration: RegistrationWatch): Promise<void> => {
      if (session.end !== null) return;
      const error = await registration.open(session);
      if (error === null) {
        this.#succeeded();
        runs.push(registration.run(session, null));
      } else if (error.isAnswer) failures.set(registration, error);
      else session.finish({ kind: "lost", error });
    };
    const [first, ...others] = registrations;
    if (first !== undefined) await open(first);
    await forEachOf(others, session.association.info.multiplexed ? OPENED_AT_ONCE : 1, open);
    this.#limited(failures);
    tellRefused(
      [...failures].filter(([, error]) => error.isFinal || !this.#patient),
      this.#owner.reporter,
    );
    session.changed();
    for (const [registration, error] of failures) if (!registration.over) runs.push(registration.run(session, error));
    return runs;
  }

  /** Queues for which the server takes no more registrations: told once, and tried again when queues are asked for next. */
  #limited(failures: Map<RegistrationWatch, PanwatchError>): void {
    if (this.#queues === null) return;
    for (const [registration, error] of takeLimited(failures)) {
      void registration.retire("limit");
      this.registrations = this.registrations.filter((other) => other !== registration);
      if (!this.#limitTold) this.#tell(failedEvent(error, "register", false));
      this.#limitTold = true;
    }
    this.#queues.forgetDead();
  }

  /** Leaves an association in order, as far as it still works, within the time for leaving. */
  async #depart(end: SessionEnd, opened: Promise<void>, connection: Connection): Promise<void> {
    if (end.kind === "lost") {
      // Nothing is answered any more, so this takes no time; what was refused before is told before the loss.
      await opened;
      for (const registration of this.registrations) registration.drop();
    } else {
      await settleWithin(LEAVE_TIMEOUT_MS, this.#leaveAll(end.kind, opened));
    }
    await connection.close();
  }

  async #leaveAll(why: "left" | "terminated", opened: Promise<void>): Promise<void> {
    await opened;
    await Promise.all(this.registrations.map((registration) => registration.leave(why)));
  }

  #succeeded(): void {
    if (!this.#worked) this.#owner.worked();
    this.#worked = this.#patient = true;
    this.#told = null;
    if (this.#backoff.failures > 0 || this.#lostAt !== null || this.#since === null) this.#since = new Date();
    this.#backoff.reset();
  }

  /** The connection is gone, and all registrations with it: one gap tells of them all, when they are back. */
  #lost(at: Date): void {
    const interruptions = this.active.map((registration) => registration.takeInterruption() ?? at);
    if (this.#worked) {
      this.#lostAt = interruptions.reduce(earlier, this.#lostAt ?? at);
      this.#since = at;
    }
    this.#losses += 1;
  }

  /** Tells the gap as soon as the last of the registrations that survived is back. */
  #checkBack(): void {
    if (this.#lostAt === null || this.#session === null) return;
    const { active } = this;
    if (active.length === 0 || !active.every((registration) => registration.registered)) return;
    const from = this.#lostAt;
    this.#lostAt = null;
    this.#tell({ type: "gap", from, to: new Date(), mayHaveLost: true, cause: "connection" });
  }

  #mayRetry(error: PanwatchError): boolean {
    return !error.isFinal && this.#backoff.failures < this.#owner.options.retry.limit;
  }

  #fail(error: PanwatchError, hint = error.hint): void {
    const active = this.active;
    this.#ended = true;
    const final = this.#owner.serverEnded(this, error);
    this.#tell({ ...failedEvent(error, stageOf(error, this.#worked), final), hint });
    for (const registration of active) registration.tellUnregistered("error", final);
  }

  /**
   * The server cannot be reached at the start: it is tried again as soon as another one works; whether one does. Where it is
   * the last of all, or alone, the watch ends with it.
   */
  async #hope(error: PanwatchError): Promise<boolean> {
    const others = this.#owner.startFailed(this);
    if (others === null) {
      const waits = DOWN.includes(error.code) ? "retry.waitForServer waits for a server that is down" : null;
      this.#fail(error, [error.hint, waits].filter((text) => text !== null).join("; ") || null);
      return false;
    }
    const hint = "it is tried again as soon as another target works";
    this.#tell({ ...failedEvent(error, stageOf(error, false), false), hint });
    if (await Promise.race([others, aborted(this.#leaving.signal).then(() => false)])) {
      this.#patient = true;
      await delay(this.#backoff.next(), this.#leaving.signal);
      return true;
    }
    this.#ended = true;
    this.#owner.serverEnded(this, error);
    return false;
  }

  /** Tells the loss, or the failed attempt, and waits. What a loss implies is no error: only what somebody should look at. */
  async #pause(error: PanwatchError): Promise<void> {
    const usualMs = this.#backoff.next();
    const delayMs = error.retryInMs ?? usualMs;
    const implied = DOWN.includes(error.code) || error.meaning === "terminated";
    if (!implied) this.#tellOnce(error, stageOf(error, this.#worked));
    this.#tell({ type: "reconnecting", attempt: this.#backoff.failures, delayMs, reason: error.message });
    this.#debug(`retry ${this.#backoff.failures} in ${delayMs} ms: ${error.message}`);
    await delay(delayMs, this.#leaving.signal);
  }

  #debug(text: string): void {
    this.#owner.options.notice(`${this.place.server}: ${text}`, "debug");
  }

  #tellOnce(error: PanwatchError, stage: string): void {
    if (error.message === this.#told) return;
    this.#told = error.message;
    this.#tell(failedEvent(error, stage, false));
  }

  #tell(body: WatchEventBody): void {
    this.#owner.reporter.tell(this.place, body);
  }
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function stageOf(error: PanwatchError, worked: boolean): string {
  if (error instanceof AuthenticationError) return "logon";
  if (error instanceof NoInterfaceError) return "endpoint-map";
  return worked ? "connection" : "connect";
}
