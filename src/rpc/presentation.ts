import { NoInterfaceError, ProtocolError } from "../errors.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import type { RpcInterface } from "./interface.js";
import type { PresentationContext } from "./pdu/bind.js";
import { CONTEXT_REASONS, CONTEXT_RESULTS, type ContextResult } from "./pdu/bind-ack.js";
import { sameSyntax, type SyntaxId } from "./pdu/syntax-id.js";
import { BIND_FEATURES, bindFeatureSyntax, transferSyntaxId } from "./syntaxes.js";

/** A presentation context that the server accepted. */
export interface AgreedContext {
  readonly contextId: number;
  readonly iface: RpcInterface;
  readonly transferSyntax: TransferSyntax;
}

const OFFERED_FEATURES = BIND_FEATURES.securityContextMultiplexing | BIND_FEATURES.keepConnectionOnOrphan;

/** The presentation contexts that propose an interface. */
export interface Proposal {
  readonly iface: RpcInterface;
  /** In order of preference; the first contexts stand for them, one each. */
  readonly syntaxes: readonly TransferSyntax[];
  readonly contexts: readonly PresentationContext[];
}

/**
 * Proposes an interface in one context for each transfer syntax, of which the server accepts one ([MS-RPCE] 3.3.1.5.6). They are
 * numbered from `firstId` on.
 */
export function propose(iface: RpcInterface, syntaxes: readonly TransferSyntax[], firstId: number): Proposal {
  const contexts = syntaxes.map((syntax, i) => contextFor(iface, firstId + i, transferSyntaxId(syntax)));
  return { iface, syntaxes, contexts };
}

/** What a bind proposes: an interface, and in a last context bind-time features ([MS-RPCE] 3.3.1.5.3). */
export function proposeInBind(iface: RpcInterface, syntaxes: readonly TransferSyntax[]): Proposal {
  const proposal = propose(iface, syntaxes, 0);
  const features = contextFor(iface, syntaxes.length, bindFeatureSyntax(OFFERED_FEATURES));
  return { ...proposal, contexts: [...proposal.contexts, features] };
}

function contextFor({ uuid, major, minor }: RpcInterface, id: number, transferSyntax: SyntaxId): PresentationContext {
  return { id, abstractSyntax: { uuid, major, minor }, transferSyntaxes: [transferSyntax] };
}

/**
 * Reads what a server said to a proposal. Throws a NoInterfaceError when it accepted the interface in no transfer syntax, and a
 * ProtocolError when the results do not fit the proposal.
 */
export function agreedContext(
  { iface, syntaxes, contexts }: Proposal,
  results: readonly ContextResult[],
  peer: string,
): AgreedContext {
  if (results.length !== contexts.length)
    throw new ProtocolError(`${peer} answered ${contexts.length} presentation contexts with ${results.length} results`);
  for (const [i, transferSyntax] of syntaxes.entries()) {
    const [context, result] = [contexts[i], results[i]];
    if (context === undefined || result?.result !== CONTEXT_RESULTS.acceptance) continue;
    if (!sameSyntax(result.transferSyntax, transferSyntaxId(transferSyntax)))
      throw new ProtocolError(`${peer} accepted a transfer syntax that was not proposed`);
    return { contextId: context.id, iface, transferSyntax };
  }
  throw refusal(iface, syntaxes, results, peer);
}

function refusal(
  { name }: RpcInterface,
  syntaxes: readonly TransferSyntax[],
  results: readonly ContextResult[],
  peer: string,
): NoInterfaceError {
  const reasons = syntaxes.map((_, i) => results[i]?.reason);
  if (reasons.includes(CONTEXT_REASONS.abstractSyntaxNotSupported))
    return new NoInterfaceError(`${peer} does not offer the interface ${name} at this port`, {
      hint: "what listens there is another program, or a print server without this interface",
    });
  if (reasons.every((reason) => reason === CONTEXT_REASONS.proposedTransferSyntaxesNotSupported))
    return new NoInterfaceError(`${peer} speaks ${name} in none of the transfer syntaxes that were offered`, {
      hint: syntaxes.length > 1 ? undefined : "leave the choice of the transfer syntax to the server",
    });
  const [first] = results;
  return new NoInterfaceError(
    `${peer} refused the interface ${name} (result ${first?.result ?? "none"}, reason ${first?.reason ?? "none"})`,
  );
}
