import { asPanwatchError, PanwatchError, TooLargeError } from "../errors.js";
import type { Channel } from "../pan/channel.js";
import { hex32 } from "../bytes/hex.js";
import { HRESULTS, hresultName } from "../pan/hresults.js";
import type { RawNotification } from "../pan/raw-notification.js";
import type { BidiRegistration, UniRegistration } from "../pan/registration.js";
import { deferred, delay, onAbort } from "../waiting.js";
import { watchChannel } from "./channel-watch.js";
import { failedEvent, type RegistrationScope } from "./scope.js";
import type { Session } from "./session.js";

/** Channels of one registration that are followed at once; what a server names beyond them waits. */
export const MAX_OPEN_CHANNELS = 256;

/** The wait after an answer that named only channels that are open already, so that it is not asked for in a circle. */
const NOTHING_NEW_MS = 1000;

/** What a poll loop works with. */
export interface PollContext {
  readonly scope: RegistrationScope;
  readonly session: Session;
  /** Told after each answer: the registration works. */
  readonly progress: () => void;
}

/**
 * GetNotification again and again ([MS-PAN] 3.1.1.4.5). The next call is issued before a notification is handed on
 * (3.2.2.4). Resolves with why the polling ended.
 */
export async function pollNotifications(registration: UniRegistration, context: PollContext): Promise<PanwatchError> {
  const { scope, session, progress } = context;
  let poll = registration.next();
  let asked = new Date();
  for (;;) {
    try {
      const notification = await poll;
      if (notification === null) return released();
      progress();
      const from = asked;
      asked = new Date();
      poll = registration.next();
      poll.catch(() => undefined);
      tellResult(notification, from, scope);
      if (notification.data.length > 0 || notification.result === 0) scope.show(notification, session.budget);
    } catch (error) {
      if (!(error instanceof TooLargeError) || session.end !== null) return asPanwatchError(error);
      poll = registration.next();
      poll.catch(() => undefined);
      scope.tell(failedEvent(error, "GetNotification", false));
    }
  }
}

/** What an informational result says: that notifications were lost is a gap, since the last answer. */
function tellResult({ result }: RawNotification, from: Date, scope: RegistrationScope): void {
  if (result === 0) return;
  if (result === HRESULTS.S_NOTIFICATION_LOST) {
    scope.tell({ type: "gap", from, to: new Date(), mayHaveLost: true, cause: "server" });
  } else scope.options.notice(`GetNotification answered ${hex32(result)} (${hresultName(result)})`, "verbose");
}

/**
 * GetNewChannel again and again ([MS-PAN] 3.1.1.4.3); the channels are followed in parallel, beside the polling. The next call is
 * issued before they are (3.2.2.4), unless as many are followed as may be: then only when one has ended. Resolves with why the
 * polling ended.
 */
export async function pollChannels(registration: BidiRegistration, context: PollContext): Promise<PanwatchError> {
  const followed = new FollowedChannels(context);
  let poll = registration.nextChannels();
  for (;;) {
    try {
      const channels = await poll;
      context.progress();
      if (channels.length === 0) await delay(NOTHING_NEW_MS, context.session.signal);
      const early = followed.room > channels.length;
      if (early) {
        poll = registration.nextChannels();
        poll.catch(() => undefined);
      }
      for (const channel of channels) {
        if (followed.room === 0) await followed.roomAgain();
        followed.add(channel);
      }
      if (early) continue;
      if (followed.room === 0) await followed.roomAgain();
      poll = registration.nextChannels();
    } catch (error) {
      return asPanwatchError(error);
    }
  }
}

/** The channels of a registration that are followed now; the others wait. */
class FollowedChannels {
  readonly #context: PollContext;
  #count = 0;
  #ended = deferred();
  #told = false;

  constructor(context: PollContext) {
    this.#context = context;
  }

  /** How many more may be followed. */
  get room(): number {
    return MAX_OPEN_CHANNELS - this.#count;
  }

  /** Resolves when one has ended, or the session. */
  async roomAgain(): Promise<void> {
    const { session, scope } = this.#context;
    const text = `${MAX_OPEN_CHANNELS} channels are open at once: the server is asked for more when some have ended`;
    if (!this.#told) scope.options.notice(text, "verbose");
    this.#told = true;
    const ended = this.#ended;
    using _ = onAbort(session.signal, ended.resolve);
    await ended.promise;
  }

  /** Follows a channel to its end, unless it has been left meanwhile, or the session has. */
  add(channel: Channel): void {
    if (channel.isClosed || this.#context.session.end !== null) return;
    this.#count += 1;
    void this.#follow(channel);
  }

  /** What is lost with a connection comes back with the next one: a channel that nobody answered is offered again. */
  async #follow(channel: Channel): Promise<void> {
    const { scope, session } = this.#context;
    const error = await watchChannel(channel, scope.forChannel(), session);
    if (error !== null) session.finish({ kind: "lost", error });
    this.#count -= 1;
    this.#ended.resolve();
    this.#ended = deferred();
  }
}

function released(): PanwatchError {
  const hint = "the server no longer serves this registration; start panwatch again to register anew";
  return new PanwatchError("released", "the server ended the registration (NOTIFICATION_RELEASE)", {
    hint,
    meaning: "final",
  });
}
