import { type Listener, listenTcp } from "../transport/listen.js";
import type { Link } from "../rpc/link.js";
import { addressOf, type AssociationOwner } from "../rpc/server/associations.js";
import { ServerConnection } from "../rpc/server/connection.js";
import type { Endpoint } from "../rpc/server/endpoint.js";

export interface PortOptions<Owner extends AssociationOwner> {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly maxConnections: number;
  /** What is served, once the port is known. */
  readonly endpoint: (port: number) => Endpoint<Owner>;
}

/** Connections from one address that have not logged on. */
const MOST_STRANGERS = 32;
/** How long a client may take to log on, in milliseconds. */
const LOGON_MS = 30_000;

/** A TCP port with RPC behind it, and the connections it has accepted. */
export class RpcPort<Owner extends AssociationOwner> {
  readonly #listener: Listener;
  readonly #endpoint: Endpoint<Owner>;
  readonly #maxConnections: number;
  /** In the order in which they came, with the addresses of their clients. */
  readonly #connections = new Map<ServerConnection<Owner>, string>();

  /** Listens. Rejects with the system's error when the port cannot be had. */
  static async listen<Owner extends AssociationOwner>(options: PortOptions<Owner>): Promise<RpcPort<Owner>> {
    const { host, port } = options;
    let rpcPort: RpcPort<Owner> | null = null;
    const listener = await listenTcp({
      host,
      port,
      onLink: (link) => (rpcPort === null ? link.destroy() : rpcPort.#accept(link)),
    });
    rpcPort = new RpcPort(listener, options);
    return rpcPort;
  }

  private constructor(listener: Listener, { endpoint, maxConnections }: PortOptions<Owner>) {
    this.#listener = listener;
    this.#endpoint = endpoint(listener.port);
    this.#maxConnections = maxConnections;
  }

  get address(): string {
    return this.#listener.address;
  }

  get port(): number {
    return this.#listener.port;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Ends all connections: after what is queued has been sent, or at once. */
  dropConnections(how: "gently" | "at once"): void {
    for (const connection of [...this.#connections.keys()]) connection.close(how);
  }

  /** Stops listening and ends all connections. */
  async close(): Promise<void> {
    this.dropConnections("gently");
    await this.#listener.close();
  }

  /** Strangers have little room, so that they cannot keep those out who log on; what they hold is bounded by their number. */
  #accept(link: Link): void {
    const address = addressOf(link.peer);
    const strangers = [...this.#connections].filter(([connection]) => !connection.loggedOn);
    if (strangers.filter(([, from]) => from === address).length >= MOST_STRANGERS) return link.destroy();
    if (this.#connections.size >= this.#maxConnections) {
      const [oldest] = strangers;
      if (oldest === undefined) return link.destroy();
      oldest[0].close("at once");
    }
    const connection = new ServerConnection(link, this.#endpoint, () => {
      this.#connections.delete(connection);
      clearTimeout(limit);
    });
    const limit = setTimeout(() => !connection.loggedOn && connection.close("at once"), LOGON_MS).unref();
    this.#connections.set(connection, address);
  }
}
