import { DisconnectedError, PanwatchError } from "../errors.js";
import type { Reply } from "../notifications/model.js";
import { encodeReply } from "../notifications/reply.js";
import type { HeldChannel } from "../pan/channel.js";
import { hresultName } from "../pan/hresults.js";
import type { Answer } from "./answer.js";
import { release, type ChannelEnding } from "./channel-ending.js";
import type { Replied } from "./events.js";
import { failedEvent } from "./failure.js";
import type { RegistrationScope, Shown } from "./registration-scope.js";

/**
 * Sends a reply with CloseChannel and tells what came of it: exactly one of `reply.sent` and `reply.rejected`, or
 * `reply.planned` in a dry run. A failed CloseChannel is final ([MS-PAN] 3.1.1.4.6): never repeated.
 */
export async function sendReply(
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
    if (!error.isAnswer) throw error;
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
  if (!(error instanceof DisconnectedError)) return error.message;
  return "the connection was lost: whether the reply was accepted is unknown, and it is not sent again";
}
