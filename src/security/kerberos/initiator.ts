import { IntegrityError, ProtocolError } from "../../errors.js";
import type { MessageProtection, ProtectionOptions, SecurityStep } from "../context.js";
import { MECHANISM_OIDS, type Mechanism } from "../mechanism.js";
import { ensureServiceTicket, openCache } from "./caches.js";
import { decryptMessage, encryptMessage, KEY_USAGES, type EncryptionKey } from "./encryption.js";
import { type Attempt, explainKrbError, KerberosError } from "./failures.js";
import { beginExchange, type GssExchange } from "./gss.js";
import {
  clearConfidentiality,
  decodeApReply,
  decodeApReplyPart,
  decodeApRequest,
  decodeAuthenticator,
  decodeKrbError,
  type Authenticator,
} from "./messages.js";
import type { MessageTokens } from "./message-tokens.js";
import { createTokens, KerberosProtection } from "./protection.js";
import { unescapePrincipal } from "./principal.js";
import type { Spn } from "./spn.js";

export interface KerberosOptions {
  /** The service to log on to. */
  readonly spn: Spn;
  /** A readable FILE cache. */
  readonly path: string;
  /** Whose tickets it holds. */
  readonly principal: string;
  /** How long getting the service ticket may take, in milliseconds. */
  readonly patienceMs: number;
  /** Ends that. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the programs that are run for it. */
  readonly note?: ((text: string) => void) | undefined;
  /**
   * Whether messages will be sealed. For the levels that only sign, the Authenticator must not ask for confidentiality, or
   * servers answer signed messages with a fault.
   */
  readonly confidentiality: boolean;
}

/**
 * The client's side of Kerberos in DCE style ([MS-RPCE] 2.2.1.1.7, [MS-KILE] 3.4.5.1): AP-REQ, AP-REP, and an AP-REP of
 * the client. The system's library does the exchange; the keys are read from the credential cache, and messages are
 * protected here.
 */
export class KerberosInitiator implements Mechanism {
  readonly name = "Kerberos";
  readonly oids = [MECHANISM_OIDS.msKerberos, MECHANISM_OIDS.kerberos];
  readonly sendsMic = true;
  readonly #options: KerberosOptions;
  readonly #exchange: GssExchange;
  readonly #ticket: Uint8Array;
  readonly #sessionKey: EncryptionKey;
  readonly #authenticator: Authenticator;
  #state: "new" | "requested" | "done" = "new";
  #user: string | null = null;
  #tokens: MessageTokens | null = null;

  private constructor(
    options: KerberosOptions,
    exchange: GssExchange,
    {
      ticket,
      sessionKey,
      authenticator,
    }: { ticket: Uint8Array; sessionKey: EncryptionKey; authenticator: Authenticator },
  ) {
    this.#options = options;
    this.#exchange = exchange;
    this.#ticket = ticket;
    this.#sessionKey = sessionKey;
    this.#authenticator = authenticator;
  }

  /**
   * Gets the service ticket and makes the AP-REQ, so that what may fail on this side has failed before a server is
   * spoken to. Throws a KerberosError, or an AuthenticationError for a ticket that cannot be used.
   */
  static async open(options: KerberosOptions): Promise<KerberosInitiator> {
    await ensureServiceTicket(options.path, options.spn, attemptOf(options));
    const exchange = await beginExchange(options.spn, options.path, attemptOf(options));
    const request = decodeApRequest(exchange.token);
    const sessionKey = await findSessionKey(options, request.ticket);
    const { cipher } = request.authenticator;
    const plain = decryptMessage(sessionKey, KEY_USAGES.authenticator, cipher);
    const authenticator = decodeAuthenticator(plain);
    if (!options.confidentiality) {
      clearConfidentiality(authenticator.checksum);
      cipher.set(encryptMessage(sessionKey, KEY_USAGES.authenticator, plain));
    }
    return new KerberosInitiator(options, exchange, { ticket: request.ticket, sessionKey, authenticator });
  }

  /** The DER of the service ticket: another one means that something has changed. */
  get ticket(): Uint8Array {
    return this.#ticket;
  }

  get expectsMic(): boolean {
    return this.#established().expectsMic;
  }

  get user(): string | null {
    return this.#user;
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    if (this.#state === "new" && token === null) {
      this.#state = "requested";
      return { token: this.#exchange.token, done: false };
    }
    if (this.#state !== "requested" || token === null) throw new ProtocolError("a Kerberos token came out of turn");
    return await this.#finish(token);
  }

  async #finish(token: Uint8Array): Promise<SecurityStep> {
    const { principal } = this.#options;
    const refusal = decodeKrbError(token);
    if (refusal !== null) throw explainKrbError(refusal, attemptOf(this.#options));
    this.#tokens = this.#openTokens(token);
    const answer = await this.#exchange.finish(token);
    if (answer.user !== null && unescapePrincipal(answer.user) !== principal)
      throw new KerberosError("refused", `Kerberos logged on ${answer.user} instead of ${principal}`);
    this.#user = principal;
    this.#state = "done";
    return { token: answer.token, done: true };
  }

  /** Verifies the AP-REP, which proves the server, and takes the keys and sequence numbers of the messages from it. */
  #openTokens(token: Uint8Array): MessageTokens {
    const { cipher, enctype } = decodeApReply(token);
    if (enctype !== this.#sessionKey.enctype)
      throw new IntegrityError(`the server's AP-REP has encryption type ${enctype} instead of the ticket's`);
    const reply = decodeApReplyPart(decryptMessage(this.#sessionKey, KEY_USAGES.apRepPart, cipher));
    const key = reply.subkey ?? this.#authenticator.subkey ?? this.#sessionKey;
    return createTokens(
      { key, isAcceptorSubkey: reply.subkey !== null },
      { isAcceptor: false, sequence: this.#authenticator.sequence },
      { isAcceptor: true, sequence: reply.sequence },
    );
  }

  getMic(data: Uint8Array): Uint8Array {
    return this.#established().getMic([data]);
  }

  verifyMic(data: Uint8Array, mic: Uint8Array): void {
    this.#established().verifyMic([data], mic);
  }

  protect(options: ProtectionOptions): MessageProtection {
    return new KerberosProtection(this.#established(), options);
  }

  #established(): MessageTokens {
    if (this.#tokens === null || this.#state !== "done") throw new ProtocolError("the Kerberos exchange is not over");
    return this.#tokens;
  }
}

function attemptOf({ spn, principal, patienceMs, signal, note }: KerberosOptions): Attempt {
  return { spn: spn.text, principal, patienceMs, signal, note };
}

/** The session key of the ticket that an AP-REQ carries. */
async function findSessionKey(options: KerberosOptions, ticket: Uint8Array): Promise<EncryptionKey> {
  const { path, principal, spn } = options;
  const cache = await openCache(path, attemptOf(options));
  const credential = cache.credentials.find((candidate) => Buffer.compare(candidate.ticket, ticket) === 0);
  if (credential !== undefined) return credential.key;
  throw new KerberosError("refused", `the credential cache ${path} lacks the ticket of ${principal} for ${spn.text}`, {
    hint: "the cache must be writable, and nothing else may empty it meanwhile",
  });
}
