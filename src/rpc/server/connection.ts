import { DecodeError, IntegrityError, ProtocolError, TooLargeError } from "../../errors.js";
import { PduFramer } from "../framing.js";
import { HIGH_WATER, type Link } from "../link.js";
import type { AlterContextPdu, BindPdu } from "../pdu/bind.js";
import { encodeBindNak, REJECT_REASONS } from "../pdu/bind-nak.js";
import type { CoCancelPdu, OrphanedPdu } from "../pdu/control.js";
import { HEADER_SIZE } from "../pdu/header.js";
import { decodePdu, type Pdu } from "../pdu/pdu.js";
import { type RequestPdu, requestStubOffset } from "../pdu/request.js";
import type { AuthVerifier } from "../pdu/sec-trailer.js";
import { type PduType, pduTypeName, WHOLE } from "../pdu/types.js";
import { openFragment } from "../secure-fragments.js";
import { transferSyntaxId } from "../syntaxes.js";
import { deferred } from "../../waiting.js";
import { AUTH_LEVELS } from "../../security/context.js";
import { FAULTS } from "./faults.js";
import type { Outcome } from "./answer.js";
import type { AssociationOwner } from "./associations.js";
import { Binding } from "./binding.js";
import { type OpenCall, OpenCalls } from "./calls.js";
import type { Endpoint } from "./endpoint.js";
import { RequestAssembler, type ServerRequest } from "./requests.js";
import { sendFault, sendResponse } from "./responses.js";
import type { Invocation } from "./service.js";
import { prepareCall } from "./stub.js";

/**
 * What a client may make this server hold before it has logged on, in bytes: a request (nothing that it may call takes more), what
 * arrived before its turn and what it has not read. With a PDU that is not complete yet, of 64 KiB at most, that is 128 KiB.
 */
const MAX_ANONYMOUS_REQUEST = 8 * 1024;
const MAX_ANONYMOUS_INBOX = 24 * 1024;
const MAX_ANONYMOUS_QUEUE = 24 * 1024;
/** Bytes that may arrive before their turn once it has logged on. */
const MAX_INBOX = 1024 * 1024;

/** Ends a connection with a fault of this status. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Which PDU is refused: for one that began a connection the answer is a bind_nak. */
interface PduOrigin {
  readonly callId: number;
  readonly type: PduType | undefined;
}

/** The server's side of one connection ([MS-RPCE] 3.3.3, C706 chapter 11). Whatever arrives, it harms no other one. */
export class ServerConnection<Owner extends AssociationOwner> {
  readonly #link: Link;
  readonly #endpoint: Endpoint<Owner>;
  readonly #onClosed: () => void;
  readonly #framer = new PduFramer();
  readonly #requests = new RequestAssembler();
  readonly #calls = new OpenCalls();
  /** Chunks that arrived while a leg of the logon was being worked on. */
  readonly #inbox: Uint8Array[] = [];
  #inboxBytes = 0;
  #busy = false;
  #closed = false;
  /** What the client has not read, as its owner knows it. */
  #unread = 0;
  #drained = deferred();
  /** What the bind settled; null before it. */
  #binding: Binding<Owner> | null = null;

  /** Takes the link over. `onClosed` is told once, when the connection has ended. */
  constructor(link: Link, endpoint: Endpoint<Owner>, onClosed: () => void) {
    this.#link = link;
    this.#endpoint = endpoint;
    this.#onClosed = onClosed;
    link.start({
      data: (chunk) => this.#arrived(chunk),
      drained: () => this.#read(),
      closed: () => this.#end(),
    });
  }

  /** Ends the connection: after what is queued has been sent, or at once. */
  close(how: "gently" | "at once"): void {
    this.#end();
    if (how === "gently") this.#link.close();
    else this.#link.destroy();
  }

