import { execFile } from "node:child_process";
import type { Notice } from "../../pan/connection-options.js";
import type { WatchEvent } from "../../watch/events.js";
import { sanitise } from "../sanitise.js";

/** How long `systemd-notify` may take, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Tells the service manager how the watch is: READY once something is registered, WATCHDOG while it is, STATUS with what
 * is watched. Node has no datagram sockets of Unix, so the program `systemd-notify` says it.
 */
export class ServiceManager implements Disposable {
  readonly #notice: Notice;
  /** Servers of the registrations that are there, by their ids. */
  readonly #registered = new Map<string, string>();
  readonly #watchdog: NodeJS.Timeout | null = null;
  #ready = false;
  #last: Promise<void> = Promise.resolve();
  #failed = false;

  /** Null where no service manager listens. */
  static open(env: NodeJS.ProcessEnv, notice: Notice): ServiceManager | null {
    return env["NOTIFY_SOCKET"] ? new ServiceManager(Number(env["WATCHDOG_USEC"] ?? 0) / 1000, notice) : null;
  }

  private constructor(watchdogMs: number, notice: Notice) {
    this.#notice = notice;
    if (watchdogMs > 0) {
      this.#watchdog = setInterval(() => {
        if (this.#registered.size > 0) this.#tell("WATCHDOG=1");
      }, watchdogMs / 2).unref();
    }
  }

  see(event: WatchEvent): void {
    const { registration, server } = event;
    if (event.type === "registered" && registration !== null) {
      this.#registered.set(registration, server);
      if (!this.#ready) this.#tell("--ready");
      this.#ready = true;
    } else if (event.type === "reconnecting" || event.type === "unregistered") {
      for (const [id, from] of this.#registered)
        if (registration === null ? from === server : id === registration) this.#registered.delete(id);
      if (event.type === "reconnecting") this.status(`Not connected with ${server}: ${event.reason}`);
    }
  }

  /** What the service is doing, in one line. */
  status(text: string): void {
    this.#tell(`--status=${sanitise(text)}`);
  }

  /** The service is about to end. */
  [Symbol.dispose](): void {
    if (this.#watchdog !== null) clearInterval(this.#watchdog);
    this.#tell("STOPPING=1");
  }

  /** One after the other, so that what is told last is what counts. */
  #tell(message: string): void {
    this.#last = this.#last.then(
      () =>
        new Promise((resolve) => {
          execFile("systemd-notify", [message], { timeout: PATIENCE_MS }, (error) => {
            if (error !== null && !this.#failed) {
              this.#failed = true;
              this.#notice(`The service manager could not be told: ${error.message.split("\n")[0] ?? ""}`, "warn");
            }
            resolve();
          });
        }),
    );
  }
}
