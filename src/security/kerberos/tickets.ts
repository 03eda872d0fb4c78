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

/**
 * Where a logon's tickets come from, in this order: a keytab, the user's credential cache, a password. Caches that are no
 * files are copied, logons kept, in a private directory, which goes away with this object.
 */
export class TicketSource implements AsyncDisposable {
  readonly #identity: Identity;
  readonly #spn: Spn;
  readonly #attempt: Attempt;
  #directory: Promise<PrivateDirectory> | null = null;
  /** Tickets in our own file, which serve until they expire. */
  #own: Promise<Tickets | null> = Promise.resolve(null);
  /** Why a password was refused: it is not tried again, so as not to lock the account. */
  #refusal: KerberosError | null = null;

  constructor(identity: Identity, spn: Spn, patienceMs: number) {
    this.#identity = identity;
    this.#spn = spn;
    this.#attempt = { spn: spn.text, principal: principalOf(identity), patienceMs };
  }

  /** Tickets that are good now, without a password. Throws a KerberosError. */
  async open(): Promise<Tickets> {
    const { keytab, ccache } = this.#identity;
    if (keytab !== null) return this.#openOwn((path) => logOnWithKeytab(keytab, path, this.#attempt));
    const name = await cacheName(ccache, this.#attempt);
    const path = cachePath(name);
    const tickets = path === null ? null : this.#checkOwner(await inspectCache(path, this.#attempt));
    if (tickets !== null && (await isWritable(tickets.path))) return tickets;
    return this.#checkOwner(await this.#openOwn((copy) => copyCache(name, copy, this.#spn, this.#attempt)));
  }

  /** Tickets got with a password. Throws a KerberosError. */
  async openWithSecret(secret: Secret): Promise<Tickets> {
    const { principal } = this.#attempt;
    if (secret.kind !== "password" || principal === null)
      throw new KerberosError("no-ticket", "Kerberos needs a ticket, a keytab, or a user and a password", {
        hint: secret.kind === "nt-hash" ? "an NT hash serves NTLM only" : "name the user with --user",
      });
    return this.#openOwn(async (path) => {
      if (this.#refusal !== null) throw this.#refusal;
      await logOnWithPassword({ principal, upn: upnOf(this.#identity) }, secret.password, path, this.#attempt).catch(
        (error: unknown) => {
          if (error instanceof KerberosError) this.#refusal = error;
          throw error;
        },
      );
    });
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
      { hint: "to use this ticket leave out the user (-U, or before the TARGET's @); else run kinit as that user" },
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
