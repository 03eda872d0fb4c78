import { ProtocolError } from "../errors.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import { bindFaultError, bindNakError, type BindCircumstances } from "./bind-errors.js";
import type { RpcInterface } from "./interface.js";
import type { LogonExchange, LogonOutcome } from "./logon-exchange.js";
import type { AlterContextPdu, BindPdu } from "./pdu/bind.js";
import type { AlterContextRespPdu, BindAckPdu } from "./pdu/bind-ack.js";
import type { Pdu } from "./pdu/pdu.js";
import type { AuthVerifier } from "./pdu/sec-trailer.js";
import { PFC, WHOLE } from "./pdu/types.js";
import { agreedContext, propose, proposeInBind, type AgreedContext, type Proposal } from "./presentation.js";

/** The fragment size of Windows over TCP, in bytes: what is offered both ways. */
export const MAX_FRAGMENT = 5840;
/** Every implementation must take fragments of this size (C706 12.6.3.1, MustRecvFragSize). */
export const MIN_FRAGMENT = 1432;
/** Sizes are rounded down to this, so that fragments keep the alignment of the stub. */
const FRAGMENT_ALIGNMENT = 8;

/** More legs than any mechanism has: a server that asks for more goes in circles. */
const MAX_LEGS = 10;

/** How a connection stands to the others of its association. */
interface ConnectionGroup {
  /** The association group to join; 0 for a new one. */
  readonly assocGroup: number;
  /** Whether to ask that several calls may be in flight (PFC_CONC_MPX). */
  readonly multiplex: boolean;
}

/** What a connection is to be bound with. */
export interface HandshakeOptions extends ConnectionGroup {
  /** The interface that its first call needs. */
  readonly iface: RpcInterface;
  /** In order of preference. */
  readonly transferSyntaxes: readonly TransferSyntax[];
  /** Begun for this connection. */
  readonly logon: LogonExchange;
}

/** What both sides agreed on. */
export interface Agreement extends LogonOutcome {
  /** The presentation context of the interface. */
  readonly context: AgreedContext;
  /** The first number that no presentation context has had. */
  readonly nextContextId: number;
  readonly assocGroup: number;
  /** Whether several calls may be in flight (PFC_CONC_MPX). */
  readonly multiplexed: boolean;
  readonly headerSigning: boolean;
  /** The largest fragment that may be sent, in bytes. */
  readonly maxFragment: number;
}

/** The connection as the handshake needs it. */
export interface HandshakeWire {
  readonly peer: string;
  /** Sends a bind or alter_context and gives the next PDU that arrives. `leg` counts from 1. */
  exchange(pdu: BindPdu | AlterContextPdu, leg: number): Promise<Pdu>;
  nextCallId(): number;
}

/**
 * Binds a connection to one interface and logs on: bind, bind_ack, then alter_context and its answer until the mechanism is done
 * ([MS-RPCE] 3.3.1.5.2.1). SPNEGO has an even number of legs, so there is never an auth3. Throws NoInterfaceError,
 * AuthenticationError, UnreachableError, ProtocolError, and what the mechanism throws.
 */
export async function handshake(wire: HandshakeWire, options: HandshakeOptions): Promise<Agreement> {
  const { iface, transferSyntaxes, logon } = options;
  const proposal = proposeInBind(iface, transferSyntaxes);
  const bind = bindPdu(wire.nextCallId(), proposal, options, logon.first);
  const joining = options.assocGroup !== 0;
  const circumstances = () => ({ peer: wire.peer, logon: logon.standing, joining });
  const ack = expectAnswer(await wire.exchange(bind, 1), bind, circumstances());
  const context = agreedContext(proposal, ack.results, wire.peer);
  const maxFragment = agreedFragment(ack.maxRecv, wire.peer);
  const { assocGroup } = ack;
  if (joining && assocGroup !== options.assocGroup)
    throw new ProtocolError(`${wire.peer} did not let the connection join its association group`);
  // Of the contexts only the one agreed on is repeated: a server may take any other for a new one.
  const repeated = propose(iface, [context.transferSyntax], context.contextId);
  let token = await logon.next(ack.auth);
  for (let leg = 2; token !== null; leg++) {
    if (leg > MAX_LEGS) throw new ProtocolError(`${wire.peer} asked for more than ${MAX_LEGS} legs of authentication`);
    const alter = alterPdu(wire.nextCallId(), repeated, { ...options, assocGroup }, token);
    const answer = expectAnswer(await wire.exchange(alter, leg), alter, { ...circumstances(), joining: false });
    token = await logon.next(answer.auth);
  }
  const headerSigning = logon.first !== null && (ack.flags & PFC.SUPPORT_HEADER_SIGN) !== 0;
  return {
    context,
    nextContextId: proposal.contexts.length,
    assocGroup,
    multiplexed: options.multiplex && (ack.flags & PFC.CONC_MPX) !== 0,
    headerSigning,
    maxFragment,
    ...logon.finish(headerSigning),
  };
}

function bindPdu(callId: number, proposal: Proposal, group: ConnectionGroup, auth: AuthVerifier | null): BindPdu {
  return { type: "bind", ...bindFields(callId, proposal, group, auth) };
}

/** An alter_context: with a leg of the logon, or without to learn an interface once it is over. */
export function alterPdu(
  callId: number,
  proposal: Proposal,
  group: ConnectionGroup,
  auth: AuthVerifier | null,
): AlterContextPdu {
  return { type: "alter_context", ...bindFields(callId, proposal, group, auth) };
}

function bindFields(
  callId: number,
  { contexts }: Proposal,
  { assocGroup, multiplex }: ConnectionGroup,
  auth: AuthVerifier | null,
) {
  const flags = WHOLE | (multiplex ? PFC.CONC_MPX : 0) | (auth === null ? 0 : PFC.SUPPORT_HEADER_SIGN);
  return { flags, callId, auth, maxXmit: MAX_FRAGMENT, maxRecv: MAX_FRAGMENT, assocGroup, contexts };
}

/** The bind_ack or alter_context_resp that answers `question`. Throws the error of anything else. */
export function expectAnswer(
  answer: Pdu,
  question: BindPdu | AlterContextPdu,
  circumstances: BindCircumstances,
): BindAckPdu | AlterContextRespPdu {
  const { peer } = circumstances;
  if (answer.type === "bind_nak") throw bindNakError(answer.reason, circumstances);
  if (answer.type === "fault") throw bindFaultError(answer.status, circumstances);
  const fits = question.type === "bind" ? answer.type === "bind_ack" : answer.type === "alter_context_resp";
  if (!fits || (answer.type !== "bind_ack" && answer.type !== "alter_context_resp"))
    throw new ProtocolError(`${peer} answered a ${question.type} with a ${answer.type}`);
  if (answer.callId !== question.callId)
    throw new ProtocolError(
      `${peer} answered a ${question.type} with call_id ${answer.callId}, not ${question.callId}`,
    );
  if ((answer.flags & WHOLE) !== WHOLE) throw new ProtocolError(`${peer} answered a ${question.type} in fragments`);
  return answer;
}

function agreedFragment(serverReceives: number, peer: string): number {
  const size = Math.min(MAX_FRAGMENT, serverReceives);
  if (size < MIN_FRAGMENT)
    throw new ProtocolError(
      `${peer} takes fragments of ${size} bytes only, less than the ${MIN_FRAGMENT} it must take`,
    );
  return size - (size % FRAGMENT_ALIGNMENT);
}
