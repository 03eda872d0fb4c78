import { asPanwatchError, PanwatchError } from "../errors.js";
import { isAnswerable, NOTIFICATION_KINDS, type Answerable } from "../notifications/kinds.js";
import type { Reply } from "../notifications/model.js";
import { encodeReply } from "../notifications/reply.js";
import type { Channel, HeldChannel } from "../pan/channel.js";
import type { Budget } from "../rpc/budget.js";
import { hresultName } from "../pan/hresults.js";
import type { ChannelActor, ChannelChanged, Replied } from "./events.js";
import type { Answer, Question } from "./options.js";
import { failedEvent, type RegistrationScope, type Shown } from "./scope.js";

/** How a channel ended: what its last `channel.*` event tells. */
interface ChannelEnding {
  readonly type: ChannelChanged["type"];
  readonly by: ChannelActor;
  readonly reason: string | null;
}

/** What a channel lives in: the session with its server, or a recording. */
export interface ChannelSession {
  /** Aborts when the connection is lost, or we leave. */
  readonly signal: AbortSignal;
  /** What a notification counts against while it waits for its answer. */
  readonly budget: Budget;
}

/**
 * One channel from its first wait to its end ([MS-PAN] figures 10 and 11): show what comes, then answer or release it.
 * Told are exactly one `channel.opened` and one of acquired, released and closed; once we leave, nothing more but what came of
 * a reply that was on its way. Gives the error after which the channel cannot be closed either, as there is no
 * connection for that.
 */
export async function watchChannel(
  channel: Channel,
  scope: RegistrationScope,
  session: ChannelSession,
): Promise<PanwatchError | null> {
  scope.tell({ type: "channel.opened", by: "server", reason: null });
  try {
    const ending = await follow(channel, scope, session);
    if (ending !== null && !isLost(session)) scope.tell(ending);
    return null;
  } catch (error) {
    if (session.signal.aborted) return null;
    const known = asPanwatchError(error);
    if (known.isLoss) return known;
    if (known.meaning === "terminated") {
      scope.tell({ type: "channel.closed", by: "server", reason: known.message });
      return null;
    }
    scope.tell(failedEvent(error, "channel", false));
    scope.tell({ type: "channel.closed", by: "self", reason: "after a failure" });
    return null;
  }
}

/** Whether the connection is gone, and all that hung on it has been told with it. */
function isLost({ signal }: ChannelSession): boolean {
  return signal.aborted && signal.reason instanceof PanwatchError;
}

/** How the channel ended; null where the session ended before. */
async function follow(
  channel: Channel,
  scope: RegistrationScope,
  session: ChannelSession,
): Promise<ChannelEnding | null> {
  const turn = await channel.listen();
  const over = session.signal.aborted;
  switch (turn.kind) {
    case "acquired":
      return over ? null : { type: "channel.acquired", by: "other", reason: turn.reason };
    case "closed":
      return over ? null : { type: "channel.closed", by: "server", reason: turn.reason };
    case "final":
      scope.show(turn.notification, session.budget);
      return { type: "channel.closed", by: "server", reason: "with its last notification" };
    case "notification":
      return hold(scope.show(turn.notification, session.budget), turn.channel, scope, session);
  }
}

/**
 * A notification that waits for an answer, null where it was not shown: exactly one CloseChannel, with the reply or with
 * NOTIFICATION_RELEASE, at once where too much waits already. Null where the session ended before.
 */
export async function hold(
  shown: Shown | null,
  held: HeldChannel,
  scope: RegistrationScope,
  { signal, budget }: ChannelSession,
): Promise<ChannelEnding | null> {
  if (shown === null) return release(held, "not shown");
  if (!budget.offer(shown.size)) {
    scope.tell(failedEvent(tooMuchWaits(), "channel", false));
    return release(held, "too much waits");
  }
  const finding = findAnswer(shown, scope, signal);
  scope.track(finding);
  try {
    const answer = await finding;
    // Whoever aborted takes care of the channel: there is no connection, or the registration releases it as it ends.
    if (signal.aborted) return null;
    return await (answer === null ? release(held, "not answered") : sendReply(answer, shown, held, scope));
  } finally {
    budget.give(shown.size);
  }
}

