import { asPanwatchError, PanwatchError, UnreachableError } from "../../errors.js";
import * as idl from "../../pan/idl.js";
import { expectSuccess, invoke } from "../../pan/invoke.js";
import { BidiRegistration, UniRegistration, type Subscription } from "../../pan/registration.js";
import { RemoteObject, type RegistrationParameters } from "../../pan/remote-object.js";
import { NOTIFICATION_RELEASE } from "../../pan/types.js";
import type { Association } from "../../rpc/association.js";
import { deferred, onAbort, settleWithin, within } from "../../waiting.js";
import type { Style } from "../../watch/events.js";
import { LEAVE_TIMEOUT_MS } from "../../pan/defaults.js";

/** How long leaving waits for a call that was given up, in milliseconds. */
const IN_FLIGHT_TIMEOUT_MS = 500;

export interface VisitOptions {
  /** Bound on each call that does not park, and on leaving, in milliseconds. */
  readonly timeoutMs: number;
  /** Gives up what is under way; leaving takes 2 s at most then. */
  readonly signal: AbortSignal;
}

/** A call of leaving: what it took, and why it failed. Of the other registrations only failures are told. */
export interface EndedObject {
  readonly step: "unregister" | "delete";
  readonly ms: number;
  readonly error: PanwatchError | null;
}

/**
 * One association on which registrations are tried. All are kept until the end, because after 0x8007071A, which answers the poll
 * of whatever is unregistered, nothing but Unregister and Delete may follow on an association ([MS-PAN] 3.1.1.4.3, .5).
 */
export class Visit {
  readonly #association: Association;
  readonly #options: VisitOptions;
  readonly #aborted: Promise<never>;
  readonly #registrations: (UniRegistration | BidiRegistration)[] = [];
  /** Channels that were opened while we were registered: none of our business, each goes back at once. */
  readonly #releases: Promise<unknown>[] = [];
  #object: RemoteObject | null = null;
  #poll: Promise<void> = Promise.resolve();
  /** The call that was made last, which may still be under way when it was given up. */
  #inFlight: Promise<unknown> = Promise.resolve();
  #leaving = false;
  #over: PanwatchError | null = null;
  /** Whether the association is closed: the server has run everything down. */
  #gone = false;

