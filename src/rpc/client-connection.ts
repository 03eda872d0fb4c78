import { DecodeError, DisconnectedError, ProtocolError, type PanwatchError } from "../errors.js";
import { deferred, onAbort, type Deferred } from "../waiting.js";
import { callAbortError, connectAbortError } from "./abort.js";
import { connectionError, brokenOff, notRpc, stalled, unanswered } from "./connection-errors.js";
import { ConnectionTrace } from "./connection-trace.js";
import { PduFramer } from "./framing.js";
import { handshake, MAX_FRAGMENT, type Agreement, type HandshakeOptions, type HandshakeWire } from "./handshake.js";
import { InterfaceContexts, type AlterWire } from "./interface-contexts.js";
import type { RpcInterface } from "./interface.js";
import type { Link } from "./link.js";
import { encodeBind, type AlterContextPdu, type BindPdu } from "./pdu/bind.js";
import { FAULT_STUB_OFFSET } from "./pdu/fault.js";
import { decodePdu, type Pdu } from "./pdu/pdu.js";
import { RESPONSE_STUB_OFFSET } from "./pdu/response.js";
import { PendingCall, type ConnectionCall } from "./pending-call.js";
import type { AgreedContext } from "./presentation.js";
import { RequestBuilder } from "./request-builder.js";
import { RestGuard } from "./rest-guard.js";
import { openFragment } from "./secure-fragments.js";
import type { PduTracer } from "./tracer.js";

/** How a connection is bound, and who watches it. */
export interface ConnectionOptions extends HandshakeOptions {
  /** What traces call the connection. */
  readonly label: string;
  /** Gives the next call_id of the association. */
  readonly nextCallId: () => number;
  /** Begins the time within which a PDU that has begun must go on; without it there is no such time. */
  readonly deadline?: (() => AbortSignal) | undefined;
  readonly tracer?: PduTracer | undefined;
}

type State =
  | { readonly kind: "binding"; leg: number; answer: ((pdu: Pdu) => void) | null }
  | {
      readonly kind: "bound";
      readonly agreement: Agreement;
      readonly contexts: InterfaceContexts;
      readonly requests: RequestBuilder;
    }
  | { readonly kind: "closed"; readonly error: PanwatchError | null };

/**
 * The client's end of one connection: takes chunks of bytes from a link, gives it fragments, and matches answers with calls
 * by call_id, in whatever order they come. Whatever breaks a rule ends it: the link is destroyed, all that is pending fails, and
 * nothing of the bad fragment is delivered.
 */
export class ClientConnection {
  readonly peer: string;
  /** Resolves once, when the connection is over: null when this side closed it, else why. */
  readonly closed: Promise<PanwatchError | null>;
  readonly #closed = deferred<PanwatchError | null>();
  readonly #link: Link;
  readonly #options: ConnectionOptions;
  readonly #framer = new PduFramer();
  readonly #rest: RestGuard;
  readonly #trace: ConnectionTrace | null;
  readonly #calls = new Map<number, PendingCall>();
  readonly #alters = new Map<number, Deferred<Pdu>>();
  /** Whether a PDU has come. */
  #heard = false;
  #state: State = { kind: "binding", leg: 0, answer: null };
  #drained = deferred();

  private constructor(link: Link, options: ConnectionOptions) {
    this.peer = link.peer;
    this.#link = link;
    this.#options = options;
    this.closed = this.#closed.promise;
    const { tracer, label, logon } = options;
    this.#trace = tracer === undefined ? null : new ConnectionTrace(tracer, label, link.peer, logon);
    this.#rest = new RestGuard(options.deadline, () => this.#end(stalled(this.peer)));
    link.start({
      data: (chunk) => this.#take(chunk),
      drained: () => this.#hasDrained(),
      closed: (error) => this.#linkClosed(error),
    });
  }

