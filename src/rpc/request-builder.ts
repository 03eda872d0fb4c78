import { splitStub } from "./fragments.js";
import type { Agreement } from "./handshake.js";
import { requestStubOffset } from "./pdu/request.js";
import type { AgreedContext } from "./presentation.js";
import { buildFragment, fragmentRoom, requestHead } from "./secure-fragments.js";
import { transferSyntaxId } from "./syntaxes.js";
import { encodeVerificationTrailer, type TrailerCommand } from "./verification-trailer.js";

/** What a request carries. */
export interface Request {
  readonly callId: number;
  readonly context: AgreedContext;
  readonly opnum: number;
  readonly stub: Uint8Array;
}

/** A fragment that is ready to be sent. */
export interface OutgoingFragment {
  readonly bytes: Uint8Array;
  /** The part of the stub in it, plain. */
  readonly stub: Uint8Array;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/** Builds what a client sends on one bound connection, in the protection that was agreed on. */
export class RequestBuilder {
  readonly #agreement: Agreement;
  /** Presentation contexts that a verification trailer has vouched for. */
  readonly #vouched = new Set<number>();

  constructor(agreement: Agreement) {
    this.#agreement = agreement;
  }

  /** The fragments of a request. Each has to be sent before the next is taken: taking one spends a sequence number. */
  *fragments(request: Request): Generator<OutgoingFragment> {
    const { security, maxFragment } = this.#agreement;
    const { callId, context, opnum } = request;
    const { object = null } = context.iface;
    const room = fragmentRoom(maxFragment, requestStubOffset(object), security);
    const trailer = security === null ? NOTHING : this.#verificationTrailer(request);
    for (const part of splitStub(request.stub, room, trailer)) {
      const fields = { allocHint: part.allocHint, contextId: context.contextId, opnum, object };
      const head = requestHead(part.flags, callId, fields);
      yield { bytes: buildFragment(head, part.stub, part.trailer, security), stub: part.stub };
    }
  }

  /**
   * What the bind said in the clear is vouched for once, as Windows does it ([MS-RPCE] notes 41 and 43); the header each
   * time, where the signature leaves it out.
   */
  #verificationTrailer({ callId, context, opnum, stub }: Request): Uint8Array {
    const { contextId, iface, transferSyntax } = context;
    const commands: TrailerCommand[] = [];
    if (this.#vouched.size === 0) commands.push("bitmask");
    if (!this.#vouched.has(contextId)) commands.push("presentationContext");
    if (!this.#agreement.headerSigning) commands.push("header2");
    this.#vouched.add(contextId);
    if (commands.length === 0) return NOTHING;
    const { uuid, major, minor } = iface;
    return encodeVerificationTrailer(stub.length, commands, {
      headerSignOffered: true,
      interfaceId: { uuid, major, minor },
      transferSyntax: transferSyntaxId(transferSyntax),
      callId,
      contextId,
      opnum,
    });
  }
}
