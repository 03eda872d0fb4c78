import { asPanwatchError, PanwatchError, UnreachableError } from "../errors.js";
import type { Guid } from "../bytes/guid.js";
import { typeName } from "../notifications/notification-types.js";
import { IRPCAsyncNotify } from "../pan/idl.js";
import { Backoff } from "../pan/retry.js";
import { BidiRegistration, UniRegistration, type Subscription } from "../pan/registration.js";
import { printerPath } from "../pan/printer-path.js";
import { delay, within } from "../waiting.js";
import { pollChannels, pollNotifications, type PollContext } from "./poll.js";
import type { Registered, Style } from "./events.js";
import { failedEvent, type RegistrationScope } from "./scope.js";
import type { Session } from "./session.js";

/** What one registration asks for. */
export interface RegistrationPlan {
  readonly type: Guid;
  readonly style: Style;
}

/** What a registration tells the watch it is part of. */
export interface RegistrationOwner {
  /** The registration is over for good; gives whether the whole watch ends with it. */
  ended(registration: RegistrationWatch, error: PanwatchError): boolean;
}

/**
 * One registration through all its objects on the server: it registers, polls, and after a failure registers again with
 * a new object ([MS-PAN] 3.1.1.4.1, .3, .5), on the association that the session gives.
 */
export class RegistrationWatch {
  readonly scope: RegistrationScope;
  readonly #plan: RegistrationPlan;
  readonly #owner: RegistrationOwner;
  readonly #backoff: Backoff;
  #current: UniRegistration | BidiRegistration | null = null;
  #polling: Promise<PanwatchError> | null = null;
  #attempt = 0;
  #interruptedAt: Date | null = null;
  #over = false;

  constructor(plan: RegistrationPlan, scope: RegistrationScope, owner: RegistrationOwner) {
    this.scope = scope;
    this.#plan = plan;
    this.#owner = owner;
    this.#backoff = new Backoff(scope.options.retry);
  }

  /** Whether it is over for good. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether it is registered now. */
  get registered(): boolean {
    return this.#current !== null;
  }

  /** Whether it was registered at least once. */
  get everRegistered(): boolean {
    return this.#attempt > 0;
  }

  /** Create → Register, and the first poll with it. Gives the error when that failed. */
  async open(session: Session): Promise<PanwatchError | null> {
    const context: PollContext = { scope: this.scope, session, progress: () => this.#backoff.reset() };
    try {
      await this.#begin(context);
    } catch (error) {
      return asPanwatchError(error);
    }
    session.changed();
    return null;
  }

  async #begin(context: PollContext): Promise<void> {
    const { association } = context.session;
    const subscription = this.#subscription();
    if (this.#plan.style === "uni") {
      const registration = await this.#answered(UniRegistration.open(association, subscription));
      this.#current = registration;
      this.#polling = pollNotifications(registration, context);
    } else {
      const registration = await this.#answered(BidiRegistration.open(association, subscription));
      this.#current = registration;
      this.#polling = pollChannels(registration, context);
    }
    // Not a turn later: whoever asks whether all are registered may tell the gap at once.
    this.#tellRegistered(context.session);
  }

