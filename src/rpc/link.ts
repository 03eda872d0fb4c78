import type { PanwatchError } from "../errors.js";

/** Bytes that wait for a peer to read them, above which it gets no new work done. */
export const HIGH_WATER = 1024 * 1024;

/** A byte stream to a peer, as RPC needs it. `transport/` makes links from sockets, tests from arrays. */
export interface Link {
  /** The peer for messages: `127.0.0.77:49213`. */
  readonly peer: string;
  /** Bytes that were sent and have not left yet. */
  readonly queued: number;
  /** Begins delivery; called once by the connection that owns the link. Nothing is delivered before. */
  start(handlers: LinkHandlers): void;
  /** Queues bytes; they leave in this order. The link owns them from now on. */
  send(bytes: Uint8Array): void;
  /** Ends the stream after what is queued has been sent. */
  close(): void;
  /** Ends the stream at once. */
  destroy(): void;
}

export interface LinkHandlers {
  /** A chunk of the stream, of any size; the receiver owns it and may change it in place. */
  data(chunk: Uint8Array): void;
  /** All that was queued has left, after some had to wait. */
  drained?(): void;
  /** The stream ended, once: null when this side closed it, else why. */
  closed(error: PanwatchError | null): void;
}
