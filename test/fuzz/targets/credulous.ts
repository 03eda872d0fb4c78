import type { MessageProtection, SecurityContext, SecurityStep } from "../../../src/security/context.js";
import type { FragmentSecurity } from "../../../src/rpc/secure-fragments.js";

/** Takes any signature, so that what lies behind the signatures is reached too. Real messages, recorded, stay plain. */
const CREDULOUS: MessageProtection = {
  tokenLength: () => 16,
  wrap: () => new Uint8Array(16),
  unwrap: () => undefined,
};

/** The security of recorded connections at integrity level, but for what it verifies. */
export const CREDULOUS_SECURITY: FragmentSecurity = {
  authType: 9,
  level: "integrity",
  contextId: 1,
  protection: CREDULOUS,
};

/** A logon of two legs that believes whatever the server says. */
export class CredulousContext implements SecurityContext {
  readonly authType = 9;
  readonly mechanism = "NTLM";
  readonly user = null;
  #steps = 0;

  step(): Promise<SecurityStep> {
    const done = ++this.#steps === 3;
    return Promise.resolve({ token: done ? null : new Uint8Array(16), done });
  }

  protect(): MessageProtection {
    return CREDULOUS;
  }
}
