import { ProtocolError } from "../../errors.js";
import type { TransferSyntax } from "../../ndr/syntax.js";
import type { PresentationContext } from "../pdu/bind.js";
import { CONTEXT_REASONS, CONTEXT_RESULTS, type ContextResult } from "../pdu/bind-ack.js";
import { sameSyntax, type SyntaxId } from "../pdu/syntax-id.js";
import { NO_SYNTAX, offeredBindFeatures, transferSyntaxId, transferSyntaxOf } from "../syntaxes.js";
import type { Service } from "./service.js";

/** A presentation context that was accepted. */
export interface ServerContext<Owner> {
  readonly service: Service<Owner>;
  readonly syntax: TransferSyntax;
  /** As the client proposed it, for the verification trailer. */
  readonly abstractSyntax: SyntaxId;
}

export interface NegotiationOptions<Owner> {
  readonly services: readonly Service<Owner>[];
  /** What is spoken, preferred first. */
  readonly transferSyntaxes: readonly TransferSyntax[];
  /** Bits of BIND_FEATURES that are granted; null answers as servers do that know no feature negotiation. */
  readonly features: number | null;
  /** The contexts of the connection that were accepted before, by their ids. */
  readonly agreed: ReadonlyMap<number, ServerContext<Owner>>;
}

export interface Negotiated<Owner> {
  readonly results: readonly ContextResult[];
  /** The context that was accepted and its id; null when none was, or none that is new. */
  readonly accepted: { readonly id: number; readonly context: ServerContext<Owner> } | null;
}

/**
 * What each proposed context is answered with: one result for each, in their order ([MS-RPCE] 3.3.1.5.6). One new context is
 * accepted, and none when the PDU repeats one that was accepted before, as Samba does it. Throws a ProtocolError for the id of
 * another interface's context.
 */
export function negotiate<Owner>(
  proposed: readonly PresentationContext[],
  options: NegotiationOptions<Owner>,
): Negotiated<Owner> {
  const repeated = proposed.filter((context) => repeats(context, options));
  const accepted = repeated.length > 0 ? null : choose(proposed, options);
  let featuresSeen = false;
  const results = proposed.map((context) => {
    const features = featuresOf(context);
    if (features !== null) {
      const granted = featuresSeen ? null : options.features;
      featuresSeen = true;
      return granted === null ? UNKNOWN_SYNTAX : acknowledge(features & granted);
    }
    if (serviceOf(context.abstractSyntax, options.services) === null) return UNKNOWN_INTERFACE;
    const agreed = repeated.includes(context) ? options.agreed.get(context.id) : undefined;
    if (agreed !== undefined) return accept(agreed.syntax);
    return context === accepted?.proposal ? accept(accepted.context.syntax) : UNKNOWN_SYNTAX;
  });
  return { results, accepted: accepted === null ? null : { id: accepted.proposal.id, context: accepted.context } };
}

/** Whether a context is one that was accepted before. */
function repeats<Owner>(
  { id, abstractSyntax, transferSyntaxes }: PresentationContext,
  { agreed }: NegotiationOptions<Owner>,
): boolean {
  const known = agreed.get(id);
  if (known === undefined) return false;
  if (!sameSyntax(known.abstractSyntax, abstractSyntax))
    throw new ProtocolError(`presentation context ${id} stands for another interface already`);
  return transferSyntaxes.some((syntax) => transferSyntaxOf(syntax) === known.syntax);
}

/** Presentation contexts of a connection: far more than it has interfaces. */
const MOST_CONTEXTS = 100;

/** The first of our transfer syntaxes that a new context proposes for an interface of ours; null when there is none. */
function choose<Owner>(
  proposed: readonly PresentationContext[],
  { services, transferSyntaxes, agreed }: NegotiationOptions<Owner>,
): { proposal: PresentationContext; context: ServerContext<Owner> } | null {
  for (const syntax of transferSyntaxes)
    for (const proposal of proposed) {
      const { id, abstractSyntax } = proposal;
      const service = serviceOf(abstractSyntax, services);
      if (service !== null && !agreed.has(id) && agreed.size < MOST_CONTEXTS && offers(proposal, syntax))
        return { proposal, context: { service, syntax, abstractSyntax } };
    }
  return null;
}

const UNKNOWN_INTERFACE: ContextResult = {
  result: CONTEXT_RESULTS.providerRejection,
  reason: CONTEXT_REASONS.abstractSyntaxNotSupported,
  transferSyntax: NO_SYNTAX,
};

const UNKNOWN_SYNTAX: ContextResult = {
  result: CONTEXT_RESULTS.providerRejection,
  reason: CONTEXT_REASONS.proposedTransferSyntaxesNotSupported,
  transferSyntax: NO_SYNTAX,
};

function accept(syntax: TransferSyntax): ContextResult {
  return { result: CONTEXT_RESULTS.acceptance, reason: 0, transferSyntax: transferSyntaxId(syntax) };
}

/** [MS-RPCE] 3.3.1.5.3 */
function acknowledge(features: number): ContextResult {
  return { result: CONTEXT_RESULTS.negotiateAck, reason: features, transferSyntax: NO_SYNTAX };
}

/** The features a context offers, when it is the pretended one of feature negotiation; null for a real one. */
function featuresOf(context: PresentationContext): number | null {
  const [only] = context.transferSyntaxes;
  return only === undefined || context.transferSyntaxes.length !== 1 ? null : offeredBindFeatures(only);
}

/** The service for an interface: same major version, and a minor version that ours covers (C706 3.1.4). */
function serviceOf<Owner>(id: SyntaxId, services: readonly Service<Owner>[]): Service<Owner> | null {
  const match = ({ interface: { uuid, major, minor } }: Service<Owner>): boolean =>
    uuid === id.uuid && major === id.major && id.minor <= minor;
  return services.find(match) ?? null;
}

function offers(context: PresentationContext, syntax: TransferSyntax): boolean {
  return context.transferSyntaxes.some((id) => transferSyntaxOf(id) === syntax);
}
