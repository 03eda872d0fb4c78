/** panwatch as a library: the client of the command, without the command. */

export { watch, type WatchRequest } from "./watch/watch.js";
export { Watcher, type WatchOutcome } from "./watch/watcher.js";
export type { ConnectionOptions, Notice } from "./pan/connection-options.js";
export type { RetryOptions, WatchOptions, WatchTarget } from "./watch/options.js";
export type * from "./watch/events.js";
export type { Answer, Answerer, Question } from "./watch/options.js";

export type * from "./notifications/model.js";
export type { NotificationContext } from "./notifications/context.js";
export { decodeNotification } from "./notifications/decode.js";
export { encodeReply } from "./notifications/reply.js";
export { defaultStringTables, stringTables, type StringTables } from "./notifications/strings/string-tables.js";
export { loadStringTables, type ResourceOptions } from "./notifications/strings/load-string-tables.js";

export { connectPrintServer, type Connection, type ConnectProgress, type ConnectRequest } from "./pan/connect.js";
export { BidiRegistration, UniRegistration, type Subscription } from "./pan/registration.js";
export type { Channel, ChannelTurn, CloseResult, HeldChannel } from "./pan/channel.js";
export type { RawNotification } from "./pan/raw-notification.js";
export { hresultName } from "./pan/hresults.js";
export { ALL_USERS, ASYNC_UI, NOTIFICATION_RELEASE, PER_USER, PRINTER_CONFIGURATION } from "./pan/types.js";
export type { Association, AssociationInfo } from "./rpc/association.js";
export type { PduTrace, PduTracer } from "./rpc/tracer.js";
export type { AuthLevel, MechanismName } from "./security/context.js";
export type { Identity, KerberosUse, Secret } from "./security/identity.js";

export {
  AuthenticationError,
  DecodeError,
  DisconnectedError,
  FaultError,
  HresultError,
  IntegrityError,
  NoInterfaceError,
  PanwatchError,
  ProtocolError,
  TooLargeError,
  UnreachableError,
  UsageError,
  type ErrorCode,
} from "./errors.js";
