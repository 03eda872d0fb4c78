import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a client and a server and keeps what the client sent, connection by connection. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sent: Buffer[][] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(address: string, port: number) {
    this.#server = createServer((client) => {
      const sent: Buffer[] = [];
      this.#sent.push(sent);
      const server = connect(port, address);
      client.on("data", (chunk) => sent.push(chunk));
      client.pipe(server).pipe(client);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => socket.destroy());
      }
    });
  }

  static async to(address: string, port: number): Promise<Relay> {
    const relay = new Relay(address, port);
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What the client sent on each connection so far. */
  get sent(): Buffer[] {
    return this.#sent.map((chunks) => Buffer.concat(chunks));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
