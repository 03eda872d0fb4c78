import { AuthenticationError, DecodeError, IntegrityError, ProtocolError } from "../../../src/errors.js";
import { NtlmAcceptor } from "../../../src/security/ntlm/acceptor.js";
import { NtlmInitiator } from "../../../src/security/ntlm/initiator.js";
import { corpus } from "../engine/corpus.js";
import { orRefuseLater, type FuzzTarget } from "../engine/target.js";

const secret = { kind: "nt-hash", hash: new Uint8Array(16).fill(7) } as const;

export function initiator(): NtlmInitiator {
  return new NtlmInitiator({
    user: "alice",
    domain: null,
    secret: () => Promise.resolve(secret),
    targetName: "host/server",
    workstation: "CLIENT",
  });
}

export function acceptor(): NtlmAcceptor {
  return new NtlmAcceptor({ users: [{ name: "alice", secret }], computer: "SERVER", domain: "SERVER" });
}

const seeds = corpus("ntlm");
const negotiate = seeds.find((seed) => seed[8] === 1) ?? new Uint8Array(0);

/** The three messages of NTLM: a hostile CHALLENGE for the initiator, NEGOTIATE and AUTHENTICATE for the acceptor. */
export const ntlm: FuzzTarget = {
  name: "ntlm",
  seeds,
  async run(input) {
    const client = initiator();
    await client.step(null);
    await offer(() => client.step(input));
    const server = acceptor();
    await offer(() => server.step(input));
    const challenged = acceptor();
    await challenged.step(negotiate);
    await offer(() => challenged.step(input));
  },
};

function offer(step: () => Promise<unknown>): Promise<unknown> {
  return orRefuseLater(step, DecodeError, ProtocolError, AuthenticationError, IntegrityError);
}