  /** Whether the client has said who it is, at a level that protects its calls. */
  get loggedOn(): boolean {
    return (this.#binding?.logon?.security ?? null) !== null;
  }

  /** A client that sends without waiting, or does not read, is served only as far as it costs little. */
  #arrived(chunk: Uint8Array): void {
    if (this.#closed) return;
    const { loggedOn } = this;
    if (this.#busy) this.#inboxBytes += chunk.length;
    const tooMuch = this.#inboxBytes > (loggedOn ? MAX_INBOX : MAX_ANONYMOUS_INBOX);
    if (tooMuch || (!loggedOn && this.#link.queued > MAX_ANONYMOUS_QUEUE)) return this.close("at once");
    this.#inbox.push(chunk);
    void this.#work();
  }

  /** Takes the chunks in order, one PDU after the other; a leg of a logon is waited for, and a client that has to read first. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let chunk = this.#inbox.shift(); chunk !== undefined; chunk = this.#inbox.shift())
        for (const bytes of this.#framer.push(chunk)) {
          if (this.#closed) return;
          const pending = this.#take(bytes);
          if (pending !== undefined) await pending;
          if (this.#link.queued > HIGH_WATER) await this.#drained.promise;
        }
    } catch (error) {
      this.#fail({ callId: 0, type: "bind" }, error);
    } finally {
      this.#busy = false;
      this.#inboxBytes = 0;
    }
  }

  #take(bytes: Uint8Array): Promise<void> | undefined {
    const origin = originOf(bytes);
    try {
      const pdu = decodePdu(bytes);
      if (pdu.type === "bind" || pdu.type === "alter_context")
        return this.#negotiate(pdu).catch((error: unknown) => this.#fail(origin, error));
      this.#handle(pdu, bytes);
    } catch (error) {
      this.#fail(origin, error);
    }
    return undefined;
  }

  #handle(pdu: Pdu, bytes: Uint8Array): void {
    const binding = this.#bound(pdu.type);
    switch (pdu.type) {
      case "request":
        return this.#request(binding, pdu, bytes);
      case "co_cancel":
      case "orphaned":
        return this.#cancel(binding, pdu, bytes);
      case "auth3":
        // SPNEGO has no leg without an answer. An auth3 has none; the first request hears that the logon failed.
        return binding.logon?.fail();
      default:
        throw new ProtocolError(`a client does not send ${pdu.type}`);
    }
  }

  #bound(what: string): Binding<Owner> {
    if (this.#binding === null) throw new ProtocolError(`${what} came before a bind`);
    return this.#binding;
  }

  async #negotiate(pdu: BindPdu | AlterContextPdu): Promise<void> {
    const binding = pdu.type === "bind" ? this.#bind(pdu) : this.#bound(pdu.type);
    if (binding === null) return;
    const token = pdu.auth === null ? null : await this.#logonLeg(binding, pdu, pdu.auth);
    if (this.#closed) return;
    const auth = pdu.auth === null || token === null ? null : { ...pdu.auth, padLength: 0, token };
    this.#link.send(binding.acknowledge(pdu, auth));
  }

  /** Joins the association; null when there is none to join. */
  #bind(pdu: BindPdu): Binding<Owner> | null {
    if (this.#binding !== null) throw new ProtocolError("a connection has one bind");
    const association = this.#endpoint.associations.join(pdu.assocGroup, this.#link.peer);
    if (association === null) {
      this.#nak(pdu.callId, REJECT_REASONS.reasonNotSpecified);
      return null;
    }
    this.#binding = new Binding(pdu, association, this.#endpoint);
    return this.#binding;
  }

  /** The answer to one token of the client; null when it ended the connection. */
  async #logonLeg(
    binding: Binding<Owner>,
    pdu: BindPdu | AlterContextPdu,
    auth: AuthVerifier,
  ): Promise<Uint8Array | null> {
    const leg = await binding.logon?.step(auth, binding.agreeHeaderSigning(pdu.flags));
    if (leg?.kind === "token") return leg.token;
    if (leg?.kind === "failed") this.#endpoint.onLogonFailed(binding.owner, leg.error);
    if (pdu.type === "alter_context") throw new Refusal(FAULTS.accessDenied, "the logon failed");
    const { invalidChecksum, authenticationTypeNotRecognized } = REJECT_REASONS;
    this.#nak(pdu.callId, leg?.kind === "failed" ? invalidChecksum : authenticationTypeNotRecognized);
    return null;
  }

  #nak(callId: number, reason: number): void {
    this.#link.send(encodeBindNak({ type: "bind_nak", flags: WHOLE, callId, auth: null, reason }));
    this.close("gently");
  }

  #request(binding: Binding<Owner>, pdu: RequestPdu, bytes: Uint8Array): void {
    if (bytes.length > binding.maxReceive)
      throw new ProtocolError(`a fragment of ${bytes.length} bytes, more than the ${binding.maxReceive} agreed on`);
    const limit = this.loggedOn
      ? this.#endpoint.maxRequest
      : Math.min(this.#endpoint.maxRequest, MAX_ANONYMOUS_REQUEST);
    const request = this.#requests.add(pdu, openRequest(binding, pdu, bytes), limit);
    if (request === null) return;
    if (!binding.multiplexed && this.#calls.size > 0)
      throw new ProtocolError("a second call on a connection without concurrent multiplexing");
    const invoke = this.#prepare(binding, request);
    const call = this.#calls.add(request.callId, request.contextId);
    if (typeof invoke === "number") this.#answer(binding, call, { kind: "fault", status: invoke }, false);
    else call.answer = invoke(binding.owner, (outcome) => this.#answer(binding, call, outcome, true));
  }

  /** Finds the method and decodes its parameters; the status of a fault when that fails. */
  #prepare(
    binding: Binding<Owner>,
    { callId, contextId, opnum, object, stub }: ServerRequest,
  ): Invocation<Owner> | number {
    const context = binding.contexts.get(contextId);
    if (context === undefined) return FAULTS.unknownInterface;
    const { service, syntax, abstractSyntax } = context;
    const level = binding.logon?.security?.level;
    const least = Math.max(AUTH_LEVELS[this.#endpoint.minLevel], AUTH_LEVELS[service.minLevel ?? "packet"]);
    if (service.secured && (level === undefined || AUTH_LEVELS[level] < least)) return FAULTS.accessDenied;
    const { object: expected = object } = service.interface;
    if (object !== expected) return FAULTS.unsupportedType;
    const method = service.methods.find((candidate) => candidate.opnum === opnum);
    if (method === undefined) return FAULTS.opnumRange;
    const transferSyntax = transferSyntaxId(syntax);
    const { headerSignOffered } = binding;
    const facts = { headerSignOffered, interfaceId: abstractSyntax, transferSyntax, callId, contextId, opnum };
    const prepared = prepareCall(method, syntax, stub, facts);
    return typeof prepared === "function" ? prepared : prepared.fault;
  }

  #answer(binding: Binding<Owner>, call: OpenCall, outcome: Outcome<Uint8Array>, executed: boolean): void {
    this.#calls.done(call);
    if (this.#closed) return;
    const security = binding.logon?.security ?? null;
    if (outcome.kind === "results") sendResponse(this.#link, call, outcome.results, security, binding.maxSend);
    else sendFault(this.#link, call, outcome.status, executed, this.#endpoint.signFaults ? security : null);
    this.#tellUnread(this.#link.queued);
  }

  /** The client has read what it was sent. */
  #read(): void {
    this.#tellUnread(0);
    this.#drained.resolve();
    this.#drained = deferred();
  }

  /** Who has not logged on has an own, smaller limit. */
  #tellUnread(bytes: number): void {
    if (!this.loggedOn) return;
    this.#binding?.owner.unread(bytes - this.#unread);
    this.#unread = bytes;
  }

  #cancel(binding: Binding<Owner>, pdu: CoCancelPdu | OrphanedPdu, bytes: Uint8Array): void {
    const security = binding.logon?.security ?? null;
    if (security !== null && pdu.auth !== null) openFragment(bytes, HEADER_SIZE, pdu.auth, security);
    if (pdu.type === "orphaned" && this.#requests.abandon(pdu.callId)) return;
    const call = this.#calls.withdraw(pdu.callId);
    if (call !== null && pdu.type === "co_cancel")
      this.#answer(binding, call, { kind: "fault", status: FAULTS.cancelled }, true);
  }

  #fail(origin: PduOrigin, error: unknown): void {
    const status = statusOf(error);
    if (status === null) this.#bug(error);
    else this.#refuse(origin, status);
  }

  /** [MS-RPCE] 3.3.3.5.7: the client hears why, and the connection ends. */
  #refuse({ callId, type }: PduOrigin, status: number): void {
    if (this.#closed) return;
    if (type === "bind" && this.#binding === null) return this.#nak(callId, REJECT_REASONS.protocolVersionNotSupported);
    sendFault(this.#link, { callId, contextId: 0, cancelCount: 0 }, status, false, null);
    this.close("gently");
  }

  #bug(error: unknown): void {
    this.close("at once");
    this.#endpoint.onBug(error);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox.length = 0;
    this.#calls.withdrawAll();
    this.#read();
    if (this.#binding !== null) this.#endpoint.associations.leave(this.#binding.association);
    this.#onClosed();
  }
}

function originOf(bytes: Uint8Array): PduOrigin {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
  return { callId: view.getUint32(12, true), type: pduTypeName(view.getUint8(2)) };
}

/** The fault for what a client did wrong; null for an error that is no client's fault. */
function statusOf(error: unknown): number | null {
  if (error instanceof Refusal) return error.status;
  if (error instanceof DecodeError || error instanceof ProtocolError) return FAULTS.protocolError;
  if (error instanceof IntegrityError) return FAULTS.securityPackage;
  return error instanceof TooLargeError ? FAULTS.accessDenied : null;
}

/** The opened stub of a fragment. Throws a Refusal, IntegrityError or ProtocolError. */
function openRequest<Owner extends AssociationOwner>(
  { logon }: Binding<Owner>,
  pdu: RequestPdu,
  bytes: Uint8Array,
): Uint8Array {
  if (logon?.state === "running" || logon?.state === "failed")
    throw new Refusal(FAULTS.accessDenied, "the client has not logged on");
  const security = logon?.security ?? null;
  if (security === null) return pdu.stub.subarray(0, Math.max(0, pdu.stub.length - (pdu.auth?.padLength ?? 0)));
  if (pdu.auth === null) throw new Refusal(FAULTS.accessDenied, "the fragment is not signed");
  return openFragment(bytes, requestStubOffset(pdu.object), pdu.auth, security);
}
