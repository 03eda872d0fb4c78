import { AuthenticationError, DecodeError, IntegrityError, ProtocolError } from "../../../src/errors.js";
import type { SecurityContext } from "../../../src/security/context.js";
import { SpnegoAcceptor } from "../../../src/security/spnego/acceptor.js";
import { SpnegoInitiator } from "../../../src/security/spnego/initiator.js";
import { decodeNegTokenInit, decodeNegTokenResp } from "../../../src/security/spnego/tokens.js";
import { corpus } from "../engine/corpus.js";
import { orRefuse, orRefuseLater, type FuzzTarget } from "../engine/target.js";
import { acceptor, initiator } from "./ntlm.js";

/** Tokens of SPNEGO, as an initiator and an acceptor meet them: as first answer, as first question, and after those. */
export const spnego: FuzzTarget = {
  name: "spnego",
  seeds: corpus("spnego"),
  async run(input) {
    orRefuse(() => decodeNegTokenInit(input), DecodeError);
    orRefuse(() => decodeNegTokenResp(input), DecodeError);
    const client = new SpnegoInitiator(initiator());
    await client.step(null);
    await stepTwice(client, input);
    await stepTwice(new SpnegoAcceptor({ mechanisms: [acceptor()] }), input);
  },
};

/** The same token again, where the first was taken: the last leg, with the mechanism's own token out of order. */
async function stepTwice(context: SecurityContext, token: Uint8Array): Promise<void> {
  const step = (): Promise<unknown> => context.step(token);
  const errors = [DecodeError, ProtocolError, AuthenticationError, IntegrityError] as const;
  if ((await orRefuseLater(step, ...errors)) !== null) await orRefuseLater(step, ...errors);
}
