import type { TransferSyntax } from "../../ndr/syntax.js";
import type { PresentationContext } from "../pdu/bind.js";
import { CONTEXT_REASONS, CONTEXT_RESULTS, type ContextResult } from "../pdu/bind-ack.js";
import type { SyntaxId } from "../pdu/syntax-id.js";
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
}

export interface Negotiated<Owner> {
  readonly results: readonly ContextResult[];
  /** The accepted contexts by their ids. */
  readonly contexts: ReadonlyMap<number, ServerContext<Owner>>;
}

/** What each proposed context is answered with: one result for each, in their order ([MS-RPCE] 3.3.1.5.6). */
export function negotiate<Owner>(
  proposed: readonly PresentationContext[],
  options: NegotiationOptions<Owner>,
): Negotiated<Owner> {
  const contexts = new Map<number, ServerContext<Owner>>();
  const choices = new Map(options.services.map((service) => [service, preferred(proposed, service, options)]));
  let featuresSeen = false;
  const results = proposed.map((context) => {
    const features = featuresOf(context);
    if (features !== null) {
      const granted = featuresSeen ? null : options.features;
      featuresSeen = true;
      return granted === null ? UNKNOWN_SYNTAX : acknowledge(features & granted);
    }
    const service = serviceOf(context.abstractSyntax, options.services);
    if (service === null) return UNKNOWN_INTERFACE;
    const syntax = choices.get(service) ?? null;
    if (syntax === null || !offers(context, syntax)) return UNKNOWN_SYNTAX;
    choices.delete(service);
    contexts.set(context.id, { service, syntax, abstractSyntax: context.abstractSyntax });
    return accept(syntax);
  });
  return { results, contexts };
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

/** The first of our transfer syntaxes that the client proposes for this interface, in whichever context. */
function preferred<Owner>(
  proposed: readonly PresentationContext[],
  service: Service<Owner>,
  { services, transferSyntaxes }: NegotiationOptions<Owner>,
): TransferSyntax | null {
  const contexts = proposed.filter(({ abstractSyntax }) => serviceOf(abstractSyntax, services) === service);
  return transferSyntaxes.find((syntax) => contexts.some((context) => offers(context, syntax))) ?? null;
}

function offers(context: PresentationContext, syntax: TransferSyntax): boolean {
  return context.transferSyntaxes.some((id) => transferSyntaxOf(id) === syntax);
}
