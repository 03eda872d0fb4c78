import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("samba-spooler", import.meta.url));

/** Whether Samba's print server can be started here: port 445 needs root. */
export function findSambaSpooler(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/libexec/samba/rpcd_spoolss");
}

/** A throwaway Samba print server on a loopback address of its own, and a way to its spooler over TCP. */
export class SambaSpooler implements AsyncDisposable {
  readonly address: string;
  readonly directory: string;
  readonly #process: ChildProcess;
  readonly #relay: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(directory: string, address: string, child: ChildProcess) {
    this.directory = directory;
    this.address = address;
    this.#process = child;
    this.#relay = createServer((socket) => this.#connect(socket));
  }

  /** Starts it with further parameters of smb.conf (`name=value`), and more in its environment. */
  static async start(parameters: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<SambaSpooler> {
    const byte = () => 1 + Math.floor(Math.random() * 254);
    const address = `127.${byte()}.${byte()}.${byte()}`;
    const directory = await mkdtemp(join(tmpdir(), "panwatch-samba-"));
    const child = spawn(PROGRAM, [directory, address, ...parameters], {
      env: { ...process.env, ...env },
      stdio: "pipe",
    });
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    if (first.value !== "ready") throw new Error(`samba-spooler did not start: ${complaints}`);
    const spooler = new SambaSpooler(directory, address, child);
    spooler.#relay.listen(0, address);
    await once(spooler.#relay, "listening");
    return spooler;
  }

  /** A TCP port that leads to the spooler's local socket: Samba itself has none. */
  get port(): number {
    return (this.#relay.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#relay.close();
    const gone = once(this.#process, "close");
    this.#process.stdin?.end();
    await gone;
    await rm(this.directory, { recursive: true });
  }

  #connect(socket: Socket): void {
    const local = connect(join(this.directory, "ncalrpc", "rpcd_spoolss"));
    for (const [one, other] of [
      [socket, local],
      [local, socket],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => this.#sockets.delete(one));
      one.pipe(other);
    }
  }
}
