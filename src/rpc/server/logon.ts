import { AuthenticationError, PanwatchError } from "../../errors.js";
import type { AuthVerifier } from "../pdu/sec-trailer.js";
import type { FragmentSecurity } from "../secure-fragments.js";
import { AUTH_LEVELS, type AuthLevel, type SecurityContext } from "../../security/context.js";

/** Levels that protect each fragment; below them a logon is worth nothing to [MS-PAN] 2.1. */
export function authLevel(wireLevel: number): AuthLevel | null {
  const levels = Object.keys(AUTH_LEVELS) as AuthLevel[];
  return levels.find((level) => AUTH_LEVELS[level] === wireLevel) ?? null;
}

/** The sec_trailer's fields that stay the same for a connection ([MS-RPCE] 2.2.2.11). */
type TrailerFields = Pick<AuthVerifier, "type" | "level" | "contextId">;

type LogonState =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly context: SecurityContext; readonly fields: TrailerFields }
  | { readonly kind: "done"; readonly user: string | null; readonly security: FragmentSecurity | null }
  | { readonly kind: "failed" };

/** What a leg of the logon came to. */
export type Leg =
  | { readonly kind: "token"; readonly token: Uint8Array }
  | { readonly kind: "failed"; readonly error: PanwatchError }
  | { readonly kind: "unknown-type" };

export interface LoggedOn {
  readonly mechanism: string;
  readonly level: AuthLevel | "connect";
  readonly user: string | null;
}

/** The one security context of a connection to the server ([MS-RPCE] 3.3.1.5.2.1). */
export class ServerLogon {
  readonly #newContext: () => SecurityContext;
  /** Told once the client is who it says; an error it throws fails the logon. */
  readonly #onLogon: (who: LoggedOn) => void;
  #state: LogonState = { kind: "none" };

  constructor(newContext: () => SecurityContext, onLogon: (who: LoggedOn) => void) {
    this.#newContext = newContext;
    this.#onLogon = onLogon;
  }

  get state(): LogonState["kind"] {
    return this.#state.kind;
  }

  /** The protection of fragments; null without a logon, or for one at a level that protects none. */
  get security(): FragmentSecurity | null {
    return this.#state.kind === "done" ? this.#state.security : null;
  }

  /** The client gave the logon up, or broke its rules. */
  fail(): void {
    this.#state = { kind: "failed" };
  }

  /** Takes the token of a bind or alter_context. */
  async step(auth: AuthVerifier, headerSigning: boolean): Promise<Leg> {
    if (this.#state.kind === "none") {
      const context = this.#newContext();
      if (auth.type !== context.authType) return { kind: "unknown-type" };
      const { type, level, contextId } = auth;
      this.#state = { kind: "running", context, fields: { type, level, contextId } };
    }
    try {
      return { kind: "token", token: await this.#advance(auth, headerSigning) };
    } catch (error) {
      this.fail();
      if (error instanceof PanwatchError) return { kind: "failed", error };
      throw error;
    }
  }

  async #advance(auth: AuthVerifier, headerSigning: boolean): Promise<Uint8Array> {
    if (this.#state.kind !== "running") throw new AuthenticationError("the connection's logon is over already");
    const { context, fields } = this.#state;
    if (auth.type !== fields.type || auth.level !== fields.level || auth.contextId !== fields.contextId)
      throw new AuthenticationError("the sec_trailer changed in the middle of a logon");
    const { token, done } = await context.step(auth.token);
    if (done) this.#finish(context, fields, headerSigning);
    return token ?? new Uint8Array(0);
  }

  #finish(context: SecurityContext, fields: TrailerFields, headerSigning: boolean): void {
    const level = authLevel(fields.level);
    const { mechanism, user } = context;
    this.#onLogon({ mechanism, level: level ?? "connect", user });
    const security =
      level === null
        ? null
        : {
            authType: fields.type,
            level,
            contextId: fields.contextId,
            protection: context.protect({ level, headerSigning }),
          };
    this.#state = { kind: "done", user, security };
  }
}
