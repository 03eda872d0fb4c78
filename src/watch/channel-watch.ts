import { asPanwatchError, PanwatchError } from "../errors.js";
import { isAnswerable, NOTIFICATION_KINDS, type Answerable } from "../notifications/kinds.js";
import type { Reply } from "../notifications/model.js";
import { encodeReply } from "../notifications/reply.js";
import type { Channel, HeldChannel } from "../pan/channel.js";
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

/**
 * One channel from its first wait to its end ([MS-PAN] figures 10 and 11): show what comes, then answer or release it.
 * Told are exactly one `channel.opened` and one of acquired, released and closed; after `signal` (the connection is
 * lost, or we leave) nothing more is told. Gives the error after which the channel cannot be closed either, as there is no
 * connection for that.
 */
export async function watchChannel(
  channel: Channel,
  scope: RegistrationScope,
  signal: AbortSignal,
): Promise<PanwatchError | null> {
  scope.tell({ type: "channel.opened", by: "server", reason: null });
  try {
    const ending = await follow(channel, scope, signal);
    if (!signal.aborted) scope.tell(ending);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
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

async function follow(channel: Channel, scope: RegistrationScope, signal: AbortSignal): Promise<ChannelEnding> {
  const turn = await channel.listen();
  switch (turn.kind) {
    case "acquired":
      return { type: "channel.acquired", by: "other", reason: turn.reason };
    case "closed":
      return { type: "channel.closed", by: "server", reason: turn.reason };
    case "final":
      scope.show(turn.notification);
      return { type: "channel.closed", by: "server", reason: "with its last notification" };
    case "notification":
      return hold(scope.show(turn.notification), turn.channel, scope, signal);
  }
}

/** A notification that waits for an answer, null where it was not shown: exactly one CloseChannel, with the reply or with NOTIFICATION_RELEASE. */
export async function hold(
  shown: Shown | null,
  held: HeldChannel,
  scope: RegistrationScope,
  signal: AbortSignal,
): Promise<ChannelEnding> {
  if (shown === null) return release(held, "not shown");
  const answering = answerOrRelease(shown, held, scope, signal);
  scope.track(answering);
  return answering;
}

async function answerOrRelease(
  shown: Shown,
  held: HeldChannel,
  scope: RegistrationScope,
  signal: AbortSignal,
): Promise<ChannelEnding> {
  const answer = await findAnswer(shown, scope, signal);
  // Whoever aborted takes care of the channel: there is no connection, or the registration releases it as it ends.
  if (signal.aborted) return { type: "channel.released", by: "self", reason: null };
  if (answer === null) return release(held, "not answered");
  return sendReply(answer, shown, held, scope);
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
