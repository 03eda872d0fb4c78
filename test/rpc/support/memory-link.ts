import type { PanwatchError } from "../../../src/errors.js";
import type { Link, LinkHandlers } from "../../../src/rpc/link.js";

/** A link without a network: what is sent is handed to `onSend` and kept, what arrives is given to `deliver`. */
export class MemoryLink implements Link {
  readonly peer = "192.0.2.1:49152";
  queued = 0;
  readonly sent: Uint8Array[] = [];
  state: "open" | "closed" | "destroyed" = "open";
  onSend: (bytes: Uint8Array) => void = () => undefined;
  #handlers: LinkHandlers | null = null;

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
  }

  send(bytes: Uint8Array): void {
    if (this.state !== "open") throw new Error("sent on a link that was left");
    this.sent.push(bytes);
    this.onSend(bytes);
  }

  close(): void {
    if (this.state === "open") this.state = "closed";
  }

  destroy(): void {
    this.state = "destroyed";
  }

  /** Bytes from the peer, as one chunk. */
  deliver(...pdus: readonly Uint8Array[]): void {
    this.#handlers?.data(new Uint8Array(Buffer.concat(pdus)));
  }

  /** The peer has read everything. */
  drain(): void {
    this.queued = 0;
    this.#handlers?.drained?.();
  }

  /** The peer, or the network, ends the link. */
  end(error: PanwatchError | null = null): void {
    this.#handlers?.closed(error);
  }
}
