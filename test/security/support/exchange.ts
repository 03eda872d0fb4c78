import { randomBytes } from "node:crypto";
import type { Fragment, SecurityContext } from "../../../src/security/context.js";
import type { Secret } from "../../../src/security/identity.js";
import { NtlmAcceptor, type NtlmAcceptorOptions } from "../../../src/security/ntlm/acceptor.js";
import { NtlmInitiator, type NtlmInitiatorOptions } from "../../../src/security/ntlm/initiator.js";

export const PASSWORD: Secret = { kind: "password", password: "Passw0rd!ü" };
export const TARGET_NAME = "host/print.example.com";

/** A client that knows its password, unless told otherwise. */
export function ntlmInitiator(options: Partial<NtlmInitiatorOptions> = {}): NtlmInitiator {
  return new NtlmInitiator({
    user: "alice",
    domain: "EXAMPLE",
    secret: () => Promise.resolve(PASSWORD),
    targetName: TARGET_NAME,
    ...options,
  });
}

export function ntlmAcceptor(options: Partial<NtlmAcceptorOptions> = {}): NtlmAcceptor {
  return new NtlmAcceptor({
    users: [{ name: "Alice", secret: PASSWORD }],
    computer: "PRINT",
    domain: "EXAMPLE",
    ...options,
  });
}

/** What has a `step`: a mechanism by itself, or SPNEGO. */
type Steps = Pick<SecurityContext, "step">;

/** Changes a token on its way: `leg` 0 is the initiator's first. */
export type Tamper = (token: Uint8Array, leg: number) => Uint8Array;

/** Runs an exchange to its end and returns the tokens in their order. */
export async function exchange(initiator: Steps, acceptor: Steps, tamper: Tamper = (token) => token) {
  const tokens: Uint8Array[] = [];
  let input: Uint8Array | null = null;
  for (let leg = 0; leg < 10; leg++) {
    const side: Steps = leg % 2 === 0 ? initiator : acceptor;
    const { token } = await side.step(input);
    if (token === null) return tokens;
    tokens.push(token);
    input = tamper(token, leg);
  }
  throw new Error("the exchange does not come to its end");
}

/** A PDU of `bodyLength` random bytes between a header and a sec_trailer of random bytes. */
export function fragment(bodyLength: number): Fragment {
  const bytes = new Uint8Array(randomBytes(24 + bodyLength + 8));
  return { bytes, bodyStart: 24, bodyEnd: 24 + bodyLength };
}

export function copyOf(original: Fragment): Fragment {
  return { ...original, bytes: original.bytes.slice() };
}
