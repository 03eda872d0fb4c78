import type { Guid } from "../../bytes/guid.js";
import type { Style } from "../../notifications/notification-types.js";
import type { UserFilter } from "../../pan/types.js";

/** Whom an event is about. A client is an association group: all connections of one process to this server. */
export interface EventOrigin {
  /** Number of the client, from 1 in order of arrival. */
  readonly client: number;
  readonly user: string | null;
}

/** Which registration an event is about, as the client asked for it. */
export interface RegistrationOrigin extends EventOrigin {
  /** Number of the registration, from 1 over all clients. */
  readonly registration: number;
  readonly printer: string | null;
  readonly notificationType: Guid;
  readonly style: Style;
  readonly userFilter: UserFilter;
}

export interface ChannelOrigin extends RegistrationOrigin {
  /** `c1`, `c2` … in the order in which channels were opened. */
  readonly channel: string;
}

export interface Connected extends EventOrigin {
  readonly type: "client.connected";
  /** Address and port of the connection. */
  readonly peer: string;
}

export interface LoggedOn extends EventOrigin {
  readonly type: "client.loggedOn";
  readonly mechanism: string;
  readonly level: "packet" | "integrity" | "privacy" | "connect";
}

export interface LogonFailed extends EventOrigin {
  readonly type: "client.logonFailed";
  readonly reason: string;
}

/** A registration was refused with this HRESULT. */
export interface Refused extends EventOrigin {
  readonly type: "client.refused";
  readonly printer: string | null;
  readonly hresult: number;
}

export interface Registered extends RegistrationOrigin {
  readonly type: "client.registered";
}

/** A call that waits for something to happen was parked; `channel` is set for GetNotificationSendResponse. */
export interface Waiting extends RegistrationOrigin {
  readonly type: "client.waiting";
  readonly method: "GetNotification" | "GetNewChannel" | "GetNotificationSendResponse";
  readonly channel: string | null;
}

/** A notification was handed to the client; `bytes` is its size. */
export interface Received extends RegistrationOrigin {
  readonly type: "client.received";
  readonly channel: string | null;
  readonly bytes: number;
}

/** The client was given a channel by GetNewChannel. */
export interface Opened extends ChannelOrigin {
  readonly type: "client.opened";
}

/** The client responded on a channel, and has it for itself now. */
export interface Replied extends ChannelOrigin {
  readonly type: "client.replied";
  readonly via: "GetNotificationSendResponse" | "CloseChannel";
  readonly data: Uint8Array;
}

/** A response came after another client had acquired the channel, or after it was closed. */
export interface Rejected extends ChannelOrigin {
  readonly type: "client.rejected";
  readonly hresult: number;
}

/** The client closed its end of a channel without a response. */
export interface Released extends ChannelOrigin {
  readonly type: "client.released";
  readonly reason: "released" | "disconnected";
}

export interface Unregistered extends RegistrationOrigin {
  readonly type: "client.unregistered";
  readonly reason: "unregistered" | "deleted" | "disconnected";
}

/** What a client had not given back when its last connection closed; all zero for one that left in good order. */
export interface LeftOver {
  readonly registrations: number;
  readonly objects: number;
  readonly channels: number;
}

/** The last connection of the client closed. */
export interface Disconnected extends EventOrigin {
  readonly type: "client.disconnected";
  readonly left: LeftOver;
}

/** What clients did, in the order in which it happened. */
export type ClientEvent =
  | Connected
  | LoggedOn
  | LogonFailed
  | Refused
  | Registered
  | Waiting
  | Received
  | Opened
  | Replied
  | Rejected
  | Released
  | Unregistered
  | Disconnected;

export type Emit = (event: ClientEvent) => void;
