import { AuthenticationError, PanwatchError, UnreachableError } from "../errors.js";
import type { AuthLevel, SecurityContext } from "./context.js";
import type { Identity, Secret } from "./identity.js";
import { KerberosError } from "./kerberos/failures.js";
import { KerberosInitiator } from "./kerberos/initiator.js";
import { parseSpn, type Spn } from "./kerberos/spn.js";
import type { Tickets } from "./kerberos/caches.js";
import { TicketSource } from "./kerberos/tickets.js";
import type { Mechanism } from "./mechanism.js";
import { NtlmInitiator } from "./ntlm/initiator.js";
import { SpnegoInitiator } from "./spnego/initiator.js";
import type { SecretUse } from "./trial.js";
import { REFUSED_PAUSE_MS } from "./refused-pause.js";

export interface LogonOptions {
  /** The server's name as the user gave it, or its address. */
  readonly server: string;
  /** The service principal name, `SERVICE/HOST`; null for `host/<server>` ([MS-PAN] 2.1). */
  readonly spn: string | null;
  /** The level the connections will have (privacy): Kerberos tells the server beforehand whether messages are sealed. */
  readonly level?: AuthLevel;
  /** How long each step of getting Kerberos tickets may take, in milliseconds (10 s). */
  readonly patienceMs?: number;
  /** How long a secret that has worked in this run rests after it was refused, in milliseconds (1 min). */
  readonly refusedPauseMs?: number;
  /** Ends the programs that get tickets. */
  readonly signal?: AbortSignal;
  /** Takes what users should know (warn), or may want to know (verbose, debug) about the choice of mechanism. */
  readonly notice: (text: string, level: "warn" | "verbose" | "debug") => void;
}

/** What logs on: a secret, or the name of a credential cache that holds tickets. */
export type Credential = Secret | { readonly kind: "tickets"; readonly cache: string };

const PATIENCE_MS = 10_000;

/**
 * The logon to one server: gives every connection its security, by the mechanisms that the identity allows, and knows what
 * a refusal means. Kept as long as the server is connected to, again and again.
 */
export interface Logon extends AsyncDisposable {
  /**
   * The security of one connection, fresh. Asks for a password only once Kerberos is ruled out. Throws an
   * AuthenticationError when there are no credentials for any mechanism that may be used.
   */
  context(): Promise<SecurityContext>;
  /**
   * Takes the error with which a connection ended at its logon. Returns whether it makes sense to connect once more:
   * Kerberos was refused, was only desired, and NTLM is left, which later contexts will use until the ticket changes.
   */
  fallBack(error: unknown): boolean;
  /**
   * What has worked, for programs that log on to the same server beside us; the cache of our own tickets goes away with
   * this object. Throws an AuthenticationError when there is none.
   */
  credential(): Promise<Credential>;
}

/** Opens a logon; nothing is asked or sent yet. Throws a UsageError for an SPN that is none. */
export async function openLogon(identity: Identity, options: LogonOptions): Promise<Logon> {
  const spn = parseSpn(options.spn ?? `host/${options.server}`);
  return Promise.resolve(new MechanismChoice(identity, spn, options));
}

/** The security of one connection, with what is at stake in it. */
class LogonContext extends SpnegoInitiator {
  readonly kerberos: Ticketed | null;
  /** The use of the secret, once it was begun. */
  use: SecretUse | null = null;
  readonly #judge: (attempt: LogonContext, error: unknown) => unknown;

  constructor(
    mechanism: Mechanism,
    kerberos: Ticketed | null,
    judge: (attempt: LogonContext, error: unknown) => unknown,
  ) {
    super(mechanism);
    this.kerberos = kerberos;
    this.#judge = judge;
  }

  concluded(error: unknown): unknown {
    return this.#judge(this, error);
  }
}

/** Kerberos with its ticket in hand. */
interface Ticketed {
  readonly mechanism: KerberosInitiator;
  readonly principal: string;
}

class MechanismChoice implements Logon {
  readonly #identity: Identity;
  readonly #spn: Spn;
  readonly #options: LogonOptions;
  readonly #patienceMs: number;
  readonly #pauseMs: number;
  readonly #tickets: TicketSource;
  readonly #kerberosAllowed: boolean;
  /** Why Kerberos was given up, for the error when NTLM cannot be used either. */
  #problem: unknown = null;
  #warned = false;
  /** The ticket that the server refused: it is not offered again. */
  #refusedTicket: Uint8Array | null = null;
  /** The error after which NTLM is to be tried. */
  #fellBackAfter: unknown = null;
  /** Whether a connection has stood. */
  #worked = false;
  #kerberosWorked = false;
  /** A refusal after that was answered with one more try. */
  #triedOnceMore = false;

