import type { Guid } from "../bytes/guid.js";
import type { Answerable } from "../notifications/kinds.js";
import type { NotificationKind, Reply } from "../notifications/model.js";
import type { StringTables } from "../notifications/strings/string-tables.js";
import type { ConnectionOptions, Notice } from "../pan/connection-options.js";
import type { BackoffRange } from "../pan/retry.js";
import type { PduTracer } from "../rpc/tracer.js";
import type { RawNotification } from "../pan/raw-notification.js";
import type { Identity } from "../security/identity.js";
import type { EventOrigin, Notified, ReplyVia, Style, UserFilter } from "./events.js";

/** A print server or one of its printers, and who asks. */
export interface WatchTarget {
  /** Host name or address as the user gave it: makes the SPN and pName. IPv6 without brackets. */
  readonly server: string;
  /** Null for the server itself; `*` for each queue that it shares, those that come later included. */
  readonly printer: string | null;
  readonly identity: Identity;
}

export interface RetryOptions extends BackoffRange {
  /** Reconnections without success before giving up: 0 for never, Infinity for ever. */
  readonly limit: number;
  /** Whether the first connection is retried too. */
  readonly waitForServer: boolean;
  /** How long credentials that have worked in this run rest after they were refused, before one last try, in milliseconds. */
  readonly refusedPauseMs: number;
}

export interface WatchOptions {
  readonly targets: readonly WatchTarget[];
  readonly connection: ConnectionOptions;
  /** Notification types to register for. */
  readonly types: readonly Guid[];
  readonly style: Style | "both";
  readonly userFilter: UserFilter;
  /** Kinds to tell about; null for all. What is left out gets no reply, and its channel is released. */
  readonly kinds: readonly NotificationKind[] | null;
  /**
   * Chooses among the notifications of these kinds; null for all. What it leaves out is treated as a kind that is left
   * out. A PanwatchError that it throws is told as an `error` event and leaves the notification out.
   */
  readonly accept: ((event: EventOrigin & Notified) => boolean) | null;
  /** Told of each notification as it came, before anything is made of it or left out. */
  readonly received?: ((origin: EventOrigin, raw: RawNotification) => void) | undefined;
  readonly strings: StringTables;
  readonly retry: RetryOptions;
  /** Largest notification to take, in bytes. */
  readonly maxSize: number;
  /** Answers message boxes and bidirectional custom UI and data; null never answers. */
  readonly answer: Answerer | null;
  /** Tell what would be answered, and release. */
  readonly dryRun: boolean;
  /** How often a server is asked which queues it shares, where all are watched, in milliseconds. */
  readonly queuesEveryMs: number;
  /** Told of the queues of a server that are new, before they are registered for. */
  readonly queuesFound?: ((server: string, printers: readonly string[]) => void) | undefined;
  /** Tell a `heartbeat` of each server so often, in milliseconds; null for never. */
  readonly heartbeatMs: number | null;
  /** Leave after this many notifications, when their replies have ended. */
  readonly limit: number | null;
  /** Awaited between the last reply and leaving, when the limit is reached. */
  readonly beforeLimitEnds?: () => Promise<void>;
  readonly notice: Notice;
  readonly tracer?: PduTracer | undefined;
}

/**
 * A notification on a channel that may be answered: a message box, or custom UI or data whose sender expects a text
 * back ([MS-PAN] 3.2.3.4.2 to .4).
 */
export interface Question {
  readonly event: EventOrigin & Notified;
  /** The same value as `event.notification`, narrowed to what can be answered. */
  readonly notification: Answerable;
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
