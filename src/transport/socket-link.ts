import type { Socket } from "node:net";
import { DisconnectedError, type PanwatchError } from "../errors.js";
import type { Link, LinkHandlers } from "../rpc/link.js";

/** A link over a TCP socket that is connected. */
export class SocketLink implements Link {
  readonly peer: string;
  /** The peer's address alone. */
  readonly address: string;
  readonly #socket: Socket;
  #handlers: LinkHandlers | null = null;
  /** Why the socket failed; null while it has not. */
  #failure: Error | null = null;
  #closedHere = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.address = socket.remoteAddress ?? "?";
    this.peer = peerName(this.address, socket.remotePort ?? 0);
    socket.on("error", (error) => (this.#failure ??= error));
    socket.on("close", () => this.#deliverClosed());
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    if (this.#socket.destroyed) queueMicrotask(() => this.#deliverClosed());
    // A plain Uint8Array: slices of a Buffer are views, those of a Uint8Array copies.
    else
      this.#socket.on("data", (chunk) => handlers.data(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  close(): void {
    this.#closedHere = true;
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#closedHere = true;
    this.#socket.destroy();
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
