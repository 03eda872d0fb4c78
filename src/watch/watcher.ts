import type { PanwatchError } from "../errors.js";
import { stylesOf } from "../notifications/notification-types.js";
import { printServerConnector, type Connector } from "../pan/connect.js";
import { deferred } from "../waiting.js";
import type { WatchEvent } from "./events.js";
import type { WatchOptions, WatchTarget } from "./options.js";
import { enumeratePrinters } from "../spooler/spooler.js";
import { EVERY_QUEUE, Queues } from "./queues.js";
import { RegistrationWatch, type RegistrationOwner, type RegistrationPlan } from "./registration-watch.js";
import { Reporter, type Place } from "./reporter.js";
import { Counters, Limit, RegistrationScope, type SharedScope } from "./scope.js";
import { ServerWatch, type ServerOwner } from "./server-watch.js";

/** How a watch ended. */
export interface WatchOutcome {
  /** The reason given to `close`, or `error` when all targets had failed. */
  readonly reason: string;
  /** The error that ended a registration or a server for good, of the first target that has one; null without any. */
  readonly error: PanwatchError | null;
  readonly everRegistered: boolean;
}

/**
 * Watches print servers: registers, decodes, answers, reconnects, and tells all of it as a stream of events to one
 * reader. Leaving the scope, or `close`, unregisters and deletes everything.
 *
 * ```ts
 * await using watcher = watch({ server, user, password });
 * for await (const event of watcher) console.log(event.type);
 * ```
 */
export class Watcher implements AsyncIterable<WatchEvent>, AsyncDisposable {
  readonly #options: WatchOptions;
  readonly #reporter = new Reporter();
  readonly #limit: Limit;
  readonly #servers: readonly ServerWatch[];
  /** What ended a server, or a registration of it, for good: the first of each. */
  readonly #errors = new Map<ServerWatch, PanwatchError>();
  /** Servers that failed before any worked; they are tried again as soon as another one works. */
  readonly #failedAtStart = new Set<ServerWatch>();
  readonly #works = deferred<boolean>();
  #reason: string | null = null;
  /** Resolves when everything is left and told. */
  readonly outcome: Promise<WatchOutcome>;

  /** Begins at once. Events wait for the reader within bounds; see `Reporter`. */
  constructor(options: WatchOptions) {
    this.#options = options;
    this.#limit = new Limit(options.limit);
    const shared: SharedScope = {
      options,
      reporter: this.#reporter,
      counters: new Counters(),
      limit: this.#limit,
    };
    this.#servers = this.#plan(shared);
    this.outcome = this.#run();
  }

  /** The events alone, whatever ends them: who takes them so asks `outcome`. */
  get events(): AsyncIterable<WatchEvent> {
    return this.#reporter;
  }

