import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between clients and a server, and lets one of the two wait for ever. */
export class Relay implements AsyncDisposable {
  readonly #target: number;
  readonly #server = createServer((client) => this.#pass(client));
  readonly #clients = new Set<Socket>();
  readonly #servers = new Set<Socket>();

  private constructor(target: number) {
    this.#target = target;
  }

  /** A relay to this port of this machine. */
  static async start(target: number): Promise<Relay> {
    const relay = new Relay(target);
    await once(relay.#server.listen(0, "127.0.0.1"), "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when clients have sent so many bytes more; after them nothing more is read. */
  async stopReadingAfter(bytes: number): Promise<void> {
    let left = bytes;
    await new Promise<void>((resolve) => {
      for (const socket of this.#clients)
        socket.on("data", (chunk) => {
          left -= chunk.length;
          if (left > 0) return;
          socket.unpipe().pause();
          resolve();
        });
    });
  }

  /** From now on clients get no answer. */
  stopAnswering(): void {
    for (const socket of this.#servers) socket.unpipe().resume();
  }

  /** From now on nothing more is read of what servers send. */
  stopDelivering(): void {
    for (const socket of this.#servers) socket.unpipe().pause();
  }

  #pass(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    this.#clients.add(client);
    this.#servers.add(server);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const)
      from
        .on("error", () => undefined)
        .on("close", () => to.destroy())
        .pipe(to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [...this.#clients, ...this.#servers]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