  /**
   * Binds a link and logs on; the link belongs to the connection from now on. Throws what `handshake` throws, and an
   * UnreachableError when `signal` timed out or the server left.
   */
  static async bind(link: Link, options: ConnectionOptions, signal: AbortSignal): Promise<ClientConnection> {
    const connection = new ClientConnection(link, options);
    using _ = onAbort(signal, () => connection.#giveUp(signal));
    try {
      const agreement = await connection.#handshake();
      // The link may have ended while the agreement was on its way here.
      if (connection.#state.kind === "closed") throw new DisconnectedError(`${connection.peer} closed the connection`);
      connection.#framer.limit = MAX_FRAGMENT;
      const contexts = new InterfaceContexts(connection.#alterWire(), agreement, options.transferSyntaxes);
      connection.#state = { kind: "bound", agreement, contexts, requests: new RequestBuilder(agreement) };
      return connection;
    } catch (error) {
      connection.#end(connectionError(error, connection.peer));
      throw connection.#state.kind === "closed" && connection.#state.error !== null ? connection.#state.error : error;
    }
  }

  /** What was agreed on; throws a DisconnectedError when the connection is closed. */
  get agreement(): Agreement {
    return this.#bound().agreement;
  }

  /** The presentation context for a call of this interface; null when none may be sent now. */
  contextFor(iface: RpcInterface): AgreedContext | null {
    if (this.#state.kind !== "bound") return null;
    return this.#state.agreement.multiplexed || this.#idle ? (this.#state.contexts.get(iface) ?? null) : null;
  }

  /** Whether another interface can be learned now: never beside a call that waits, behind which the answer might wait too. */
  get canLearn(): boolean {
    if (this.#state.kind !== "bound") return false;
    return this.#state.agreement.multiplexed ? !this.hasWaiting : this.#idle;
  }

  /** Whether a call is in flight that may wait for something to happen. */
  get hasWaiting(): boolean {
    // Of a thousand registrations a thousand polls are in flight: the first one tells.
    for (const { waits } of this.#calls.values()) if (waits) return true;
    return false;
  }

  /** Bytes that were sent and that the server has not read yet. */
  get unread(): number {
    return this.#state.kind === "closed" ? 0 : this.#link.queued;
  }

  /** Resolves when the server has read what it was sent, or the connection has ended. */
  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  /**
   * Agrees with the server on another interface, by an alter_context. Throws a NoInterfaceError, UnreachableError or
   * ProtocolError, and the error with which the connection ends.
   */
  learn(iface: RpcInterface): Promise<void> {
    return this.#bound().contexts.learn(iface);
  }

  /**
   * Sends a request at once and gives the stub of its response, as a view where it came in one fragment. Only in a context that
   * `contextFor` gives. Throws FaultError, TooLargeError, DisconnectedError, IntegrityError, ProtocolError, or the
   * abort error of `signal`.
   */
  async call(call: ConnectionCall): Promise<Uint8Array> {
    const { requests } = this.#bound();
    const { signal, context, opnum, stub } = call;
    if (signal?.aborted === true) throw callAbortError(signal, call.what);
    const callId = this.#options.nextCallId();
    const pending = new PendingCall(call);
    this.#calls.set(callId, pending);
    try {
      call.budget?.check(stub.length);
      for (const fragment of requests.fragments({ callId, context, opnum, stub }))
        this.#send(fragment.bytes, fragment.stub);
    } catch (error) {
      // Half a request, or a sequence number without its fragment: nothing can follow.
      this.#end(connectionError(error, this.peer));
    }
    return pending.answer;
  }

  /** Closes the connection; what is pending fails with a DisconnectedError, also what the server has not read yet. */
  close(): void {
    if (this.#state.kind === "closed") return;
    this.#settle(null, new DisconnectedError(`the connection to ${this.peer} was closed`));
    this.#link.destroy();
  }

  /** Ends the connection at once because of `error`, with which everything pending fails. */
  destroy(error: PanwatchError): void {
    this.#end(error);
  }

  get #idle(): boolean {
    return this.#calls.size === 0 && this.#alters.size === 0;
  }

  #bound(): Extract<State, { kind: "bound" }> {
    if (this.#state.kind === "bound") return this.#state;
    throw new DisconnectedError(`the connection to ${this.peer} is closed`);
  }

  async #handshake(): Promise<Agreement> {
    const wire: HandshakeWire = {
      peer: this.peer,
      nextCallId: this.#options.nextCallId,
      exchange: (pdu, leg) => this.#exchange(pdu, leg),
    };
    const lost = this.closed.then((error) => {
      throw error ?? new DisconnectedError(`the connection to ${this.peer} was closed`);
    });
    return Promise.race([handshake(wire, this.#options), lost]);
  }

  #exchange(pdu: BindPdu | AlterContextPdu, leg: number): Promise<Pdu> {
    const { promise, resolve } = deferred<Pdu>();
    // Once it is closed, the race in #handshake has been lost and nobody waits.
    if (this.#state.kind === "binding") {
      this.#state.leg = leg;
      this.#state.answer = resolve;
      this.#send(encodeBind(pdu), null);
    }
    return promise;
  }

  #alterWire(): AlterWire {
    const { peer } = this;
    const { nextCallId } = this.#options;
    const alter = (pdu: AlterContextPdu): Promise<Pdu> => {
      const answer = deferred<Pdu>();
      this.#alters.set(pdu.callId, answer);
      this.#send(encodeBind(pdu), null);
      return answer.promise;
    };
    return { peer, nextCallId, alter };
  }

  #send(bytes: Uint8Array, stub: Uint8Array | null): void {
    this.#trace?.sent(bytes, stub);
    this.#link.send(bytes);
  }

  #take(chunk: Uint8Array): void {
    if (this.#state.kind === "closed") return;
    try {
      for (const bytes of this.#framer.push(chunk)) {
        this.#receive(bytes);
        // What follows the end of the connection in the same chunk is not looked at.
        if ((this.#state as State).kind === "closed") return;
      }
      this.#rest.expect(this.#framer.pending > 0);
    } catch (error) {
      // What begins with something else than a PDU is no server of DCE/RPC, which may be one tomorrow.
      const stranger = error instanceof DecodeError && error.field.startsWith("header.") && !this.#heard;
      this.#end(stranger ? notRpc(this.peer, error) : connectionError(error, this.peer));
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#heard = true;
    let pdu: Pdu | null = null;
    let stub: Uint8Array | null = null;
    let problem: string | null = null;
    try {
      pdu = decodePdu(bytes);
      stub = this.#open(pdu, bytes);
      this.#dispatch(pdu, stub);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      this.#trace?.received(bytes, pdu, stub, problem);
    }
  }

  /** Verifies and unseals what has to be; gives the plain stub of a response. A fault may come without signature. */
  #open(pdu: Pdu, bytes: Uint8Array): Uint8Array | null {
    const security = this.#state.kind === "bound" ? this.#state.agreement.security : null;
    if (pdu.type === "response")
      return security === null ? pdu.stub : openFragment(bytes, RESPONSE_STUB_OFFSET, pdu.auth, security);
    if (pdu.type === "fault" && pdu.auth !== null && security !== null)
      openFragment(bytes, FAULT_STUB_OFFSET, pdu.auth, security);
    return null;
  }

  #dispatch(pdu: Pdu, stub: Uint8Array | null): void {
    const state = this.#state;
    if (state.kind === "closed") return;
    if (state.kind === "binding") {
      const { answer } = state;
      if (answer === null) throw new ProtocolError(`${this.peer} sent a ${pdu.type} that nothing had asked for`);
      state.answer = null;
      answer(pdu);
      return;
    }
    const alter = this.#alters.get(pdu.callId);
    if (alter !== undefined && pdu.type !== "response") {
      this.#alters.delete(pdu.callId);
      alter.resolve(pdu);
    } else if (pdu.type === "response" && stub !== null) {
      if (this.#call(pdu).respond(pdu, stub)) this.#calls.delete(pdu.callId);
    } else if (pdu.type === "fault") {
      this.#call(pdu).fault(pdu);
      this.#calls.delete(pdu.callId);
    } else if (pdu.type === "shutdown") {
      this.#end(new DisconnectedError(`${this.peer} asked this client to close the connection`));
    } else {
      throw new ProtocolError(`${this.peer} sent a ${pdu.type}, which a client does not take after its bind`);
    }
  }

  #call(pdu: Pdu): PendingCall {
    const pending = this.#calls.get(pdu.callId);
    if (pending !== undefined) return pending;
    throw new ProtocolError(`${this.peer} sent a ${pdu.type} for the unknown call_id ${pdu.callId}`);
  }

  #hasDrained(): void {
    this.#drained.resolve();
    this.#drained = deferred();
  }

  #linkClosed(error: PanwatchError | null): void {
    const cause = error ?? new DisconnectedError(`${this.peer} closed the connection`);
    if (this.#state.kind === "binding") {
      const { leg } = this.#state;
      this.#end(this.#framer.pending > 0 ? brokenOff(this.peer, cause) : unanswered(this.peer, stageOf(leg), cause));
    } else {
      this.#end(cause);
    }
  }

  #giveUp(signal: AbortSignal): void {
    if (this.#state.kind !== "binding") return;
    const stage = stageOf(this.#state.leg);
    this.#end(connectAbortError(signal, stage, `${this.peer} did not answer the ${stage}`));
  }

  #end(error: PanwatchError): void {
    if (this.#state.kind === "closed") return;
    this.#settle(error, error);
    this.#link.destroy();
  }

  #settle(error: PanwatchError | null, forCalls: PanwatchError): void {
    this.#rest.expect(false);
    this.#state = { kind: "closed", error };
    for (const pending of this.#calls.values()) pending.fail(forCalls);
    for (const alter of this.#alters.values()) alter.reject(forCalls);
    this.#calls.clear();
    this.#alters.clear();
    this.#closed.resolve(error);
    this.#drained.resolve();
  }
}

/** What the server has not answered yet, as the legs of a handshake are counted. */
function stageOf(leg: number): "bind" | "logon" {
  return leg <= 1 ? "bind" : "logon";
}
