import { existsSync } from "node:fs";
import { type ChildProcess, execFileSync, type ExecFileSyncOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("samba-dc", import.meta.url));

/** The domain that samba-dc makes. */
export const DOMAIN = "SAMBA";
export const REALM = "SAMBA.TEST";
export const HOST = "dc.samba.test";
export const USER = "alice";
export const PASSWORD = "Passw0rd!";

/** What Samba's programs call themselves; null where a controller cannot be started: ports 88 and 135 need root. */
export function findSamba(): string | null {
  try {
    const version = execFileSync("/usr/sbin/samba", ["--version"], { encoding: "utf8" });
    execFileSync("klist", ["-V"], { stdio: "ignore" });
    return process.getuid?.() === 0 && existsSync(PROVISION) ? version.trim() : null;
  } catch {
    return null;
  }
}

/** What a domain is made from, in Debian a package of its own: samba-ad-provision. */
const PROVISION = "/usr/share/samba/setup/provision.ldif";
export const EPM_PORT = 135;
const KDC_PORT = 88;
const START_MS = 110_000;

/** A throwaway Samba domain controller on a loopback address of its own. */
export class DomainController implements AsyncDisposable {
  readonly address: string;
  readonly directory: string;
  #samba: ChildProcess | null = null;
  #output = "";

  private constructor(directory: string, address: string) {
    this.directory = directory;
    this.address = address;
  }

  static async create(): Promise<DomainController> {
    const byte = () => 1 + Math.floor(Math.random() * 254);
    const address = `127.${byte()}.${byte()}.${byte()}`;
    return new DomainController(await mkdtemp(join(tmpdir(), "panwatch-samba-")), address);
  }

  /** Its clients' krb5.conf. */
  get config(): string {
    return this.path("krb5.conf");
  }

  /** The keys of every account. */
  get keytab(): string {
    return this.path("all.keytab");
  }

  path(file: string): string {
    return join(this.directory, file);
  }

  /** Starts it with the given parameters of smb.conf (`name=value`), stopping it first; the first start makes the domain. */
  async start(...parameters: readonly string[]): Promise<void> {
    await this.stop();
    const samba = spawn(PROGRAM, [this.directory, this.address, ...parameters], { stdio: "pipe" });
    this.#samba = samba;
    for (const stream of [samba.stdout, samba.stderr])
      stream.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
    const ended = new AbortController();
    samba.once("close", () => ended.abort(new Error(`samba ended: ${this.#output}`)));
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(START_MS)]);
    for (const port of [EPM_PORT, KDC_PORT]) await this.#listening(port, signal);
  }

  /** Stops it; the domain stays. */
  async stop(): Promise<void> {
    const samba = this.#samba;
    this.#samba = null;
    if (samba === null || samba.exitCode !== null) return;
    const gone = once(samba, "close");
    samba.stdin?.end();
    await gone;
  }

  /** Writes a krb5.conf with further `settings` in its libdefaults, and returns its path. */
  async clientConfig(name: string, settings: Record<string, string>): Promise<string> {
    const lines = Object.entries(settings).map(([key, value]) => ` ${key} = ${value}`);
    const text = await readFile(this.config, "utf8");
    await writeFile(this.path(name), text.replace("[libdefaults]", ["[libdefaults]", ...lines].join("\n")));
    return this.path(name);
  }

  /** Gets tickets of alice, one for the controller itself among them, into the cache at `path`. */
  logOn(path: string, config = this.config): void {
    const env = { ...process.env, KRB5_CONFIG: config };
    const options: ExecFileSyncOptions = { env, stdio: ["pipe", "ignore", "pipe"] };
    execFileSync("kinit", ["-c", path, `${USER}@${REALM}`], { ...options, input: `${PASSWORD}\n` });
    execFileSync("kvno", ["-c", path, `host/${HOST}`], options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
  }

  /** Nothing tells when the ports are open but that they are. */
  async #listening(port: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const socket = connect(port, this.address);
      const open = await once(socket, "connect").then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (open) return;
      await delay(20);
    }
  }
}
