import { AuthenticationError, IntegrityError, ProtocolError } from "../../errors.js";
import type { MechanismName, MessageProtection, ProtectionOptions, SecurityContext, SecurityStep } from "../context.js";
import type { Mechanism } from "../mechanism.js";
import { AUTH_TYPE_SPNEGO, type SpnegoOptions, mechanismFor, receivedMic } from "./negotiation.js";
import { type NegTokenResp, decodeNegTokenInit, decodeNegTokenResp, encodeNegTokenResp } from "./tokens.js";

/** What the first token of the initiator settled. */
interface Chosen {
  readonly mechanism: Mechanism;
  /** The list as the initiator sent it, which every mechListMIC covers. */
  readonly mechTypesDer: Uint8Array;
  /** The initiator's preferred mechanism was not taken, so the list has to be confirmed. */
  readonly micAsked: boolean;
}

/**
 * The server's side of SPNEGO ([RFC 4178], [MS-SPNG]): takes the first mechanism of the client's list that it has, and
 * completes only when a mechListMIC that is due has verified. Every step gives a token to send, the last one too.
 */
export class SpnegoAcceptor implements SecurityContext {
  readonly authType = AUTH_TYPE_SPNEGO;
  readonly #mechanisms: readonly Mechanism[];
  #chosen: Chosen | null = null;
  #mechanismDone = false;
  #micSent = false;
  #micVerified = false;
  #completed = false;

  constructor({ mechanisms }: SpnegoOptions) {
    this.#mechanisms = mechanisms;
  }

  get mechanism(): MechanismName {
    return this.#mechanism().name;
  }

  get user(): string | null {
    return this.#mechanism().user;
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    if (token === null || this.#completed) throw new ProtocolError("SPNEGO has no place for this step");
    return this.#chosen === null ? this.#choose(token) : this.#continue(this.#chosen, token);
  }

  protect(options: ProtectionOptions): MessageProtection {
    if (!this.#completed) throw new Error("the logon has not come to its end");
    return this.#mechanism().protect(options);
  }

  async #choose(token: Uint8Array): Promise<SecurityStep> {
    const { mechTypes, mechTypesDer, mechToken } = decodeNegTokenInit(token);
    const supportedMech = mechTypes.find((oid) => mechanismFor(this.#mechanisms, oid) !== null);
    const mechanism = supportedMech === undefined ? null : mechanismFor(this.#mechanisms, supportedMech);
    if (supportedMech === undefined || mechanism === null)
      throw new AuthenticationError(
        `the client offers no security mechanism that is served: ${mechTypes.slice(0, 8).join(", ")}`,
      );

    const micAsked = supportedMech !== mechTypes[0];
    const chosen = { mechanism, mechTypesDer: new Uint8Array(mechTypesDer), micAsked };
    this.#chosen = chosen;
    // The optimistic token is one of the preferred mechanism, of no use when another one was chosen.
    const answer = micAsked || mechToken === null ? null : await this.#stepMechanism(mechanism, mechToken);
    if (this.#mechanismDone) return this.#finish(chosen, answer, null, supportedMech);
    const negState = micAsked ? "requestMic" : "acceptIncomplete";
    return { token: encodeNegTokenResp({ negState, supportedMech, responseToken: answer }), done: false };
  }

  async #continue(chosen: Chosen, token: Uint8Array): Promise<SecurityStep> {
    const message = decodeNegTokenResp(token);
    if (message.negState === "reject") throw new AuthenticationError("the client gave up the logon");
    const answer = await this.#advance(chosen.mechanism, message);
    if (this.#mechanismDone) return this.#finish(chosen, answer, receivedMic(message), null);
    return { token: encodeNegTokenResp({ negState: "acceptIncomplete", responseToken: answer }), done: false };
  }

  async #advance(mechanism: Mechanism, { responseToken }: NegTokenResp): Promise<Uint8Array | null> {
    if (this.#mechanismDone !== (responseToken === null))
      throw new ProtocolError(
        responseToken === null
          ? `the client sent no ${mechanism.name} token where one was due`
          : `the client sent another ${mechanism.name} token after the last one`,
      );
    return responseToken === null ? null : this.#stepMechanism(mechanism, responseToken);
  }

  async #stepMechanism(mechanism: Mechanism, token: Uint8Array): Promise<Uint8Array | null> {
    const step = await mechanism.step(token);
    this.#mechanismDone = step.done;
    return step.token;
  }

  /** The mechanism is done: completes, or waits for the client's MIC where one is due and has not come. */
  #finish(
    { mechanism, mechTypesDer, micAsked }: Chosen,
    responseToken: Uint8Array | null,
    mic: Uint8Array | null,
    supportedMech: string | null,
  ): SecurityStep {
    if (mic !== null) {
      mechanism.verifyMic(mechTypesDer, mic);
      this.#micVerified = true;
    }
    const due = micAsked || mechanism.expectsMic;
    if (due && !this.#micVerified && this.#micSent)
      throw new IntegrityError("the client did not confirm the list of security mechanisms (mechListMIC is missing)");

    this.#completed = !due || this.#micVerified;
    const mechListMic = (due || this.#micVerified) && !this.#micSent ? mechanism.getMic(mechTypesDer) : null;
    this.#micSent ||= mechListMic !== null;
    const negState = this.#completed ? "acceptCompleted" : "acceptIncomplete";
    const token = encodeNegTokenResp({ negState, supportedMech, responseToken, mechListMic });
    return { token, done: this.#completed };
  }

  #mechanism(): Mechanism {
    if (this.#chosen === null) throw new Error("no security mechanism has been negotiated yet");
    return this.#chosen.mechanism;
  }
}
