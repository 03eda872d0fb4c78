import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";

/** Where the name server is that takes every question and answers none. */
const DEAF = "127.0.0.250";

/** Whether a process can have a resolv.conf of its own here. */
export function canMount(): boolean {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** A name server that answers nothing, for programs that are run with a resolv.conf of their own. */
export class DeafNameServer implements AsyncDisposable {
  readonly #socket = createSocket("udp4");
  readonly #resolvConf: string;

  private constructor(resolvConf: string) {
    this.#resolvConf = resolvConf;
  }

  /** Writes its resolv.conf to that path. */
  static async start(resolvConf: string): Promise<DeafNameServer> {
    const server = new DeafNameServer(resolvConf);
    server.#socket.bind(53, DEAF);
    await once(server.#socket, "listening");
    writeFileSync(resolvConf, `nameserver ${DEAF}\noptions timeout:30 attempts:5\n`);
    return server;
  }

  /** Resolves when it is asked the next time. */
  async asked(): Promise<void> {
    await once(this.#socket, "message");
  }

  /** The command that runs another one with this name server and no other. */
  runs(command: readonly string[]): string[] {
    const mounted = `mount --bind ${this.#resolvConf} /etc/resolv.conf && exec "$@"`;
    return ["unshare", "-m", "sh", "-c", mounted, "sh", ...command];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
