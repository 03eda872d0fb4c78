import { AuthenticationError, ProtocolError } from "../../errors.js";
import type {
  MechanismName,
  MessageProtection,
  Proof,
  ProtectionOptions,
  SecurityContext,
  SecurityStep,
} from "../context.js";
import type { Mechanism } from "../mechanism.js";
import { describeSpnegoToken, mechanismName } from "./describe.js";
import { AUTH_TYPE_SPNEGO, receivedMic } from "./negotiation.js";
import {
  type NegTokenResp,
  decodeNegTokenResp,
  encodeMechTypes,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from "./tokens.js";

/**
 * The client's side of SPNEGO ([RFC 4178], [MS-SPNG]): offers one mechanism under all its identifiers, with its token, and
 * has the list confirmed by a mechListMIC wherever somebody on the way could have changed it. A server that wants another
 * one is refused: which mechanism to use is decided before. Done with the server's accept-completed, so the number of
 * legs is even.
 */
export class SpnegoInitiator implements SecurityContext {
  readonly authType = AUTH_TYPE_SPNEGO;
  readonly #mechanism: Mechanism;
  readonly #mechTypesDer: Uint8Array;
  #phase: "start" | "offered" | "negotiating" | "done" = "start";
  #mechanismDone = false;
  /** A mechListMIC is due because of how the negotiation went, whatever the mechanism says. */
  #micAsked = false;
  #micSent = false;
  #micVerified = false;

  /** `mechanism`: not yet stepped. */
  constructor(mechanism: Mechanism) {
    this.#mechanism = mechanism;
    this.#mechTypesDer = encodeMechTypes(mechanism.oids);
  }

  get mechanism(): MechanismName {
    return this.#mechanism.name;
  }

  get user(): string | null {
    return this.#mechanism.user;
  }

  /** The ticket leaves with the first token; NTLM proves the password with its last one. */
  get proof(): Proof {
    if (this.#mechanism.name === "Kerberos") return this.#phase === "start" ? "none" : "ticket";
    return this.#mechanismDone ? "password" : "none";
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    if (this.#phase === "start") return { token: await this.#offer(), done: false };
    if (this.#phase === "done" || token === null) throw new ProtocolError("SPNEGO has no place for this step");
    const answer = decodeNegTokenResp(token);
    if (answer.negState === "reject")
      throw new AuthenticationError("the server refused the logon", {
        hint:
          this.#mechanism.name === "Kerberos"
            ? "the server may be unable to use the Kerberos ticket"
            : "check user name, domain and password; where a policy refuses NTLM, log on by Kerberos (kerberos: 'required')",
      });
    return this.#respond(answer, await this.#advance(answer));
  }

  protect(options: ProtectionOptions): MessageProtection {
    if (this.#phase !== "done") throw new Error("the logon has not come to its end");
    return this.#mechanism.protect(options);
  }

  describe(token: Uint8Array): string {
    return describeSpnegoToken(token);
  }

  async #offer(): Promise<Uint8Array> {
    const { token, done } = await this.#mechanism.step(null);
    this.#mechanismDone = done;
    this.#phase = "offered";
    return encodeNegTokenInit(this.#mechTypesDer, token);
  }

  /** Lets the mechanism take its part of the answer; returns what it has to say to that. */
  async #advance(answer: NegTokenResp): Promise<Uint8Array | null> {
    // A supportedMech in a later answer means nothing ([MS-SPNG] 3.3.5).
    if (this.#phase === "offered") this.#checkChoice(answer);
    this.#phase = "negotiating";
    const { responseToken } = answer;
    if (this.#mechanismDone && responseToken !== null)
      throw new ProtocolError("the server sent a mechanism token that has no place in the negotiation");
    if (this.#mechanismDone) return null;
    if (responseToken === null) throw new ProtocolError(`the server's answer carries no ${this.#mechanism.name} token`);
    const { token, done } = await this.#mechanism.step(responseToken);
    this.#mechanismDone = done;
    return token;
  }

  /** The server's first answer says which identifier it took; another one than the first has to be confirmed. */
  #checkChoice({ negState, supportedMech }: NegTokenResp): void {
    const { name, oids } = this.#mechanism;
    if (supportedMech !== null && !oids.includes(supportedMech))
      throw new AuthenticationError(`the server wants ${mechanismName(supportedMech)} instead of ${name}`);
    this.#micAsked = negState === "requestMic" || (supportedMech !== null && supportedMech !== oids[0]);
  }

  /** Deals with mechListMICs and tells whether this is the end. */
  #respond(answer: NegTokenResp, token: Uint8Array | null): SecurityStep {
    this.#verifyMic(answer);
    if (answer.negState === "acceptCompleted") {
      this.#complete(token);
      return { token: null, done: true };
    }
    if (!this.#mechanismDone) return { token: encodeNegTokenResp({ responseToken: token }), done: false };

    // A server that goes on although the mechanism has nothing more to say waits for the MIC.
    const wanted = this.#micAsked || this.#mechanism.sendsMic || token === null;
    const mic = wanted && !this.#micSent ? this.#getMic() : null;
    if (token === null && mic === null)
      throw new ProtocolError("the server does not end the SPNEGO negotiation although nothing is left to send");
    return { token: encodeNegTokenResp({ responseToken: token, mechListMic: mic }), done: false };
  }

  /** The server says accept-completed: refuses where we are not done, or where the list was not confirmed. */
  #complete(token: Uint8Array | null): void {
    if (!this.#mechanismDone || token !== null)
      throw new ProtocolError(`the server ended the negotiation in the middle of the ${this.#mechanism.name} logon`);
    if ((this.#micAsked || this.#mechanism.expectsMic) && !this.#micVerified)
      throw new AuthenticationError(
        "the server did not confirm the list of security mechanisms (mechListMIC is missing)",
        {
          hint: "somebody on the way may have changed the list to force a weaker mechanism",
        },
      );
    this.#phase = "done";
  }

  #getMic(): Uint8Array {
    this.#micSent = true;
    return this.#mechanism.getMic(this.#mechTypesDer);
  }

  #verifyMic(answer: NegTokenResp): void {
    const mic = receivedMic(answer);
    if (mic === null) return;
    if (!this.#mechanismDone || this.#micVerified)
      throw new ProtocolError("the server sent a mechListMIC that has no place in the negotiation");
    this.#mechanism.verifyMic(this.#mechTypesDer, mic);
    this.#micVerified = true;
  }
}
