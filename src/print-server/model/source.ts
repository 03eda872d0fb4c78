import type { Guid } from "../../bytes/guid.js";

/** What one notification carries: its type and its bytes, which nobody changes once they are given to the model. */
export interface Payload {
  readonly type: Guid;
  readonly data: Uint8Array;
}

/** For whom a notification source raises something ([MS-PAN] 3.1.1.6). */
export interface Audience {
  readonly type: Guid;
  /** The queue it is about; null for the whole server, which reaches registrations for any queue too. */
  readonly printer: string | null;
  /** The one user it is meant for (kPerUser); null for all users (kAllUsers). */
  readonly user: string | null;
}

/** How many registrations a notification reached, and how many lost it because their queues were full. */
export interface Delivery {
  readonly delivered: number;
  readonly lost: number;
}
