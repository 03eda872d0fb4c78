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
import { AUTH_TYPE_SPNEGO, type SpnegoOptions, mechanismFor, receivedMic } from "./negotiation.js";
import {
  type NegTokenResp,
  decodeNegTokenResp,
  encodeMechTypes,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from "./tokens.js";

/**
 * The client's side of SPNEGO ([RFC 4178], [MS-SPNG]): offers its mechanisms, preferred first and with a token of that one,
 * follows the server's choice, and has the list confirmed by a mechListMIC wherever somebody on the way could have
 * changed it. Done with the server's accept-completed, so the number of legs is even.
 */
export class SpnegoInitiator implements SecurityContext {
  readonly authType = AUTH_TYPE_SPNEGO;
  readonly #mechanisms: readonly Mechanism[];
  readonly #mechTypes: readonly string[];
  readonly #mechTypesDer: Uint8Array;
  #current: Mechanism;
  #phase: "start" | "offered" | "negotiating" | "done" = "start";
  #mechanismDone = false;
  /** A mechListMIC is due because of how the negotiation went, whatever the mechanism says. */
  #micAsked = false;
  #micSent = false;
  #micVerified = false;

  constructor({ mechanisms }: SpnegoOptions) {
    const [preferred] = mechanisms;
    if (preferred === undefined) throw new TypeError("SPNEGO needs at least one mechanism");
    this.#mechanisms = mechanisms;
    this.#current = preferred;
    this.#mechTypes = mechanisms.flatMap(({ oids }) => oids);
    this.#mechTypesDer = encodeMechTypes(this.#mechTypes);
  }

  get mechanism(): MechanismName {
    return this.#current.name;
  }

  get user(): string | null {
    return this.#current.user;
  }

  /** The ticket leaves with the first token; NTLM proves the password with its last one. */
  get proof(): Proof {
    if (this.#current.name === "Kerberos") return this.#phase === "start" ? "none" : "ticket";
    return this.#mechanismDone ? "password" : "none";
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    if (this.#phase === "start") return { token: await this.#offer(), done: false };
    if (this.#phase === "done" || token === null) throw new ProtocolError("SPNEGO has no place for this step");
    const answer = decodeNegTokenResp(token);
    if (answer.negState === "reject")
      throw new AuthenticationError("the server refused the logon", {
        hint:
          this.#current.name === "Kerberos"
            ? "the server may be unable to use the Kerberos ticket"
            : "check user name, domain and password; where a policy refuses NTLM, log on by Kerberos (-k)",
      });
    return this.#respond(answer, await this.#advance(answer));
  }

  protect(options: ProtectionOptions): MessageProtection {
    if (this.#phase !== "done") throw new Error("the logon has not come to its end");
    return this.#current.protect(options);
  }

  describe(token: Uint8Array): string {
    return describeSpnegoToken(token);
  }

  async #offer(): Promise<Uint8Array> {
    const { token, done } = await this.#current.step(null);
    this.#mechanismDone = done;
    this.#phase = "offered";
    return encodeNegTokenInit(this.#mechTypesDer, token);
  }

  /** Lets the mechanism take its part of the answer; returns what it has to say to that. */
  async #advance(answer: NegTokenResp): Promise<Uint8Array | null> {
    let restarted = false;
    // A supportedMech in a later answer means nothing ([MS-SPNG] 3.3.5).
    if (this.#phase === "offered") restarted = this.#follow(answer);
    this.#phase = "negotiating";
    const { responseToken } = answer;
    if (restarted ? responseToken !== null : this.#mechanismDone && responseToken !== null)
      throw new ProtocolError("the server sent a mechanism token that has no place in the negotiation");
    if (this.#mechanismDone) return null;
    if (!restarted && responseToken === null)
      throw new ProtocolError(`the server's answer carries no ${this.#current.name} token`);
    const { token, done } = await this.#current.step(responseToken);
    this.#mechanismDone = done;
    return token;
  }

  /** Takes up the server's choice from its first answer; returns whether that starts another mechanism. */
  #follow({ negState, supportedMech }: NegTokenResp): boolean {
    const [preferred] = this.#mechTypes;
    this.#micAsked = negState === "requestMic" || (supportedMech !== null && supportedMech !== preferred);
    if (supportedMech === null || this.#current.oids.includes(supportedMech)) return false;
    const chosen = mechanismFor(this.#mechanisms, supportedMech);
    if (chosen === null)
      throw new AuthenticationError(
        `the server wants ${mechanismName(supportedMech)} instead of ${this.#current.name}`,
      );
    this.#current = chosen;
    this.#mechanismDone = false;
    return true;
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
    const wanted = this.#micAsked || this.#current.sendsMic || token === null;
    const mic = wanted && !this.#micSent ? this.#getMic() : null;
    if (token === null && mic === null)
      throw new ProtocolError("the server does not end the SPNEGO negotiation although nothing is left to send");
    return { token: encodeNegTokenResp({ responseToken: token, mechListMic: mic }), done: false };
  }

  /** The server says accept-completed: refuses where we are not done, or where the list was not confirmed. */
  #complete(token: Uint8Array | null): void {
    if (!this.#mechanismDone || token !== null)
      throw new ProtocolError(`the server ended the negotiation in the middle of the ${this.#current.name} logon`);
    if ((this.#micAsked || this.#current.expectsMic) && !this.#micVerified)
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
    return this.#current.getMic(this.#mechTypesDer);
  }

  #verifyMic(answer: NegTokenResp): void {
    const mic = receivedMic(answer);
    if (mic === null) return;
    if (!this.#mechanismDone || this.#micVerified)
      throw new ProtocolError("the server sent a mechListMIC that has no place in the negotiation");
    this.#current.verifyMic(this.#mechTypesDer, mic);
    this.#micVerified = true;
  }
}