  /** Tells what is decided and done, for diagnosis. */
  readonly #note = (text: string): void => this.#options.notice(text, "debug");

  constructor(identity: Identity, spn: Spn, options: LogonOptions) {
    this.#identity = identity;
    this.#spn = spn;
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#pauseMs = options.refusedPauseMs ?? REFUSED_PAUSE_MS;
    this.#tickets = new TicketSource(identity, spn, {
      patienceMs: this.#patienceMs,
      signal: options.signal,
      note: this.#note,
      useSecret: (use) => this.#useSecret(use),
    });
    const byAddress = options.spn === null && isAddress(options.server);
    this.#kerberosAllowed = identity.kerberos === "required" || (identity.kerberos === "desired" && !byAddress);
  }

  async context(): Promise<SecurityContext> {
    const kerberos = this.#kerberosAllowed ? await this.#tryKerberos() : null;
    const judge = (attempt: LogonContext, error: unknown): unknown => this.#judge(attempt, error);
    // NTLM is not offered beside a ticket: only a server that has refused it gets the weaker mechanism.
    if (kerberos !== null) {
      this.#note(`logon by Kerberos with the ticket of ${kerberos.principal} for ${this.#spn.text}`);
      return new LogonContext(kerberos.mechanism, kerberos, judge);
    }
    this.#note(`logon by NTLM as ${this.#account}${this.#whyNtlm}`);
    const attempt: LogonContext = new LogonContext(
      this.#ntlm((use) => (attempt.use = use)),
      null,
      judge,
    );
    return attempt;
  }

  fallBack(error: unknown): boolean {
    return error !== null && error === this.#fellBackAfter;
  }

  async credential(): Promise<Credential> {
    if (this.#kerberosWorked) return { kind: "tickets", cache: (await this.#openTickets()).cache };
    const secret = await this.#secret();
    if (secret === null) throw this.#noCredentials();
    return secret;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#tickets[Symbol.asyncDispose]();
  }

  get #account(): string {
    const { user, domain } = this.#identity;
    return domain === null || domain === "" ? (user ?? "nobody") : `${domain}\\${user ?? ""}`;
  }

  get #whyNtlm(): string {
    if (this.#identity.kerberos === "off") return ": Kerberos is off";
    if (!this.#kerberosAllowed) return `: there are no tickets for the address ${this.#options.server}`;
    return this.#problem instanceof Error ? `, not by Kerberos: ${this.#problem.message}` : "";
  }

  get #ntlmAllowed(): boolean {
    return this.#identity.kerberos !== "required" && this.#identity.user !== null;
  }

  /** What the end of a connection's logon means; gives the error to throw. */
  #judge(attempt: LogonContext, error: unknown): unknown {
    if (error === null) {
      attempt.use?.proved();
      this.#worked = true;
      this.#triedOnceMore = false;
      if (attempt.kerberos !== null) this.#kerberosWorked = true;
      return null;
    }
    return attempt.kerberos === null ? this.#judgeNtlm(attempt, error) : this.#judgeKerberos(attempt.kerberos, error);
  }

  /** No refusal of a ticket locks an account: where it has worked, it is a loss like any other. */
  #judgeKerberos({ mechanism, principal }: Ticketed, error: unknown): unknown {
    if (!(error instanceof AuthenticationError)) return error;
    const told = this.#worked ? asLoss(error) : error;
    if (!this.#ntlmAllowed) return told;
    this.#refusedTicket = new Uint8Array(mechanism.ticket);
    this.#problem = error;
    this.#fellBackAfter = told;
    this.#warn(`the Kerberos ticket of ${principal} was refused for ${this.#spn.text}`, error);
    return told;
  }

  /**
   * Once AUTHENTICATE has left, a refusal is one of the password, a mere close too; but a server that has worked may
   * close for other reasons.
   */
  #judgeNtlm({ use, proof }: LogonContext, error: unknown): unknown {
    if (use === null) return error;
    if (proof === "password") {
      if (error instanceof AuthenticationError) return this.#refused(use, error);
      if (error instanceof UnreachableError && error.stage === "logon" && !this.#identity.trial.proven) {
        if (!isTimeOut(error.cause)) return this.#refused(use, closed(error));
        use.dropped();
        return undecided(error);
      }
    }
    use.dropped();
    return error;
  }

  #refused(use: SecretUse, error: AuthenticationError): AuthenticationError {
    const told = use.refused(error, !this.#triedOnceMore);
    this.#triedOnceMore = true;
    return told;
  }

  /** Kerberos with its ticket in hand; null when it is not to be used and NTLM may be. */
  async #tryKerberos(): Promise<Ticketed | null> {
    try {
      const kerberos = await this.#kerberos();
      const refused = this.#refusedTicket;
      return refused !== null && Buffer.compare(refused, kerberos.mechanism.ticket) === 0 ? null : kerberos;
    } catch (error) {
      if (!(error instanceof KerberosError)) throw error;
      if (this.#identity.kerberos === "required") throw this.#worked && !error.mayLock ? asLoss(error) : error;
      this.#problem = error;
      if (!this.#ntlmAllowed) throw this.#noCredentials();
      const { keytab, ccache } = this.#identity;
      const none = error.failure === "no-ticket" || error.failure === "not-installed";
      if (!none || keytab !== null || ccache !== null) this.#warn("Kerberos cannot be used", error);
      else this.#options.notice(`Kerberos is not used, NTLM is: ${error.message}`, "verbose");
      return null;
    }
  }

  async #kerberos(): Promise<Ticketed> {
    const { path, principal } = await this.#openTickets();
    const confidentiality = (this.#options.level ?? "privacy") === "privacy";
    const { signal } = this.#options;
    const limits = { patienceMs: this.#patienceMs, signal };
    const options = { spn: this.#spn, path, principal, confidentiality, ...limits, note: this.#note };
    const mechanism = await KerberosInitiator.open(options);
    return { mechanism, principal };
  }

  /** Only a logon that cannot end in NTLM turns a password into a ticket: a wrong one would else be tried twice. */
  async #openTickets(): Promise<Tickets> {
    try {
      return await this.#tickets.open();
    } catch (error) {
      const { kerberos, user } = this.#identity;
      const replaceable = error instanceof KerberosError && ["no-ticket", "other-account"].includes(error.failure);
      if (!replaceable || kerberos !== "required" || user === null) throw error;
      // Where nobody can be asked, what is missing is the ticket.
      const given = await this.#secret().catch((problem: unknown) => {
        throw problem instanceof AuthenticationError ? error : problem;
      });
      if (given === null) throw error;
      return this.#tickets.openWithSecret(given);
    }
  }

  /** Once Kerberos has worked nobody is asked for a password: a new ticket may come while nobody looks. */
  #secret(): Promise<Secret | null> {
    return this.#identity.secret(!this.#kerberosWorked);
  }

  #ntlm(began: (use: SecretUse) => void): NtlmInitiator {
    const { user, domain, trial } = this.#identity;
    const secret = async () => {
      const given = await this.#secret();
      if (given === null) throw this.#noCredentials();
      began(await trial.begin(this.#pauseMs));
      return given;
    };
    return new NtlmInitiator({ user, domain, secret, targetName: this.#spn.text });
  }

  /** Lets a KDC judge the secret, or the key of a keytab. */
  async #useSecret(logOn: () => Promise<void>): Promise<void> {
    const use = await this.#identity.trial.begin(this.#pauseMs);
    try {
      await logOn();
      use.proved();
    } catch (error) {
      if (error instanceof KerberosError && error.mayLock) throw this.#refused(use, error);
      use.dropped();
      throw error;
    }
  }

  #noCredentials(): AuthenticationError {
    const kerberos = this.#problem instanceof Error ? `: ${this.#problem.message}` : "";
    return new AuthenticationError(`there are no credentials to log on to ${this.#options.server} with${kerberos}`, {
      hint: "get a Kerberos ticket with kinit, or give a password and name the user with the option user",
      cause: this.#problem ?? undefined,
      meaning: this.#kerberosWorked ? "loss" : "refused",
    });
  }

  /** Says once, aloud, that the weaker mechanism is used although there was a ticket. */
  #warn(text: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = error instanceof KerberosError && error.hint !== null ? ` (${error.hint})` : "";
    this.#options.notice(`${text}, NTLM used instead: ${reason}${hint}`, this.#warned ? "verbose" : "warn");
    this.#warned = true;
  }
}

/** An IPv4 or IPv6 address, for which KDCs have no tickets. */
function isAddress(server: string): boolean {
  return server.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(server);
}

function asLoss({ message, hint, cause }: PanwatchError): AuthenticationError {
  return new AuthenticationError(message, { hint: hint ?? undefined, cause, meaning: "loss" });
}

function closed(error: UnreachableError): AuthenticationError {
  return new AuthenticationError(`${error.message}: it refuses the logon`, {
    hint:
      "check user name, domain and password; the account may be disabled, locked or expired; where a policy refuses NTLM, " +
      "log on by Kerberos (kerberos: 'required')",
    cause: error,
  });
}

/** The server took the password and says nothing: what it makes of it is unknown, so it is not sent again. */
function undecided(error: UnreachableError): UnreachableError {
  const { stage, message, hint, cause } = error;
  return new UnreachableError(stage, message, { hint: hint ?? undefined, cause, meaning: "refused" });
}

function isTimeOut(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "TimeoutError";
}
