import type { CustomData, CustomUi, MessageBox, Reply } from "../notifications/model.js";
import type { EventOrigin, Notified, ReplyVia } from "./events.js";

/**
 * A notification on a channel that may be answered: a message box, or custom UI or data whose sender expects a text
 * back ([MS-PAN] 3.2.3.4.2 to .4).
 */
export interface Question {
  readonly event: EventOrigin & Notified;
  /** The same value as `event.notification`, narrowed to what can be answered. */
  readonly notification: MessageBox | CustomUi | CustomData;
}

/** A reply, and what chose it. */
export interface Answer {
  readonly via: ReplyVia;
  readonly reply: Reply;
}

/**
 * Chooses the reply to a question; it runs beside the polling, and several may run at once.
 *
 * `null` leaves the question to others: the channel is closed with NOTIFICATION_RELEASE. A {@link PanwatchError} does
 * the same and becomes an `error` event that is not fatal. `signal` aborts when nobody waits for the answer any more:
 * the connection is lost, the channel is gone, or the watch ends; what comes back after that is ignored.
 */
export type Answerer = (question: Question, signal: AbortSignal) => Promise<Answer | null>;
