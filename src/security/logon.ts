import { AuthenticationError, UnreachableError } from "../errors.js";
import type { AuthLevel, SecurityContext } from "./context.js";
import type { Identity } from "./identity.js";
import { KerberosError } from "./kerberos/failures.js";
import { KerberosInitiator } from "./kerberos/initiator.js";
import { parseSpn, type Spn } from "./kerberos/spn.js";
import { TicketSource } from "./kerberos/tickets.js";
import { NtlmInitiator } from "./ntlm/initiator.js";
import { SpnegoInitiator } from "./spnego/initiator.js";

export interface LogonOptions {
  /** The server's name as the user gave it, or its address. */
  readonly server: string;
  /** The service principal name, `SERVICE/HOST`; null for `host/<server>` ([MS-PAN] 2.1). */
  readonly spn: string | null;
  /** The level the connections will have (privacy): Kerberos tells the server beforehand whether messages are sealed. */
  readonly level?: AuthLevel;
  /** How long each step of getting Kerberos tickets may take, in milliseconds (10 s). */
  readonly patienceMs?: number;
  /** Takes what users should know (warn) or may want to know (verbose) about the choice of mechanism. */
  readonly notice: (text: string, level: "warn" | "verbose") => void;
}

const PATIENCE_MS = 10_000;

/** The logon to one server: gives every connection its security, by the mechanisms that the identity allows. */
export interface Logon extends AsyncDisposable {
  /**
   * The security of one connection, fresh. Asks for a password only once Kerberos is ruled out. Throws an
   * AuthenticationError when there are no credentials for any mechanism that may be used.
   */
  context(): Promise<SecurityContext>;
  /**
   * Takes the error with which a server refused a connection at its logon. Returns whether it makes sense to connect
   * once more: Kerberos was refused, was only desired, and NTLM is left, which all later contexts will use alone.
   */
  fallBack(error: unknown): boolean;
}

/** Opens a logon; nothing is asked or sent yet. Throws a UsageError for an SPN that is none. */
export async function openLogon(identity: Identity, options: LogonOptions): Promise<Logon> {
  const spn = parseSpn(options.spn ?? `host/${options.server}`);
  return Promise.resolve(new MechanismChoice(identity, spn, options));
}

class MechanismChoice implements Logon {
  readonly #identity: Identity;
  readonly #spn: Spn;
  readonly #options: LogonOptions;
  readonly #patienceMs: number;
  readonly #tickets: TicketSource;
  #kerberosAllowed: boolean;
  /** Why Kerberos was given up, for the error when NTLM cannot be used either. */
  #problem: unknown = null;
  #warned = false;
  /** The context that was given last, and whose ticket it offers. */
  #last: { context: SpnegoInitiator; principal: string } | null = null;

  constructor(identity: Identity, spn: Spn, options: LogonOptions) {
    this.#identity = identity;
    this.#spn = spn;
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#tickets = new TicketSource(identity, spn, this.#patienceMs);
    const byAddress = options.spn === null && isAddress(options.server);
    this.#kerberosAllowed = identity.kerberos === "required" || (identity.kerberos === "desired" && !byAddress);
  }

  async context(): Promise<SecurityContext> {
    const kerberos = this.#kerberosAllowed ? await this.#tryKerberos() : null;
    this.#last = null;
    if (kerberos === null) return new SpnegoInitiator({ mechanisms: [this.#ntlm()] });
    const mechanisms = this.#ntlmAllowed ? [kerberos.mechanism, this.#ntlm()] : [kerberos.mechanism];
    const context = new SpnegoInitiator({ mechanisms });
    this.#last = { context, principal: kerberos.principal };
    return context;
  }

  fallBack(error: unknown): boolean {
    const last = this.#last;
    if (last === null || !this.#ntlmAllowed || last.context.mechanism !== "Kerberos" || !isRefusal(error)) return false;
    this.#kerberosAllowed = false;
    this.#problem = error;
    this.#warn(`the Kerberos ticket of ${last.principal} was refused for ${this.#spn.text}`, error);
    return true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#tickets[Symbol.asyncDispose]();
  }

  get #ntlmAllowed(): boolean {
    return this.#identity.kerberos !== "required" && this.#identity.user !== null;
  }

  /** The Kerberos initiator with its ticket in hand; null when Kerberos is not to be used and NTLM may be. */
  async #tryKerberos() {
    try {
      return await this.#kerberos();
    } catch (error) {
      if (!(error instanceof KerberosError) || this.#identity.kerberos === "required") throw error;
      this.#problem = error;
      if (!this.#ntlmAllowed) throw this.#noCredentials();
      const { keytab, ccache } = this.#identity;
      const none = error.failure === "no-ticket" || error.failure === "not-installed";
      if (!none || keytab !== null || ccache !== null) this.#warn("Kerberos cannot be used", error);
      else this.#options.notice(`Kerberos is not used, NTLM is: ${error.message}`, "verbose");
      return null;
    }
  }

  async #kerberos(): Promise<{ mechanism: KerberosInitiator; principal: string }> {
    const { path, principal } = await this.#openTickets();
    const confidentiality = (this.#options.level ?? "privacy") === "privacy";
    const options = { spn: this.#spn, path, principal, confidentiality, patienceMs: this.#patienceMs };
    const mechanism = await KerberosInitiator.open(options);
    return { mechanism, principal };
  }

  /** Only a logon that cannot end in NTLM turns a password into a ticket: a wrong one would else be tried twice. */
  async #openTickets() {
    try {
      return await this.#tickets.open();
    } catch (error) {
      const { kerberos, user, secret } = this.#identity;
      const replaceable = error instanceof KerberosError && ["no-ticket", "other-account"].includes(error.failure);
      if (!replaceable || kerberos !== "required" || user === null) throw error;
      // Where nobody can be asked, what is missing is the ticket.
      const given = await secret().catch((problem: unknown) => {
        throw problem instanceof AuthenticationError ? error : problem;
      });
      if (given === null) throw error;
      return this.#tickets.openWithSecret(given);
    }
  }

  #ntlm(): NtlmInitiator {
    const { user, domain } = this.#identity;
    const secret = async () => {
      const given = await this.#identity.secret();
      if (given === null) throw this.#noCredentials();
      return given;
    };
    return new NtlmInitiator({ user, domain, secret, targetName: this.#spn.text });
  }

  #noCredentials(): AuthenticationError {
    const kerberos = this.#problem instanceof Error ? `: ${this.#problem.message}` : "";
    return new AuthenticationError(`there are no credentials to log on to ${this.#options.server} with${kerberos}`, {
      hint: "get a Kerberos ticket with kinit, or give a user and a password",
      cause: this.#problem ?? undefined,
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

/**
 * Errors by which servers refuse a logon, a bind_nak without a reason among them. An IntegrityError, which tells of an
 * attack, must never lead to a weaker mechanism.
 */
function isRefusal(error: unknown): boolean {
  if (error instanceof AuthenticationError) return true;
  return error instanceof UnreachableError && error.stage === "logon" && !isTimeOut(error.cause);
}

function isTimeOut(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "TimeoutError";
}
