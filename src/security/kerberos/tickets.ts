import { join } from "node:path";
import type { Identity, Secret } from "../identity.js";
import { cacheName, cachePath, copyCache, inspectCache, isWritable, type Tickets } from "./caches.js";
import { KerberosError, type Attempt } from "./failures.js";
import { logOnWithKeytab, logOnWithPassword } from "./logons.js";
import { PrivateDirectory } from "./private-directory.js";
import { matchesPrincipal, principalOf, upnOf } from "./principal.js";
import type { Spn } from "./spn.js";

/** Tickets that we got ourselves are got anew when they expire within this time. */
const MARGIN_SECONDS = 60;

export interface TicketOptions {
  /** How long each step may take, in milliseconds. */
  readonly patienceMs: number;
  /** Ends the programs that are run. */
  readonly signal: AbortSignal | undefined;
  /** Told of the programs that are run. */
  readonly note: (text: string) => void;
  /** Runs what lets a KDC judge a password or key, where that may be tried. */
  readonly useSecret: (logOn: () => Promise<void>) => Promise<void>;
}

/**
 * Where a logon's tickets come from, in this order: a keytab, the user's credential cache, a password. Caches that are no
 * files are copied, logons kept, in a private directory, which goes away with this object.
 */
export class TicketSource implements AsyncDisposable {
  readonly #identity: Identity;
  readonly #spn: Spn;
  readonly #options: TicketOptions;
  readonly #attempt: Attempt;
  #directory: Promise<PrivateDirectory> | null = null;
  #swept: Promise<void> | null = null;
  /** Tickets in our own file, which serve until they expire. */
  #own: Promise<Tickets | null> = Promise.resolve(null);

  constructor(identity: Identity, spn: Spn, options: TicketOptions) {
    const { patienceMs, signal, note } = options;
    this.#identity = identity;
    this.#spn = spn;
    this.#options = options;
    this.#attempt = { spn: spn.text, principal: principalOf(identity), patienceMs, signal, note };
  }

  /** Tickets that are good now, without a password. Throws a KerberosError. */
  async open(): Promise<Tickets> {
    await (this.#swept ??= PrivateDirectory.sweep());
    const { keytab, ccache } = this.#identity;
    if (keytab !== null) {
      const logOn = (path: string) => logOnWithKeytab(keytab, path, this.#attempt);
      return this.#openOwn((path) => this.#options.useSecret(() => logOn(path)));
    }
    const name = await cacheName(ccache, this.#attempt);
    const path = cachePath(name);
    const tickets = path === null ? null : this.#checkOwner(await inspectCache(path, this.#attempt));
    if (tickets !== null && (await isWritable(tickets.path))) return tickets;
    const copied = await this.#openOwn((copy) => copyCache(name, copy, this.#spn, this.#attempt));
    return this.#checkOwner({ ...copied, cache: name });
  }

  /** Tickets got with a password. Throws a KerberosError. */
  async openWithSecret(secret: Secret): Promise<Tickets> {
    const { principal } = this.#attempt;
    if (secret.kind !== "password" || principal === null)
      throw new KerberosError("no-ticket", "Kerberos needs a ticket, a keytab, or a user and a password", {
        hint: secret.kind === "nt-hash" ? "an NT hash serves NTLM only" : "name the user with the option user",
      });
    const account = { principal, upn: upnOf(this.#identity) };
    return this.#openOwn((path) =>
      this.#options.useSecret(() => logOnWithPassword(account, secret.password, path, this.#attempt)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const directory = await this.#directory;
    this.#directory = null;
    this.#own = Promise.resolve(null);
    await directory?.[Symbol.asyncDispose]();
  }

  /** Somebody else's tickets must not log on where the user asked for a certain account. */
  #checkOwner(tickets: Tickets): Tickets {
    if (matchesPrincipal(this.#identity, tickets.principal)) return tickets;
    throw new KerberosError(
      "other-account",
      `the Kerberos ticket is ${tickets.principal}'s, not ${this.#attempt.principal}'s (for ${this.#spn.text})`,
      { hint: "to use this ticket name no user (the option user); else run kinit as that user" },
    );
  }

  /** The tickets in our own file; `fill` gets them where there are none or they expire. One at a time. */
  #openOwn(fill: (path: string) => Promise<void>): Promise<Tickets> {
    const opened = this.#own.then((own) => {
      const good = own !== null && own.endTime > Date.now() / 1000 + MARGIN_SECONDS;
      return good ? own : this.#fill(fill);
    });
    this.#own = opened.catch(() => null);
    return opened;
  }

  async #fill(fill: (path: string) => Promise<void>): Promise<Tickets> {
    this.#directory ??= PrivateDirectory.create();
    const path = join((await this.#directory).path, "krb5cc");
    await fill(path);
    return inspectCache(path, this.#attempt);
  }
}
