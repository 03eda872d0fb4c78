import { hex32 } from "../../bytes/hex.js";
import type { Gap, Heartbeat, Reconnecting, WatchEvent, WatchEventBody } from "../../watch/events.js";
import { hintWithFlags } from "../hints.js";
import { JsonEnvelopes, type Envelope } from "./envelope.js";
import { notificationFields, type PngOf } from "./json-notification.js";

/** The exit code of an `unregistered` line that the process ends with. */
export type FinalExitCode = () => number;

/**
 * The JSON lines of `-o json`: one event each, in the form that scripts rely on. Absent is null, and a field never
 * changes its type. Nothing in a line can be obeyed by a terminal.
 */
export class JsonLines {
  readonly #exitCode: FinalExitCode;
  readonly #pngOf: PngOf | null;
  readonly #envelopes = new JsonEnvelopes();

  /** `pngOf` puts the pictures of notifications into their lines. */
  constructor(exitCode: FinalExitCode, pngOf: PngOf | null = null) {
    this.#exitCode = exitCode;
    this.#pngOf = pngOf;
  }

  /** The line of an event, with the next running number. Without its line feed. */
  line(event: WatchEvent): string {
    return this.lineOf(event, event);
  }

  lineOf(origin: Envelope, body: WatchEventBody): string {
    const type = body.type === "notification" ? `notification.${body.notification.kind}` : body.type;
    return this.#envelopes.line(type, origin, this.#fields(body));
  }

  #fields(event: WatchEventBody): object {
    switch (event.type) {
      case "registered": {
        const { notificationType, style, userFilter, attempt, auth, transferSyntax } = event;
        const { mechanism, level, user } = auth;
        const { guid, name } = notificationType;
        return {
          notificationType: { guid, name },
          style,
          userFilter,
          attempt,
          auth: { mechanism, level, user },
          transferSyntax,
        };
      }
      case "notification":
        return { id: event.id, ...notificationFields(event.notification, this.#pngOf) };
      case "hook.finished": {
        const { exit, signal, timedOut, ms } = event;
        return { for: event.for, exit, signal, timedOut, ms };
      }
      case "reconnecting":
      case "heartbeat":
      case "gap":
        return courseFields(event);
      case "error": {
        const { code, hresult, message, stage, fatal } = event;
        const hint = hintWithFlags(event.hint);
        return { code, hresult: hresult === null ? null : hex32(hresult), message, hint, stage, fatal };
      }
      case "unregistered": {
        const { notifications, replies, errors, reconnects } = event.counts;
        const exitCode = event.final ? this.#exitCode() : null;
        return { reason: event.reason, exitCode, counts: { notifications, replies, errors, reconnects } };
      }
      case "reply.sent":
      case "reply.rejected":
      case "reply.planned": {
        const { replyTo, via, button, text, result, message, latencyMs } = event;
        const code = result === null ? null : { code: hex32(result.code), name: result.name };
        return { replyTo, via, button, text, result: code, message, latencyMs };
      }
      default:
        return { by: event.by, reason: event.reason };
    }
  }
}

/** How the connection to a server is getting on. */
function courseFields(event: Reconnecting | Heartbeat | Gap): object {
  switch (event.type) {
    case "reconnecting":
      return { attempt: event.attempt, delayMs: event.delayMs, reason: event.reason };
    case "heartbeat": {
      const { registered, since, attempt, counts } = event;
      return { registered, since: since?.toISOString() ?? null, attempt, counts };
    }
    case "gap": {
      const { from, to, mayHaveLost, cause } = event;
      return { from: from.toISOString(), to: to.toISOString(), mayHaveLost, cause };
    }
  }
}
