import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const REALM = "LAB.TEST";
export const PASSWORDS = { alice: "Passw0rd!", bob: "B0b!pass" } as const;
/** Two servers: one with AES keys, one that knows RC4 only. */
export const HOSTS = { current: "printsrv.lab.test", old: "old.lab.test" } as const;

const ENCTYPES = "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 arcfour-hmac";

/** The programs of MIT's KDC; null when they are not installed. */
export async function findKdc(): Promise<string | null> {
  const program = "/usr/sbin/krb5kdc";
  return access(program, constants.X_OK).then(
    () => program,
    () => null,
  );
}

/** A throwaway MIT realm on a loopback address and port of its own. */
export class Realm implements AsyncDisposable {
  readonly directory: string;
  /** The krb5.conf of KDC and servers. */
  readonly config: string;
  /** The keys of both servers. */
  readonly keytab: string;
  /** Where the KDC listens: an address that no other test uses. */
  readonly address: string;
  readonly #port: number;
  #kdc: ChildProcess | null = null;

  private constructor(directory: string, address: string, port: number) {
    this.directory = directory;
    this.config = join(directory, "krb5.conf");
    this.keytab = join(directory, "host.keytab");
    this.address = address;
    this.#port = port;
  }

  static async start(program: string): Promise<Realm> {
    const byte = () => 1 + Math.floor(Math.random() * 254);
    const address = `127.${byte()}.${byte()}.${byte()}`;
    const realm = new Realm(await mkdtemp(join(tmpdir(), "panwatch-realm-")), address, await freePort(address));
    await realm.#create();
    await realm.#serve(program);
    return realm;
  }

  /** Writes a krb5.conf for clients, `settings` in its libdefaults, and returns its path. */
  async clientConfig(name: string, settings: Record<string, string> = {}, kdcPort = this.#port): Promise<string> {
    const path = join(this.directory, `${name}.conf`);
    const defaults = {
      default_realm: REALM,
      dns_lookup_kdc: "false",
      dns_lookup_realm: "false",
      dns_canonicalize_hostname: "false",
      rdns: "false",
      udp_preference_limit: "1",
      allow_rc4: "true",
      permitted_enctypes: ENCTYPES,
      ...settings,
    };
    const lines = Object.entries(defaults).map(([key, value]) => ` ${key} = ${value}`);
    const realms = `[realms]\n ${REALM} = {\n  kdc = ${this.address}:${kdcPort}\n }`;
    const domains = `[domain_realm]\n .lab.test = ${REALM}\n ${this.address} = ${REALM}`;
    await writeFile(path, ["[libdefaults]", ...lines, realms, domains, ""].join("\n"));
    return path;
  }

  path(file: string): string {
    return join(this.directory, file);
  }

  /** Gets a ticket-granting ticket into a cache (`FILE:…`, `DIR:…`). */
  kinit(user: keyof typeof PASSWORDS, cache: string, options: readonly string[] = [], config = this.config): void {
    execFileSync("kinit", ["-c", cache, ...options, `${user}@${REALM}`], {
      input: `${PASSWORDS[user]}\n`,
      env: { ...process.env, KRB5_CONFIG: config },
      stdio: ["pipe", "ignore", "pipe"],
    });
  }

  kadmin(...commands: readonly string[]): void {
    execFileSync("/usr/sbin/kadmin.local", ["-r", REALM], {
      input: commands.map((command) => `${command}\n`).join(""),
      env: this.#environment(),
      stdio: ["pipe", "ignore", "pipe"],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kdc = this.#kdc;
    if (kdc !== null && kdc.exitCode === null) {
      const gone = once(kdc, "close");
      kdc.kill();
      await gone;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async #create(): Promise<void> {
    await this.clientConfig("krb5");
    const listen = ` kdc_listen = ${this.address}:${this.#port}\n kdc_tcp_listen = ${this.address}:${this.#port}`;
    const database = `database_name = ${this.path("principal")}\n  key_stash_file = ${this.path("stash")}`;
    const realm = `${REALM} = {\n  ${database}\n  acl_file = ${this.path("acl")}\n  max_life = 10h\n }`;
    const parts = ["[kdcdefaults]", listen, "[realms]", ` ${realm}`, "[logging]", " kdc = STDERR", ""];
    await writeFile(this.path("kdc.conf"), parts.join("\n"));
    execFileSync("/usr/sbin/kdb5_util", ["create", "-s", "-P", "master", "-r", REALM], {
      env: this.#environment(),
      stdio: "ignore",
    });
    this.kadmin(
      `addprinc -pw ${PASSWORDS.alice} +requires_preauth alice`,
      `addprinc -pw ${PASSWORDS.bob} +requires_preauth bob`,
      `addprinc -randkey -e aes256-cts:normal,aes128-cts:normal host/${HOSTS.current}`,
      `addprinc -randkey -e arcfour-hmac:normal host/${HOSTS.old}`,
      `setstr host/${HOSTS.old} session_enctypes arcfour-hmac`,
      `ktadd -norandkey -k ${this.keytab} host/${HOSTS.current} host/${HOSTS.old}`,
    );
  }

  async #serve(program: string): Promise<void> {
    const kdc = spawn(program, ["-n"], { env: this.#environment(), stdio: ["ignore", "ignore", "pipe"] });
    this.#kdc = kdc;
    // A test that was given up does not dispose of anything.
    const kill = () => kdc.kill();
    process.once("exit", kill);
    kdc.once("exit", () => process.removeListener("exit", kill));
    // Read to the end of its life, so that its log never blocks it.
    const lines = createInterface(kdc.stderr);
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        if (line.includes("commencing operation")) resolve();
      });
      kdc.once("close", () => {
        reject(new Error("krb5kdc did not start"));
      });
    });
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, KRB5_CONFIG: this.config, KRB5_KDC_PROFILE: this.path("kdc.conf") };
  }
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return bound.port;
}
