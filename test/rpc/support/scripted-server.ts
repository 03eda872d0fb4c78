import { PduFramer } from "../../../src/rpc/framing.js";
import type { AlterContextPdu, BindPdu } from "../../../src/rpc/pdu/bind.js";
import type { ContextResult } from "../../../src/rpc/pdu/bind-ack.js";
import type { FaultFields } from "../../../src/rpc/pdu/fault.js";
import { decodePdu, type Pdu } from "../../../src/rpc/pdu/pdu.js";
import { encodePdu } from "./encode-pdu.js";
import { requestStubOffset, type RequestPdu } from "../../../src/rpc/pdu/request.js";
import { PFC, WHOLE } from "../../../src/rpc/pdu/types.js";
import {
  buildFragment,
  faultHead,
  openFragment,
  responseHead,
  type FragmentSecurity,
} from "../../../src/rpc/secure-fragments.js";
import { findVerificationTrailer } from "../../../src/rpc/verification-trailer.js";
import { NDR, NONE } from "../../golden/rpc-vectors.js";
import { saysWhatIsMissing } from "../../support/eventually.js";
import { MemoryLink } from "./memory-link.js";
import { ToyProtection } from "./toy-security.js";

/** A request that arrived whole. */
export interface ReceivedRequest {
  readonly callId: number;
  readonly contextId: number;
  readonly opnum: number;
  /** Without verification trailer. */
  readonly stub: Uint8Array;
  /** As they came, opened. */
  readonly fragments: readonly RequestPdu[];
}

export interface ScriptOptions {
  readonly multiplex?: boolean;
  readonly headerSigning?: boolean;
  readonly maxFragment?: number;
  readonly features?: number;
  readonly assocGroup?: number;
  /** What is said instead of the usual answer; null says nothing, undefined the usual. */
  readonly onBind?: (pdu: BindPdu | AlterContextPdu, usual: Pdu) => Pdu | Uint8Array | null | undefined;
  readonly onRequest?: (request: ReceivedRequest, server: ScriptedServer) => void;
}

const NOTHING = new Uint8Array(0);
const USUAL = { multiplex: true, headerSigning: true, maxFragment: 5840, features: 3, assocGroup: 0x1234 };

/** The server's end of a MemoryLink: does what servers do, unless the script says otherwise. */
export class ScriptedServer {
  readonly link = new MemoryLink();
  /** All PDUs of the client, as they came. */
  readonly received: Pdu[] = [];
  readonly requests: ReceivedRequest[] = [];
  /** The token protection of the connection; null without security. */
  security: FragmentSecurity | null = null;
  readonly #script: ScriptOptions & typeof USUAL;
  readonly #framer = new PduFramer();
  #fragments: RequestPdu[] = [];
  #headerSigning = false;
  #arrival: (() => void)[] = [];

  constructor(script: ScriptOptions = {}) {
    this.#script = { ...USUAL, ...script };
    this.link.onSend = (bytes) => {
      for (const pdu of this.#framer.push(Uint8Array.from(bytes))) this.#take(pdu);
    };
  }

  /** Resolves when the client has sent `count` whole requests. */
  async requested(count: number): Promise<ReceivedRequest> {
    using _ = saysWhatIsMissing(() => `request ${count} of the client; it has sent ${this.requests.length}`);
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#arrival.push(resolve));
    const request = this.requests[count - 1];
    if (request === undefined) throw new Error("no such request");
    return request;
  }

  /** The fragment of a response, protected where the connection is. */
  fragment({ callId, contextId }: ReceivedRequest, stub: Uint8Array, flags: number = WHOLE, allocHint = 0): Uint8Array {
    const head = responseHead(flags, callId, { allocHint, contextId, cancelCount: 0 });
    return buildFragment(head, stub, NOTHING, this.security);
  }

  respond(request: ReceivedRequest, stub: Uint8Array): void {
    this.link.deliver(this.fragment(request, stub));
  }

  /** A fault, signed or not. */
  fault({ callId, contextId }: ReceivedRequest, status: number, { signed = false, flags = WHOLE } = {}): void {
    const fields: FaultFields = { allocHint: 32, contextId, cancelCount: 0, status };
    this.link.deliver(buildFragment(faultHead(flags, callId, fields), NOTHING, NOTHING, signed ? this.security : null));
  }

  #take(bytes: Uint8Array): void {
    const pdu = decodePdu(bytes);
    this.received.push(pdu);
    if (pdu.type === "bind" || pdu.type === "alter_context") this.#bind(pdu);
    if (pdu.type === "request") this.#request(pdu, bytes);
    if ((pdu.type === "co_cancel" || pdu.type === "orphaned") && this.security !== null)
      openFragment(bytes, 16, pdu.auth, this.security);
  }