  constructor(association: Association, options: VisitOptions) {
    const { signal } = options;
    this.#association = association;
    this.#options = options;
    const aborted = deferred();
    this.#aborted = aborted.promise.then(() => {
      throw new PanwatchError("aborted", "the diagnosis was interrupted");
    });
    this.#aborted.catch(() => undefined);
    const listening = onAbort(signal, aborted.resolve);
    void association.closed.then(() => {
      this.#gone = true;
      listening[Symbol.dispose]();
    });
  }

  /** Why nothing more may be called but to leave: the server ended everything, or the connection is gone. */
  get over(): PanwatchError | null {
    return this.#over;
  }

  /** Creates the remote object. */
  async create(): Promise<void> {
    await this.#attempt(
      RemoteObject.create(this.#association).then((object) => {
        this.#object = object;
      }),
    );
  }

  /** Registers the remote object for unidirectional notifications, and asks for the first as 3.1.1.4.1 wants it. */
  async register(parameters: RegistrationParameters): Promise<void> {
    const object = this.#object;
    if (object === null) throw new TypeError("there is no remote object to register");
    // Until the answer is there, nobody knows whether the object is registered, and so how to leave it.
    this.#object = null;
    const registering = object.register(parameters).finally(() => (this.#object = object));
    await this.#attempt(
      registering.then(() => {
        this.#poll = this.#follow(() => getNotification(object));
      }),
    );
  }

  /** Registers in one more way, with an object of its own. */
  async tryToRegister(style: Style, subscription: Subscription): Promise<void> {
    const association = this.#association;
    const opening =
      style === "uni"
        ? UniRegistration.open(association, subscription).then((registration) => this.#keepUni(registration))
        : BidiRegistration.open(association, subscription).then((registration) => this.#keepBidi(registration));
    await this.#attempt(opening);
  }

  /** Leaves the server clean: unregisters and deletes everything, the remote object last. Gives how that one went. */
  async leave(): Promise<EndedObject[]> {
    const { timeoutMs, signal } = this.#options;
    const ended: EndedObject[] = [];
    let done = false;
    const leaving = this.#leave(ended).then(() => (done = true));
    const hurried = this.#aborted.catch(() => settleWithin(LEAVE_TIMEOUT_MS, leaving));
    const at = performance.now();
    await (signal.aborted ? hurried : Promise.race([settleWithin(timeoutMs, leaving), hurried]));
    if (done || this.#object === null) return ended;
    const step = this.#object.registered ? "unregister" : "delete";
    return [...ended, { step, ms: Math.round(performance.now() - at), error: this.#unanswered() }];
  }

  async #leave(ended: EndedObject[]): Promise<void> {
    this.#leaving = true;
    await settleWithin(IN_FLIGHT_TIMEOUT_MS, this.#inFlight);
    if (this.#gone) return;
    await Promise.all(this.#releases);
    for (const registration of this.#registrations.reverse()) {
      const end = await timed("unregister", async () => throwFirst(await registration.end()));
      if (end.error === null) continue;
      ended.push(end);
      if (!end.error.isAnswer) return;
    }
    const object = this.#object;
    if (object === null) return;
    if (object.registered) {
      const end = await timed("unregister", () => object.unregister());
      ended.push(end);
      // Where it failed, Delete ends the poll ([MS-PAN] 3.1.1.4.5).
      if (end.error === null) await this.#poll;
    }
    ended.push(await timed("delete", () => object.delete()));
  }

  /** Waits for a call that does not park. What it leaves on the server is kept although nobody waits any more. */
  async #attempt(work: Promise<void>): Promise<void> {
    const { timeoutMs } = this.#options;
    this.#inFlight = work;
    try {
      await within(timeoutMs, Promise.race([work, this.#aborted]), () => this.#unanswered());
    } catch (error) {
      const known = asPanwatchError(error);
      if (!known.isAnswer || known.meaning === "terminated") this.#over ??= known;
      throw known;
    }
  }

  #unanswered(): PanwatchError {
    return new UnreachableError("register", "the server did not answer in time", {
      hint: "allow more time with --connect-timeout, or look at the load of the server",
    });
  }

  #keepUni(registration: UniRegistration): void {
    this.#registrations.push(registration);
    void this.#follow(async () => (await registration.next()) !== null);
  }

  #keepBidi(registration: BidiRegistration): void {
    this.#registrations.push(registration);
    void this.#follow(async () => {
      const channels = await registration.nextChannels();
      this.#releases.push(...channels.map((channel) => channel.abandon()));
      return true;
    });
  }

  /** Polls again and again until a poll fails or is the last; never after Unregister (3.1.1.4.3, .5). Never rejects. */
  async #follow(poll: () => Promise<boolean>): Promise<void> {
    try {
      while (!this.#leaving && (await poll()));
    } catch (error) {
      const known = asPanwatchError(error);
      if (!this.#leaving && known.meaning === "terminated") this.#over ??= known;
    }
  }
}

function throwFirst([problem]: readonly PanwatchError[]): void {
  if (problem !== undefined) throw problem;
}

/** GetNotification; false when the server ends the registration with it. */
async function getNotification({ association, handle }: RemoteObject): Promise<boolean> {
  const out = await invoke(association, idl.IRPCAsyncNotify, idl.getNotification, { pRemoteObj: handle });
  expectSuccess(idl.getNotification.name, out.result);
  return out.ppOutNotificationType !== NOTIFICATION_RELEASE;
}

/** That all notifications are over (0x8007071A) is no failure for one who leaves. */
async function timed(step: EndedObject["step"], call: () => Promise<void>): Promise<EndedObject> {
  const at = performance.now();
  const error = await call().then(() => null, asPanwatchError);
  return { step, ms: Math.round(performance.now() - at), error: error?.meaning === "terminated" ? null : error };
}
