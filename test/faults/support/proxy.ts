import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Which way bytes go. */
export type Direction = "fromClient" | "fromServer";

/** Where something goes wrong: after so many bytes of one direction, on the first connection if not on another. */
export interface Place {
  readonly direction: Direction;
  readonly offset: number;
  /** The number of the connection, from 1 in the order in which they come. */
  readonly connection?: number;
}

/** What goes wrong, once. */
export type Fault = Place &
  (
    | { readonly kind: "fin" | "rst" }
    | { readonly kind: "delay"; readonly ms: number }
    /** Bit `bit` of the byte is flipped. */
    | { readonly kind: "corrupt"; readonly bit: number }
    /** The next `length` bytes come twice, or not at all. */
    | { readonly kind: "duplicate" | "truncate"; readonly length: number }
  );

/** One way through the proxy: passes chunks on, in order, until the fault has its place. */
interface Way {
  readonly from: Socket;
  readonly to: Socket;
  passed: number;
}

/**
 * Stands between client and server. One connection has the fault, all others are left alone. `recorded` is what the first
 * connection carried.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: number;
  readonly #fault: Fault | null;
  readonly #sockets = new Set<Socket>();
  readonly #onBytes: () => void;
  #connections = 0;
  readonly recorded: Record<Direction, Buffer[]> = { fromClient: [], fromServer: [] };
  /** Whether the fault has happened. */
  fired = false;

  private constructor(server: Server, target: number, fault: Fault | null, onBytes: () => void) {
    this.#server = server;
    this.#target = target;
    this.#fault = fault;
    this.#onBytes = onBytes;
    server.on("connection", (client) => this.#join(client));
  }

  /** `onBytes` is called whenever something passes. */
  static async start(target: number, fault: Fault | null, onBytes: () => void = () => undefined): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultProxy(server, target, fault, onBytes);
  }

  /** Bytes that the first connection has carried so far. */
  get bytes(): Readonly<Record<Direction, number>> {
    const { fromClient, fromServer } = this.recorded;
    return { fromClient: lengthOf(fromClient), fromServer: lengthOf(fromServer) };
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const number = ++this.#connections;
    const fault = number === (this.#fault?.connection ?? 1) ? this.#fault : null;
    const upstream = connect({ port: this.#target, host: "127.0.0.1", noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroySoon();
      });
    }
    this.#carry("fromClient", { from: client, to: upstream, passed: 0 }, fault, number === 1);
    this.#carry("fromServer", { from: upstream, to: client, passed: 0 }, fault, number === 1);
  }

  #carry(direction: Direction, way: Way, faultHere: Fault | null, recorded: boolean): void {
    const fault = faultHere?.direction === direction ? faultHere : null;
    if (fault?.offset === 0 && isCut(fault)) this.#apply(fault, way, Buffer.alloc(0));
    way.from.on("data", (chunk: Buffer) => {
      if (recorded) this.recorded[direction].push(chunk);
      this.#pass(chunk, way, fault);
      this.#onBytes();
    });
  }

  #pass(chunk: Buffer, way: Way, fault: Fault | null): void {
    if (this.fired && this.#fault !== null && isCut(this.#fault) && fault !== null) return;
    const until = fault === null || this.fired ? Infinity : fault.offset - way.passed;
    const reached = fault !== null && (isCut(fault) ? chunk.length >= until : chunk.length > until);
    if (!reached) {
      way.passed += chunk.length;
      way.to.write(chunk);
      return;
    }
    way.passed = fault.offset;
    if (until > 0) way.to.write(chunk.subarray(0, until));
    this.#apply(fault, way, chunk.subarray(until));
  }

  #apply(fault: Fault, way: Way, rest: Buffer): void {
    this.fired = true;
    switch (fault.kind) {
      case "fin":
        way.from.end();
        way.to.end();
        return;
      case "rst":
        way.from.resetAndDestroy();
        way.to.resetAndDestroy();
        return;
      case "delay":
        return this.#delay(fault.ms, way, rest);
      case "corrupt": {
        const changed = Buffer.from(rest);
        changed[0] = (changed[0] ?? 0) ^ (1 << fault.bit);
        way.to.write(changed);
        return;
      }
      case "duplicate":
        way.to.write(Buffer.concat([rest.subarray(0, fault.length), rest]));
        return;
      case "truncate":
        way.to.write(rest.subarray(fault.length));
    }
  }

  #delay(ms: number, { from, to }: Way, rest: Buffer): void {
    from.pause();
    setTimeout(() => {
      to.write(rest);
      from.resume();
    }, ms);
  }
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

function isCut({ kind }: Fault): boolean {
  return kind === "fin" || kind === "rst";
}