  #bind(pdu: BindPdu | AlterContextPdu): void {
    const usual = this.#answer(pdu);
    const special = this.#script.onBind?.(pdu, usual);
    const answer = special === undefined ? usual : special;
    if (answer === null) return;
    queueMicrotask(() => this.link.deliver(answer instanceof Uint8Array ? answer : encodePdu(answer)));
  }

  #answer(pdu: BindPdu | AlterContextPdu): Pdu {
    const { multiplex, headerSigning, maxFragment, assocGroup } = this.#script;
    const first = pdu.type === "bind";
    if (first) this.#headerSigning = headerSigning && (pdu.flags & PFC.SUPPORT_HEADER_SIGN) !== 0;
    const said = pdu.auth === null ? "" : new TextDecoder().decode(pdu.auth.token);
    const token = new TextEncoder().encode(said === "hello" ? "challenge" : "accepted");
    if (said === "proof") this.#protect();
    return {
      type: first ? "bind_ack" : "alter_context_resp",
      flags: WHOLE | (multiplex ? PFC.CONC_MPX : 0) | (this.#headerSigning ? PFC.SUPPORT_HEADER_SIGN : 0),
      callId: pdu.callId,
      auth: pdu.auth === null ? null : { ...pdu.auth, token },
      maxXmit: maxFragment,
      maxRecv: maxFragment,
      assocGroup: pdu.assocGroup === 0 ? assocGroup : pdu.assocGroup,
      secondaryAddress: first ? "49152" : "",
      results: pdu.contexts.map(({ transferSyntaxes }) => this.#result(transferSyntaxes[0]?.uuid ?? "")),
    };
  }

  #result(uuid: string): ContextResult {
    if (uuid === NDR.uuid) return { result: 0, reason: 0, transferSyntax: NDR };
    if (uuid.startsWith("6cb71c2c")) return { result: 3, reason: this.#script.features, transferSyntax: NONE };
    return { result: 2, reason: 2, transferSyntax: NONE };
  }

  #protect(): void {
    const protection = new ToyProtection({ level: "privacy", headerSigning: this.#headerSigning });
    this.security = { authType: 9, level: "privacy", contextId: 1, protection };
  }

  #request(pdu: RequestPdu, bytes: Uint8Array): void {
    const start = requestStubOffset(pdu.object);
    const stub = this.security === null ? pdu.stub : openFragment(bytes, start, pdu.auth, this.security);
    this.#fragments.push({ ...pdu, stub });
    if ((pdu.flags & PFC.LAST_FRAG) === 0) return;
    const fragments = this.#fragments;
    this.#fragments = [];
    const whole = new Uint8Array(Buffer.concat(fragments.map((fragment) => fragment.stub)));
    const end = this.security === null ? -1 : findVerificationTrailer(whole);
    const { callId, contextId, opnum } = pdu;
    const request = { callId, contextId, opnum, stub: end === -1 ? whole : whole.subarray(0, end), fragments };
    this.requests.push(request);
    for (const arrived of this.#arrival.splice(0)) arrived();
    this.#script.onRequest?.(request, this);
  }
}
