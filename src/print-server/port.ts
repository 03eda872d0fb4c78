import { type Listener, listenTcp } from "../transport/listen.js";
import type { Link } from "../rpc/link.js";
import type { AssociationOwner } from "../rpc/server/associations.js";
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

/** A TCP port with RPC behind it, and the connections it has accepted. */
export class RpcPort<Owner extends AssociationOwner> {
  readonly #listener: Listener;
  readonly #endpoint: Endpoint<Owner>;
  readonly #maxConnections: number;
  readonly #connections = new Set<ServerConnection<Owner>>();

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
    for (const connection of [...this.#connections]) connection.close(how);
  }

  /** Stops listening and ends all connections. */
  async close(): Promise<void> {
    this.dropConnections("gently");
    await this.#listener.close();
  }

  #accept(link: Link): void {
    if (this.#connections.size >= this.#maxConnections) return link.destroy();
    const connection = new ServerConnection(link, this.#endpoint, () => this.#connections.delete(connection));
    this.#connections.add(connection);
  }
}
