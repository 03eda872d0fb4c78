import type { ErrorCode } from "../errors.js";
import type { MessageBoxButton, Notification } from "../notifications/model.js";
import type { NotificationTypeName, Style } from "../notifications/notification-types.js";
import type { UserFilter } from "../pan/types.js";
import type { AuthLevel, MechanismName } from "../security/context.js";

/**
 * What a watch tells, in the order in which it happened. The JSON lines of the command are these events with bytes as
 * base64, times as ISO 8601 and a running `seq`; the fields have the same names and never change their type.
 */

/** Where and when something happened. */
export interface EventOrigin {
  readonly time: Date;
  /** The server's name as the user gave it. */
  readonly server: string;
  /** The printer that is watched, null for the whole server. */
  readonly printer: string | null;
  /** `r1`, `r2` …; null for what concerns no single registration. */
  readonly registration: string | null;
  /** `c1`, `c2` …; null for what concerns no channel. */
  readonly channel: string | null;
}

export type { Style, UserFilter };

export interface Registered {
  readonly type: "registered";
  readonly notificationType: NotificationTypeName;
  readonly style: Style;
  readonly userFilter: UserFilter;
  /** 1 for the first registration, +1 for each one after a reconnection. */
  readonly attempt: number;
  readonly auth: { readonly mechanism: MechanismName | null; readonly level: AuthLevel; readonly user: string | null };
  readonly transferSyntax: "ndr" | "ndr64";
}

/** A notification arrived; `id` is `n1`, `n2` …. Its JSON type is `notification.` + kind. */
export interface Notified {
  readonly type: "notification";
  readonly id: string;
  readonly notification: Notification;
}

/** Who caused a change of a channel. */
export type ChannelActor = "self" | "other" | "server";

export interface ChannelChanged {
  readonly type: "channel.opened" | "channel.acquired" | "channel.released" | "channel.closed";
  readonly by: ChannelActor;
  readonly reason: string | null;
}

/** What chose a reply: `button`, `rules`, `exec`, `interactive` or `library`. */
export type ReplyVia = "button" | "rules" | "exec" | "interactive" | "library";

/** Exactly one of sent and rejected for each attempted reply; planned only in a dry run. */
export interface Replied {
  readonly type: "reply.sent" | "reply.rejected" | "reply.planned";
  /** The id of the notification. */
  readonly replyTo: string;
  readonly via: ReplyVia;
  readonly button: Pick<MessageBoxButton, "id" | "replyValue" | "label"> | null;
  readonly text: string | null;
  /** What CloseChannel returned; null when its result was lost with the connection, and in a dry run. */
  readonly result: { readonly code: number; readonly name: string } | null;
  /** A sentence where something went wrong, else null. */
  readonly message: string | null;
  /** Milliseconds from the notification to the result. */
  readonly latencyMs: number;
}

export interface HookFinished {
  readonly type: "hook.finished";
  readonly for: string;
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly ms: number;
}

/** A lost connection, or one registration, is tried again; `registration` tells which of the two. */
export interface Reconnecting {
  readonly type: "reconnecting";
  readonly attempt: number;
  readonly delayMs: number;
  readonly reason: string;
}

/** That the watch of a server is alive, and how it is getting on. */
export interface Heartbeat {
  readonly type: "heartbeat";
  /** Registrations that live now. */
  readonly registered: number;
  /** Since when the server is connected, or has been lost; null before the first connection. */
  readonly since: Date | null;
  /** Attempts to connect again that have failed so far; 0 while it is connected. */
  readonly attempt: number;
  /** Of all the server's registrations. */
  readonly counts: EventCounts;
}

/** A stretch of time in which notifications may have been missed, or lines that a slow reader did not take. */
export interface Gap {
  readonly type: "gap";
  readonly from: Date;
  readonly to: Date;
  readonly mayHaveLost: boolean;
  /**
   * A connection that was lost and is back, one registration that was, notifications that the server says it lost, or
   * a reader who was too slow.
   */
  readonly cause: "connection" | "registration" | "server" | "reader";
}

export interface Failed {
  readonly type: "error";
  readonly code: ErrorCode;
  readonly hresult: number | null;
  readonly message: string;
  readonly hint: string | null;
  /** What was being done: `connect`, `register`, `GetNotification`, `reply`, `hook` …. */
  readonly stage: string;
  /** Whether the watch (not only this registration) ends with it. */
  readonly fatal: boolean;
}

export interface EventCounts {
  readonly notifications: number;
  readonly replies: number;
  readonly errors: number;
  readonly reconnects: number;
}

/** The last event of a registration. */
export interface Unregistered {
  readonly type: "unregistered";
  /** `count`, `duration`, `timeout`, `SIGINT`, `SIGTERM`, `SIGHUP`, `closed`, `error` …. */
  readonly reason: string;
  /** Whether the whole watch ends with it, not only this registration. */
  readonly final: boolean;
  readonly counts: EventCounts;
}

export type WatchEventBody =
  | Registered
  | Notified
  | ChannelChanged
  | Replied
  | HookFinished
  | Reconnecting
  | Heartbeat
  | Gap
  | Failed
  | Unregistered;

export type WatchEvent = EventOrigin & WatchEventBody;