function tooMuchWaits(): PanwatchError {
  const text =
    "what waits for answers takes as much memory as one server may take: this one is left to other listeners";
  return new PanwatchError("too-large", text, { meaning: "answer" });
}

/** What answers the notification, checked against it; null to release. A failure is told, and releases. */
async function findAnswer(shown: Shown, scope: RegistrationScope, signal: AbortSignal): Promise<Answer | null> {
  const { notification } = shown.event;
  const { answer } = scope.options;
  if (answer === null || !isAnswerable(notification)) return null;
  const question: Question = { event: shown.event, notification };
  try {
    const found = await answer(question, signal);
    if (found !== null) checkFits(found.reply, notification);
    return found;
  } catch (error) {
    if (!signal.aborted) scope.tell(failedEvent(error, "reply", false));
    return null;
  }
}

function checkFits(reply: Reply, notification: Answerable): void {
  const wanted = NOTIFICATION_KINDS[notification.kind].answer;
  if (reply.kind === wanted) return;
  throw new PanwatchError("reply", `a ${reply.kind} does not answer a ${notification.kind}: it takes a ${wanted}`);
}

/** Closes a channel without an answer, so that another listener can give one. */
async function release(held: HeldChannel, reason: string): Promise<ChannelEnding> {
  await held.release();
  return { type: "channel.released", by: "self", reason };
}

/**
 * Sends a reply with CloseChannel and tells what came of it: exactly one of `reply.sent` and `reply.rejected`, or
 * `reply.planned` in a dry run. A failed CloseChannel is final ([MS-PAN] 3.1.1.4.6): never repeated.
 */
async function sendReply(
  answer: Answer,
  shown: Shown,
  held: HeldChannel,
  scope: RegistrationScope,
): Promise<ChannelEnding> {
  const tell = (type: Replied["type"], code: number | null, message: string | null): void => {
    scope.tell(replied(type, answer, shown, code, message));
  };
  const data = encoded(answer.reply, scope);
  if (data === null) return release(held, "the reply could not be written");
  if (scope.options.dryRun) {
    tell("reply.planned", null, null);
    return release(held, "dry run");
  }
  try {
    const { code, accepted } = await held.close(data);
    tell(accepted ? "reply.sent" : "reply.rejected", code, accepted ? null : "another client answered first");
    return { type: "channel.closed", by: "self", reason: accepted ? "answered" : "acquired by another client" };
  } catch (error) {
    if (!(error instanceof PanwatchError)) throw error;
    tell("reply.rejected", error.hresult, whyRejected(error));
    if (error.isLoss) throw error;
    return { type: "channel.closed", by: "self", reason: "the reply failed" };
  }
}

function encoded(reply: Reply, scope: RegistrationScope): Uint8Array | null {
  try {
    return encodeReply(reply);
  } catch (error) {
    scope.tell(failedEvent(error, "reply", false));
    return null;
  }
}

function replied(
  type: Replied["type"],
  { reply, via }: Answer,
  shown: Shown,
  code: number | null,
  message: string | null,
): Replied {
  return {
    type,
    replyTo: shown.event.id,
    via,
    button: reply.kind === "button" ? pickButton(reply) : null,
    text: reply.kind === "text" ? reply.text : null,
    result: code === null ? null : { code, name: hresultName(code) },
    message,
    latencyMs: Math.round(performance.now() - shown.at),
  };
}

function pickButton(reply: Reply & { kind: "button" }): Replied["button"] {
  const { id, replyValue, label } = reply.button;
  return { id, replyValue, label };
}

function whyRejected(error: PanwatchError): string {
  const unknown = "whether the reply was accepted is unknown, and it is not sent again";
  if (error.code === "disconnected") return `the connection was lost: ${unknown}`;
  return error.code === "timeout" ? `${error.message}: ${unknown}` : error.message;
}