  /** The events; when all targets have failed, the error that ended the first is thrown after the last of them. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void> {
    yield* this.#reporter;
    const { reason, error } = await this.outcome;
    if (reason === "error" && error !== null) throw error;
  }

  /** Leaves all servers clean, at the latest after two seconds; `reason` is what `unregistered` events tell. */
  async close(reason: string): Promise<void> {
    if (this.#reason === null) {
      this.#reason = reason;
      for (const server of this.#servers) server.leave();
    }
    await this.outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close("closed");
  }

  async #run(): Promise<WatchOutcome> {
    void this.#closeAtLimit();
    const { heartbeatMs } = this.#options;
    const heartbeats = heartbeatMs === null ? undefined : setInterval(() => this.#beat(), heartbeatMs);
    await Promise.all(this.#servers.map((server) => server.run()));
    clearInterval(heartbeats);
    const registrations = this.#servers.flatMap((server) => server.registrations);
    const reason = this.#reason ?? "error";
    for (const registration of registrations.filter(({ over }) => !over)) registration.tellUnregistered(reason, true);
    this.#reporter.end();
    const error = this.#servers.map((server) => this.#errors.get(server)).find((one) => one !== undefined) ?? null;
    return { reason, error, everRegistered: registrations.some((one) => one.everRegistered) };
  }

  #beat(): void {
    for (const server of this.#servers) this.#reporter.tell(server.place, server.heartbeat());
  }

  async #closeAtLimit(): Promise<void> {
    await this.#limit.full;
    await this.#limit.settled();
    await this.#options.beforeLimitEnds?.();
    await this.close("count");
  }

  /** One server watch for each server and identity, one registration for each target, type and style. */
  #plan(shared: SharedScope): ServerWatch[] {
    const owner: ServerOwner & RegistrationOwner = {
      options: shared.options,
      reporter: shared.reporter,
      ended: (registration, error) => {
        const server = this.#servers.find(({ registrations }) => registrations.includes(registration));
        return this.#failed(error, server);
      },
      serverEnded: (server, error) => this.#failed(error, server, true),
      worked: () => this.#works.resolve(true),
      startFailed: (server) => this.#startFailed(server),
    };
    const plans = registrationPlans(shared.options);
    return groupTargets(shared.options.targets).map((targets) => {
      const [first] = targets;
      const registrationsFor = (target: WatchTarget): RegistrationWatch[] =>
        plans.map((plan) => new RegistrationWatch(plan, scopeOf(target, plan, shared), owner));
      const registrations = targets.filter(({ printer }) => printer !== EVERY_QUEUE).flatMap(registrationsFor);
      const list = (signal: AbortSignal): Promise<string[]> => listQueues(first, shared.options, signal);
      const everyQueue = targets.some(({ printer }) => printer === EVERY_QUEUE);
      const queues = everyQueue
        ? new Queues({ list, registrationsFor: (printer) => registrationsFor({ ...first, printer }) })
        : null;
      const place: Place = { server: first.server, printer: onlyPrinter(targets), registration: null, channel: null };
      return new ServerWatch(place, { registrations, queues }, connector(first, shared.options), owner);
    });
  }

  /** Remembers the first error that ended something of a server, or all of it; whether nothing is left with it. */
  #failed(error: PanwatchError, server: ServerWatch | undefined, wholly = false): boolean {
    if (server !== undefined && !this.#errors.has(server)) this.#errors.set(server, error);
    return this.#servers.every((other) => (wholly && other === server) || other.over || this.#failedAtStart.has(other));
  }

  #startFailed(server: ServerWatch): Promise<boolean> | null {
    this.#failedAtStart.add(server);
    if (this.#failedAtStart.size < this.#servers.length) return this.#works.promise;
    this.#works.resolve(false);
    return null;
  }
}

/** How a watch connects to one server with one identity. */
function connector(target: WatchTarget, { connection, notice, tracer, retry }: WatchOptions): Connector {
  const { refusedPauseMs } = retry;
  return printServerConnector({ target, options: connection, notice, tracer, refusedPauseMs });
}

/** The queues that a server shares; asked for on an association of its own. */
async function listQueues(target: WatchTarget, options: WatchOptions, signal: AbortSignal): Promise<string[]> {
  const { connection, notice, tracer } = options;
  const printers = await enumeratePrinters({ target, options: connection, notice, tracer, signal });
  return printers.map(({ name }) => name);
}

type Targets = readonly [WatchTarget, ...WatchTarget[]];

/** Targets of one server and identity share an association. */
function groupTargets(targets: readonly WatchTarget[]): Targets[] {
  const groups = new Map<string, [WatchTarget, ...WatchTarget[]]>();
  for (const target of targets) {
    const { user, domain } = target.identity;
    const key = JSON.stringify([target.server.toLowerCase(), user, domain]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [target]);
    else group.push(target);
  }
  return [...groups.values()];
}

function onlyPrinter([first, ...others]: Targets): string | null {
  return others.length === 0 && first.printer !== EVERY_QUEUE ? first.printer : null;
}

/** Each type in each wanted style that it has. */
export function registrationPlans({ types, style }: Pick<WatchOptions, "types" | "style">): RegistrationPlan[] {
  return types.flatMap((type) => {
    const wanted = stylesOf(type).filter((one) => style === "both" || one === style);
    return wanted.map((one) => ({ type, style: one }));
  });
}

function scopeOf(target: WatchTarget, plan: RegistrationPlan, shared: SharedScope): RegistrationScope {
  const registration = shared.counters.next("r");
  const place: Place = { server: target.server, printer: target.printer, registration, channel: null };
  return new RegistrationScope(place, plan.type, shared);
}
