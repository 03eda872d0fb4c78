import { NoInterfaceError, ProtocolError } from "../errors.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import type { RpcInterface } from "./interface.js";
import type { PresentationContext } from "./pdu/bind.js";
import { CONTEXT_REASONS, CONTEXT_RESULTS, type ContextResult } from "./pdu/bind-ack.js";
import { sameSyntax } from "./pdu/syntax-id.js";
import { BIND_FEATURES, bindFeatureSyntax, transferSyntaxId } from "./syntaxes.js";

/** A presentation context as it is proposed: one interface in one transfer syntax. */
interface Proposal extends PresentationContext {
  readonly iface: RpcInterface;
  readonly syntax: TransferSyntax;
}

/** The presentation contexts of a bind. */
export interface PresentationOffer {
  readonly proposals: readonly Proposal[];
  /** Bind-time feature negotiation: a last element that only the bind has. */
  readonly features: PresentationContext;
}

/** A presentation context that the server accepted. */
export interface AgreedContext {
  readonly contextId: number;
  readonly iface: RpcInterface;
  readonly transferSyntax: TransferSyntax;
}

/** What came of an offer. */
export interface Presentation {
  readonly contexts: readonly AgreedContext[];
  /** The features that the server granted, see BIND_FEATURES. */
  readonly features: number;
}

const OFFERED_FEATURES = BIND_FEATURES.securityContextMultiplexing | BIND_FEATURES.keepConnectionOnOrphan;

/**
 * One presentation context for each interface and transfer syntax ([MS-RPCE] 3.3.1.5.6), and one that offers bind-time
 * features for the last interface (3.3.1.5.3). `syntaxes` in order of preference.
 */
export function offerContexts(
  interfaces: readonly RpcInterface[],
  syntaxes: readonly TransferSyntax[],
): PresentationOffer {
  const proposals = interfaces.flatMap((iface) => syntaxes.map((syntax) => ({ iface, syntax }))).map(proposal);
  const last = proposals.at(-1);
  if (last === undefined) throw new RangeError("a bind needs an interface and a transfer syntax");
  const features = {
    id: proposals.length,
    abstractSyntax: last.abstractSyntax,
    transferSyntaxes: [bindFeatureSyntax(OFFERED_FEATURES)],
  };
  return { proposals, features };
}

function proposal({ iface, syntax }: { iface: RpcInterface; syntax: TransferSyntax }, id: number): Proposal {
  const { uuid, major, minor } = iface;
  return { id, abstractSyntax: { uuid, major, minor }, transferSyntaxes: [transferSyntaxId(syntax)], iface, syntax };
}

/**
 * Reads the results of a bind_ack. Throws a NoInterfaceError when an interface was not accepted in any transfer syntax, and a
 * ProtocolError when the results do not fit the offer.
 */
export function readResults(offer: PresentationOffer, results: readonly ContextResult[], peer: string): Presentation {
  const expected = offer.proposals.length + 1;
  if (results.length !== expected)
    throw new ProtocolError(`${peer} answered ${expected} presentation contexts with ${results.length} results`);
  const contexts = new Map<RpcInterface, AgreedContext>();
  for (const [index, proposed] of offer.proposals.entries()) {
    const result = results[index];
    if (result?.result !== CONTEXT_RESULTS.acceptance || contexts.has(proposed.iface)) continue;
    if (!sameSyntax(result.transferSyntax, transferSyntaxId(proposed.syntax)))
      throw new ProtocolError(`${peer} accepted a transfer syntax that was not proposed`);
    contexts.set(proposed.iface, {
      contextId: proposed.id,
      iface: proposed.iface,
      transferSyntax: proposed.syntax,
    });
  }
  for (const [index, { iface }] of offer.proposals.entries())
    if (!contexts.has(iface)) throw refusal(iface, results[index], peer);
  const granted = results.at(-1);
  const features = granted?.result === CONTEXT_RESULTS.negotiateAck ? granted.reason & OFFERED_FEATURES : 0;
  return { contexts: [...contexts.values()], features };
}

function refusal(iface: RpcInterface, result: ContextResult | undefined, peer: string): NoInterfaceError {
  if (result?.reason === CONTEXT_REASONS.proposedTransferSyntaxesNotSupported)
    return new NoInterfaceError(`${peer} speaks ${iface.name} in none of the transfer syntaxes that were offered`, {
      hint: "leave the choice of the transfer syntax to the server",
    });
  if (result?.reason === CONTEXT_REASONS.abstractSyntaxNotSupported)
    return new NoInterfaceError(`${peer} does not offer the interface ${iface.name} at this port`, {
      hint: "check the port, or leave it to the endpoint mapper",
    });
  return new NoInterfaceError(
    `${peer} refused the interface ${iface.name} (result ${result?.result ?? "none"}, reason ${result?.reason ?? "none"})`,
  );
}
