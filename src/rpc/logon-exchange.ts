import { AuthenticationError, DecodeError, ProtocolError } from "../errors.js";
import {
  AUTH_LEVELS,
  type AuthLevel,
  type MechanismName,
  type SecurityContext,
  type SecurityStep,
} from "../security/context.js";
import type { LogonStanding } from "./bind-errors.js";
import type { AuthVerifier } from "./pdu/sec-trailer.js";
import type { FragmentSecurity } from "./secure-fragments.js";

/** The one security context of a connection; any number will do. */
const AUTH_CONTEXT_ID = 1;

/** What a PDU of 65,535 bytes has room for beside the presentation contexts. */
const LARGEST_TOKEN = 60_000;

/** What a logon leaves behind; all null without security. */
export interface LogonOutcome {
  readonly security: FragmentSecurity | null;
  readonly mechanism: MechanismName | null;
  /** Who is logged on, as the mechanism says it. */
  readonly user: string | null;
}

/**
 * The authentication exchange of one connection, in terms of sec_trailers. It is begun before the connection is opened: the first
 * token may take a person's password or a ticket, and neither is to count against the server's time.
 */
export class LogonExchange {
  /** What the bind carries; null without security. */
  readonly first: AuthVerifier | null;
  readonly #security: SecurityContext | null;
  readonly #level: AuthLevel;
  #done: boolean;

  private constructor(security: SecurityContext | null, level: AuthLevel, step: SecurityStep) {
    this.#security = security;
    this.#level = level;
    this.#done = step.done;
    this.first = this.#verifier(step);
  }

  /**
   * Takes the first step, then binds a connection with `bind`; `security` is fresh, or null for an anonymous one, and is told
   * how that ended. Throws what the mechanism and `bind` throw, as the security has it.
   */
  static async run<T>(
    security: SecurityContext | null,
    level: AuthLevel,
    bind: (logon: LogonExchange) => Promise<T>,
  ): Promise<T> {
    try {
      const step = security === null ? { token: null, done: true } : await security.step(null);
      const bound = await bind(new LogonExchange(security, level, step));
      security?.concluded?.(null);
      return bound;
    } catch (error) {
      throw security?.concluded === undefined ? error : security.concluded(error);
    }
  }

  /**
   * Takes the server's answer; gives what to send next, null when there is nothing. Throws a ProtocolError when the
   * answer does not belong to this exchange, and what the mechanism throws.
   */
  async next(answer: AuthVerifier | null): Promise<AuthVerifier | null> {
    const security = this.#security;
    if (security === null || this.#done) return null;
    if (answer === null) throw new ProtocolError("the server left the logon without an answer");
    const { type, level, contextId, token } = answer;
    if (type !== security.authType || level !== AUTH_LEVELS[this.#level] || contextId !== AUTH_CONTEXT_ID)
      throw new ProtocolError("the server answered the logon with another auth_type, auth_level or auth_context_id");
    const step = await takeToken(security, token);
    this.#done = step.done;
    return this.#verifier(step);
  }

  /** The protection of the connection, once `next` gave null. */
  finish(headerSigning: boolean): LogonOutcome {
    const security = this.#security;
    if (security === null) return { security: null, mechanism: null, user: null };
    const protection = security.protect({ level: this.#level, headerSigning });
    return {
      security: { authType: security.authType, level: this.#level, contextId: AUTH_CONTEXT_ID, protection },
      mechanism: security.mechanism,
      user: security.user,
    };
  }

  /** What the server was told so far, for the error when it refuses; null without security. */
  get standing(): LogonStanding | null {
    const security = this.#security;
    return security === null ? null : { proof: security.proof ?? "none", mechanism: security.mechanism };
  }

  /** What kind of message a token of this exchange is, as the mechanism tells it; null where it does not. */
  describe(token: Uint8Array): string | null {
    return this.#security?.describe?.(token) ?? null;
  }

  #verifier({ token, done }: SecurityStep): AuthVerifier | null {
    if (this.#security === null || token === null) {
      if (!done) throw new ProtocolError("the authentication mechanism has nothing to say and is not done");
      return null;
    }
    if (token.length > LARGEST_TOKEN)
      throw new AuthenticationError(`the authentication token has ${token.length} bytes, too many for a bind`, {
        hint: "the Kerberos ticket may list very many groups: log on as another account, or with kerberos: 'off'",
      });
    const { authType: type } = this.#security;
    return { type, level: AUTH_LEVELS[this.#level], padLength: 0, contextId: AUTH_CONTEXT_ID, token };
  }
}

async function takeToken(security: SecurityContext, token: Uint8Array): Promise<SecurityStep> {
  try {
    return await security.step(token);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ProtocolError(`the server's authentication token cannot be read: ${error.message}`, { cause: error });
  }
}