  /** Registering and its end never park: a server that does not answer them in time is taken for unreachable. */
  #answered<T>(work: Promise<T>): Promise<T> {
    const ms = this.scope.options.connection.connectTimeoutMs;
    const text = `the server did not answer the registration within ${ms} ms`;
    return within(ms, work, () => new UnreachableError("register", text));
  }

  /** Follows the registration until the session is over or it is over for good. `failure`: of the first try. */
  async run(session: Session, failure: PanwatchError | null): Promise<void> {
    let error = failure;
    const isOver = (): boolean => session.end !== null || this.#over;
    while (!isOver()) {
      error ??= await (this.#polling ?? Promise.resolve(null));
      if (error === null || isOver()) return;
      if (error.meaning === "terminated") return session.finish({ kind: "terminated", error });
      if (!error.isAnswer) return session.finish({ kind: "lost", error });
      if (this.everRegistered) this.#interruptedAt ??= new Date();
      const unanswered = await this.#answered(this.leave("failed")).then(() => null, asPanwatchError);
      if (unanswered !== null) return session.finish({ kind: "lost", error: unanswered });
      // The connection may have ended with the answer: then its loss is what is told.
      if (isOver()) return;
      if (!this.#mayRetry(error)) {
        this.#finish(exhausted(error, this.#backoff.failures));
        return session.changed();
      }
      if (!(await this.#pause(error, session))) return;
      error = await this.open(session);
    }
  }

  /**
   * Ends the object on the server in order, without channels after 0x8007071A (`terminated`). Errors on the way are told, but
   * for what the end of all notifications implies, or that of the connection where it is told otherwise.
   */
  async leave(why: "left" | "terminated" | "failed"): Promise<void> {
    const registration = this.#current;
    if (registration === null) return;
    this.#current = null;
    for (const problem of await registration.end(why !== "terminated")) {
      const implied = why === "terminated" || problem.meaning === "terminated" || (problem.isLoss && why === "failed");
      if (!implied && !this.#over) this.scope.tell(failedEvent(problem, "unregister", false));
    }
  }

  /** The connection is gone, and what the server held for it with it: nothing is left to be called. */
  drop(): void {
    this.#current = null;
  }

  /** Since when nothing is received, if it was interrupted by itself; the server's gap takes it over. */
  takeInterruption(): Date | null {
    const since = this.#interruptedAt;
    this.#interruptedAt = null;
    return since;
  }

  /** Over for good before it was registered, because of an error that is told elsewhere; whether the watch ends with it. */
  abandon(error: PanwatchError): boolean {
    this.#over = true;
    return this.#owner.ended(this, error);
  }

  /** Over for good without an error: its queue is gone, or the server takes no more. */
  async retire(reason: string): Promise<void> {
    this.#over = true;
    await this.leave("left");
    this.tellUnregistered(reason, false);
  }

  /** Over for good, because of an error that is told with it. */
  #finish(error: PanwatchError): void {
    const stage = this.#stage();
    const final = this.abandon(error);
    this.scope.tell(failedEvent(error, stage, final));
    this.tellUnregistered("error", final);
  }

  /** The last event of a registration that was ever registered. */
  tellUnregistered(reason: string, final: boolean): void {
    this.#over = true;
    const { registration } = this.scope.place;
    if (!this.everRegistered || registration === null) return;
    this.scope.tell({ type: "unregistered", reason, final, counts: this.scope.counts });
  }

  #mayRetry(error: PanwatchError): boolean {
    const { limit } = this.scope.options.retry;
    return !error.isFinal && this.#backoff.failures < limit;
  }

  async #pause(error: PanwatchError, session: Session): Promise<boolean> {
    const delayMs = this.#backoff.next();
    this.scope.tell(failedEvent(error, this.#stage(), false));
    this.scope.tell({ type: "reconnecting", attempt: this.#backoff.failures, delayMs, reason: error.message });
    return delay(delayMs, session.signal);
  }

  #tellRegistered(session: Session): void {
    const { association } = session;
    const { mechanism, level, user } = association.info;
    this.#attempt += 1;
    const registered: Registered = {
      type: "registered",
      notificationType: typeName(this.#plan.type),
      style: this.#plan.style,
      userFilter: this.scope.options.userFilter,
      attempt: this.#attempt,
      auth: { mechanism, level, user },
      transferSyntax: association.transferSyntax(IRPCAsyncNotify),
    };
    this.scope.tell(registered);
    if (this.#interruptedAt === null) return;
    this.scope.tell({
      type: "gap",
      from: this.#interruptedAt,
      to: new Date(),
      mayHaveLost: true,
      cause: "registration",
    });
    this.#interruptedAt = null;
  }

  #stage(): string {
    if (!this.everRegistered) return "register";
    return this.#plan.style === "uni" ? "GetNotification" : "GetNewChannel";
  }

  #subscription(): Subscription {
    const { place, options } = this.scope;
    return {
      name: place.printer === null ? null : printerPath(place.server, place.printer),
      type: this.#plan.type,
      filter: options.userFilter,
      maxSize: options.maxSize,
    };
  }
}

/** What to tell when no further try is allowed: the error itself, unless tries were made. */
export function exhausted(error: PanwatchError, tries: number): PanwatchError {
  if (tries === 0 || error.isFinal) return error;
  const counted = tries === 1 ? "1 try" : `${tries} tries`;
  const hint = error.hint ?? "raise retry.limit to try longer";
  return new PanwatchError("retries", `gave up after ${counted}: ${error.message}`, { cause: error, hint });
}
