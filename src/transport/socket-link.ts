import type { Socket } from "node:net";
import { DisconnectedError, type PanwatchError } from "../errors.js";
import { HIGH_WATER, type Link, type LinkHandlers } from "../rpc/link.js";

/** How long a peer may read nothing at all while more waits for it than should. */
const STALL_MS = 30_000;
/** How long what was sent last may take to leave once the link is closed. */
const LINGER_MS = 2000;

/** What differs between links. */
export interface SocketLinkOptions {
  readonly highWater?: number;
  readonly stallMs?: number;
  /** Whether a peer that does not read is read from all the same; not where it could ask for more and more. */
  readonly readsOn?: boolean;
}

/**
 * A link over a TCP socket that is connected. A peer that does not read what it is sent is not read from either, unless this side
 * reads on; when it goes on so, the link ends.
 */
export class SocketLink implements Link {
  readonly peer: string;
  /** The peer's address alone. */
  readonly address: string;
  readonly #socket: Socket;
  #handlers: LinkHandlers | null = null;
  /** Why the socket failed; null while it has not. */
  #failure: Error | null = null;
  #closedHere = false;
  readonly #options: Required<SocketLinkOptions>;
  #sent = 0;
  /** Watches a peer that does not read; null while there is no need. */
  #stall: NodeJS.Timeout | null = null;

  constructor(socket: Socket, options: SocketLinkOptions = {}) {
    const { highWater = HIGH_WATER, stallMs = STALL_MS, readsOn = false } = options;
    this.#socket = socket;
    this.#options = { highWater, stallMs, readsOn };
    this.address = socket.remoteAddress ?? "?";
    this.peer = peerName(this.address, socket.remotePort ?? 0);
    socket.on("error", (error) => (this.#failure ??= error));
    socket.on("close", () => {
      this.#serveAgain();
      this.#deliverClosed();
    });
    socket.on("drain", () => {
      this.#serveAgain();
      this.#handlers?.drained?.();
    });
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    if (this.#socket.destroyed) queueMicrotask(() => this.#deliverClosed());
    // A plain Uint8Array: slices of a Buffer are views, those of a Uint8Array copies.
    else
      this.#socket.on("data", (chunk) => handlers.data(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
  }

  send(bytes: Uint8Array): void {
    if (!this.#socket.writable) return;
    this.#socket.write(bytes);
    this.#sent += bytes.length;
    if (this.queued > this.#options.highWater && this.#stall === null) this.#holdBack();
  }

  /** Bytes that were sent and have not left yet. */
  get queued(): number {
    return this.#socket.writableLength;
  }

  close(): void {
    this.#closedHere = true;
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#closedHere = true;
    this.#socket.destroy();
  }

  #holdBack(): void {
    if (!this.#options.readsOn) this.#socket.pause();
    let left = this.#sent - this.queued;
    const check = (): void => {
      const now = this.#sent - this.queued;
      if (now === left) this.#socket.destroy(new Error("it does not read what it is sent"));
      left = now;
    };
    this.#stall = setInterval(check, this.#options.stallMs).unref();
  }

  #serveAgain(): void {
    if (this.#stall === null) return;
    clearInterval(this.#stall);
    this.#stall = null;
    this.#socket.resume();
  }

  #deliverClosed(): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    handlers?.closed(this.#closedHere ? null : this.#reason());
  }

  #reason(): PanwatchError {
    const { peer } = this;
    if (this.#failure === null) return new DisconnectedError(`${peer} closed the connection`);
    const cause = this.#failure;
    const code = "code" in cause ? cause.code : undefined;
    if (code === "ETIMEDOUT") return new DisconnectedError(`${peer} no longer answers`, { cause });
    if (code === "ECONNRESET" || code === "EPIPE")
      return new DisconnectedError(`${peer} reset the connection`, { cause });
    return new DisconnectedError(`the connection to ${peer} failed: ${cause.message}`, { cause });
  }
}

/** Address and port as messages show them; IPv6 in brackets. */
export function peerName(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
