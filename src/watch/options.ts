import type { Guid } from "../bytes/guid.js";
import type { NotificationKind } from "../notifications/model.js";
import type { StringTables } from "../notifications/strings/string-tables.js";
import type { ConnectionOptions, Notice } from "../pan/connection-options.js";
import type { BackoffRange } from "../pan/retry.js";
import type { PduTracer } from "../rpc/tracer.js";
import type { Identity } from "../security/identity.js";
import type { Answerer } from "./answer.js";
import type { Style, UserFilter } from "./events.js";

/** A print server or one of its printers, and who asks. */
export interface WatchTarget {
  /** Host name or address as the user gave it: makes the SPN and pName. IPv6 without brackets. */
  readonly server: string;
  readonly printer: string | null;
  readonly identity: Identity;
}

export interface RetryOptions extends BackoffRange {
  /** Reconnections without success before giving up: 0 for never, Infinity for ever. */
  readonly limit: number;
  /** Whether the first connection is retried too. */
  readonly waitForServer: boolean;
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
  readonly strings: StringTables;
  readonly retry: RetryOptions;
  /** Largest notification to take, in bytes. */
  readonly maxSize: number;
  /** Answers message boxes and bidirectional custom UI and data; null never answers. */
  readonly answer: Answerer | null;
  /** Tell what would be answered, and release. */
  readonly dryRun: boolean;
  /** Leave after this many notifications, when their replies have ended. */
  readonly limit: number | null;
  /** Awaited between the last reply and leaving, when the limit is reached. */
  readonly beforeLimitEnds?: () => Promise<void>;
  readonly notice: Notice;
  readonly tracer?: PduTracer | undefined;
}
