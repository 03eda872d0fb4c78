import { AuthenticationError } from "../../errors.js";
import { MIN_FRAGMENT } from "../handshake.js";
import type { AlterContextPdu, BindPdu } from "../pdu/bind.js";
import { type AlterContextRespPdu, type BindAckPdu, encodeBindAck } from "../pdu/bind-ack.js";
import type { AuthVerifier } from "../pdu/sec-trailer.js";
import { PFC, WHOLE } from "../pdu/types.js";
import type { Association, AssociationOwner } from "./associations.js";
import type { Endpoint } from "./endpoint.js";
import { type LoggedOn, ServerLogon } from "./logon.js";
import { negotiate, type ServerContext } from "./negotiation.js";

/** What a bind settled for a connection, and what alter_context adds to it. */
export class Binding<Owner extends AssociationOwner> {
  readonly association: Association<Owner>;
  readonly contexts = new Map<number, ServerContext<Owner>>();
  /** Bytes of the largest fragment that may be sent, and that may be received. */
  readonly maxSend: number;
  readonly maxReceive: number;
  readonly multiplexed: boolean;
  readonly logon: ServerLogon | null;
  /** Whether the first authenticated PDU offered header signing, and whether it was agreed; null before that PDU. */
  #headerSigning: { readonly offered: boolean; readonly agreed: boolean } | null = null;
  readonly #endpoint: Endpoint<Owner>;

  constructor(bind: BindPdu, association: Association<Owner>, endpoint: Endpoint<Owner>) {
    this.association = association;
    this.#endpoint = endpoint;
    this.maxSend = largestFragment(bind.maxRecv, endpoint.maxFragment);
    this.maxReceive = largestFragment(bind.maxXmit, endpoint.maxFragment);
    this.multiplexed = endpoint.multiplexing && (bind.flags & PFC.CONC_MPX) !== 0;
    this.logon = endpoint.security === null ? null : new ServerLogon(endpoint.security, (who) => this.#loggedOn(who));
  }

  get owner(): Owner {
    return this.association.owner;
  }

  get headerSignOffered(): boolean {
    return this.#headerSigning?.offered ?? false;
  }

  /** Decides about header signing with the first PDU that carries authentication ([MS-RPCE] 3.3.1.5.2.2). */
  agreeHeaderSigning(flags: number): boolean {
    const offered = (flags & PFC.SUPPORT_HEADER_SIGN) !== 0;
    this.#headerSigning ??= { offered, agreed: offered && this.#endpoint.headerSigning };
    return this.#headerSigning.agreed;
  }

  /** The bind_ack or alter_context_resp, with the server's token when there is one. */
  acknowledge(pdu: BindPdu | AlterContextPdu, auth: AuthVerifier | null): Uint8Array {
    const { services, transferSyntaxes, features, secondaryAddress } = this.#endpoint;
    const bind = pdu.type === "bind";
    const { results, accepted } = negotiate(pdu.contexts, {
      services,
      transferSyntaxes,
      features: bind ? features : null,
      agreed: this.contexts,
    });
    if (accepted !== null) this.contexts.set(accepted.id, accepted.context);
    const common = {
      flags: this.#answerFlags(pdu.flags),
      callId: pdu.callId,
      auth,
      maxXmit: this.maxSend,
      maxRecv: this.maxReceive,
      assocGroup: this.association.id,
      results,
    };
    const answer: BindAckPdu | AlterContextRespPdu = bind
      ? { type: "bind_ack", ...common, secondaryAddress }
      : { type: "alter_context_resp", ...common, secondaryAddress: "" };
    return encodeBindAck(answer);
  }

  #answerFlags(asked: number): number {
    const mpx = this.multiplexed ? asked & PFC.CONC_MPX : 0;
    const signing = this.#headerSigning?.agreed === true ? asked & PFC.SUPPORT_HEADER_SIGN : 0;
    return WHOLE | mpx | signing;
  }

  /** Context handles are the association's, so all its connections belong to one user. */
  #loggedOn(who: LoggedOn): void {
    const { owner } = this;
    if (owner.user !== null && owner.user !== who.user)
      throw new AuthenticationError(`the association belongs to ${owner.user}, not to ${who.user ?? "nobody"}`);
    owner.user = who.user;
    this.#endpoint.onLogon(owner, who);
  }
}

/** The smaller of what both sides take, rounded down to a multiple of 8. */
function largestFragment(theirs: number, ours: number): number {
  const agreed = Math.max(Math.min(theirs, ours), MIN_FRAGMENT);
  return agreed - (agreed % 8);
}
