/* panwatch as a library: the client of the command, without the command. docs/library.md has an example for each entry. */

/* Watching: registers, reconnects, answers, and tells all of it as typed events. */
export { watch, type Target, type WatchRequest } from "./watch/watch.js";
export type { Watcher, WatchOutcome } from "./watch/watcher.js";
export type { Answer, Answerer, Question, RetryOptions } from "./watch/options.js";
export type * from "./watch/events.js";

/* What every way to a server takes: who logs on, and how the server is reached. */
export type { Credentials } from "./pan/credentials.js";
export type { ConnectionOptions, Notice } from "./pan/connection-options.js";
export type { PduTrace, PduTracer } from "./rpc/tracer.js";

/* Connecting: the whole way to a server, and what was agreed on with it. */
export { connectPrintServer, type PrintServerRequest } from "./pan/connect-print-server.js";
export type { Connection, ConnectProgress } from "./pan/connect.js";
export type { Association, AssociationInfo } from "./rpc/association.js";
export type { AuthLevel, MechanismName } from "./security/context.js";
export type { KerberosUse } from "./security/identity.js";

/* Registering by hand on a connection: one registration each, and the channels of a bidirectional one. */
export { BidiRegistration, UniRegistration, type Subscription } from "./pan/registration.js";
export type { Channel, ChannelTurn, CloseResult, HeldChannel } from "./pan/channel.js";
export type { RawNotification } from "./pan/raw-notification.js";
export { printerPath } from "./pan/printer-path.js";
export { ASYNC_UI, NOTIFICATION_RELEASE, PRINTER_CONFIGURATION } from "./pan/types.js";

/* Bytes to values and back, without a network. */
export { decodeNotification } from "./notifications/decode.js";
export { encodeReply } from "./notifications/reply.js";
export type { NotificationContext } from "./notifications/context.js";
export type * from "./notifications/model.js";

/* The texts behind string numbers: those of Windows, your own, or those of driver files. */
export { defaultStringTables, stringTables, type StringTables } from "./notifications/strings/string-tables.js";
export { loadStringTables, type ResourceOptions } from "./notifications/strings/load-string-tables.js";

/* Errors: each is a PanwatchError with a code for programs, a sentence for people and, where useful, a hint. */
export { hresultName } from "./pan/hresults.js";
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
