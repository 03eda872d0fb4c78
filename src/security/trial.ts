import { AuthenticationError } from "../errors.js";
import { deferred, type Deferred } from "../waiting.js";

/** How long a proof holds before one connection has to go first again, in milliseconds. */
const FRESH_MS = 2000;

/** Timers may fire a little early: whoever was told to come after the pause is not sent away again. */
const SLACK_MS = 10;

type State =
  | { readonly kind: "untried" }
  | { readonly kind: "proven"; readonly at: number }
  /** It was refused after it had worked; when the pause is over it may be tried once more. */
  | { readonly kind: "doubted"; readonly refusal: AuthenticationError; readonly until: number }
  | { readonly kind: "refused"; readonly refusal: AuthenticationError };

/** One use of the secret that is under way; exactly one of its methods is to be called. */
export interface SecretUse {
  /** It was right. */
  proved(): void;
  /** It was refused: gives the error to throw. It says when to try once more, where that may be and `again` allows it. */
  refused(error: AuthenticationError, again: boolean): AuthenticationError;
  /** Nobody knows. */
  dropped(): void;
}

/**
 * What this run knows of an identity's secret; all connections of the identity share it, whatever their server. Accounts
 * lock after a few refusals, so one use goes first and the others wait for what comes of it. The first refusal ends it for
 * all; a secret that has worked in this run is tried once more, after a pause.
 */
export class SecretTrial {
  #state: State = { kind: "untried" };
  /** Resolves when the use that goes first is over. */
  #first: Deferred<void> | null = null;

  /** Whether the secret has worked in this run and was not refused since. */
  get proven(): boolean {
    return this.#state.kind === "proven";
  }

  /** Waits until the secret may be used. Throws an AuthenticationError where it must not be. */
  async begin(pauseMs: number): Promise<SecretUse> {
    for (;;) {
      const state = this.#state;
      const restMs = state.kind === "doubted" ? state.until - performance.now() - SLACK_MS : 0;
      if (state.kind === "refused" || (state.kind === "doubted" && restMs > 0)) throw notTried(state.refusal, restMs);
      if (state.kind === "proven" && performance.now() - state.at < FRESH_MS) return this.#use(null, pauseMs);
      if (this.#first === null) {
        this.#first = deferred();
        return this.#use(this.#first, pauseMs);
      }
      await this.#first.promise;
    }
  }

  #use(first: Deferred<void> | null, pauseMs: number): SecretUse {
    const wasProven = this.proven;
    const end = (state: State): void => {
      this.#state = state;
      if (first === null) return;
      this.#first = null;
      first.resolve();
    };
    return {
      proved: () => end({ kind: "proven", at: performance.now() }),
      refused: (refusal, again) => {
        if (!wasProven) {
          end({ kind: "refused", refusal });
          return refusal;
        }
        end({ kind: "doubted", refusal, until: performance.now() + pauseMs });
        return again ? onceMore(refusal, pauseMs) : refusal;
      },
      dropped: () => end(this.#state),
    };
  }
}

function onceMore({ message, hint, cause }: AuthenticationError, retryInMs: number): AuthenticationError {
  const pause = `these credentials worked before, so they are tried once more in ${Math.ceil(retryInMs / 1000)} s`;
  const details = { hint: hint === null ? pause : `${pause}; ${hint}`, cause, meaning: "loss", retryInMs } as const;
  return new AuthenticationError(message, details);
}

/** For a connection that was not even begun. */
function notTried(refusal: AuthenticationError, restMs: number): AuthenticationError {
  const told = new AuthenticationError(`not tried, as the same credentials were refused: ${refusal.message}`, {
    hint: refusal.hint ?? undefined,
    cause: refusal,
  });
  return restMs > 0 ? onceMore(told, restMs) : told;
}
