import { setMaxListeners } from "node:events";
import type { PanwatchError } from "../errors.js";
import type { Association } from "../rpc/association.js";
import type { Budget } from "../rpc/budget.js";
import { deferred } from "../waiting.js";

/** Why a session is over. */
export type SessionEnd =
  /** The connection is gone. */
  | { readonly kind: "lost"; readonly error: PanwatchError }
  /** The server ended all notifications (0x8007071A): only Unregister and Delete may follow on this association. */
  | { readonly kind: "terminated"; readonly error: PanwatchError }
  /** We leave, or nothing is left to watch here. */
  | { readonly kind: "left" };

/** One association with a print server, from its first registration to the moment when it is to be left. */
export class Session {
  readonly association: Association;
  /** Called when a registration is registered, or is over for good. */
  readonly changed: () => void;
  readonly #controller = new AbortController();
  readonly #over = deferred<SessionEnd>();
  #end: SessionEnd | null = null;
  /** Resolves once, when the session is over. */
  readonly over = this.#over.promise;

  constructor(association: Association, changed: () => void) {
    this.association = association;
    this.changed = changed;
    // Each channel that waits for its answer listens: any number is right.
    setMaxListeners(0, this.#controller.signal);
    void association.closed.then((error) => this.finish(error === null ? { kind: "left" } : { kind: "lost", error }));
  }

  /** Aborts when the session is over: waits between retries, reply programs and prompts end then. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the server may make us hold. */
  get budget(): Budget {
    return this.association.budget;
  }

  /** How it ended; null while it goes on. */
  get end(): SessionEnd | null {
    return this.#end;
  }

  /** Ends the session; the first reason stands. */
  finish(end: SessionEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#controller.abort(end.kind === "left" ? undefined : end.error);
    this.#over.resolve(end);
  }
}
