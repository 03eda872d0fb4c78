import type { Guid } from "../bytes/guid.js";
import { DisconnectedError, PanwatchError } from "../errors.js";
import { decodeResponse, encodeRequest, type InOf, type Method, type OutOf } from "../ndr/method.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import type { AuthLevel, MechanismName, SecurityContext } from "../security/context.js";
import { after, deferred, unlessAborted } from "../waiting.js";
import { callAbortError } from "./abort.js";
import { Budget } from "./budget.js";
import { ClientConnection } from "./client-connection.js";
import type { RpcInterface } from "./interface.js";
import { HIGH_WATER, type Link } from "./link.js";
import { LogonExchange } from "./logon-exchange.js";
import type { AgreedContext } from "./presentation.js";
import type { PduTracer } from "./tracer.js";

/** How to reach a server, and what for. */
export interface AssociationOptions {
  /** Opens a connection to the port of the interfaces; always to the same address, which servers demand of a group. */
  readonly dial: (signal: AbortSignal) => Promise<Link>;
  /** Makes the security of a connection, anew for each, always for the same identity; null for none. */
  readonly security: (() => Promise<SecurityContext>) | null;
  readonly level: AuthLevel;
  /** The interface that the first call needs. */
  readonly iface: RpcInterface;
  /** In order of preference; the server chooses, for each interface anew. */
  readonly transferSyntaxes: readonly TransferSyntax[];
  /** Whether to ask that calls share a connection; asked when not given. */
  readonly multiplex?: boolean | undefined;
  /**
   * Bounds the opening of each connection, begun when it is dialled, after its credentials were found; and each pause in the
   * middle of a PDU.
   */
  readonly deadline: () => AbortSignal;
  /** How long a call that never waits may go without an answer, in milliseconds; 10 s when not given. */
  readonly answerMs?: number | undefined;
  /** The same on a connection where another call waits. */
  readonly answerBesideWaitingMs?: number | undefined;
  readonly tracer?: PduTracer | undefined;
  /** Told of each connection, and of what was agreed on. */
  readonly note?: ((text: string) => void) | undefined;
  /** The call_id of the first PDU; 1 when not given. */
  readonly firstCallId?: number | undefined;
}

/** What was agreed on with the server. */
export interface AssociationInfo {
  /** Null without security. */
  readonly mechanism: MechanismName | null;
  readonly user: string | null;
  readonly level: AuthLevel;
  /** That of the interface which was bound first; others may have another. */
  readonly transferSyntax: TransferSyntax;
  /** Whether calls share a connection; else each call in flight has one of its own. */
  readonly multiplexed: boolean;
  readonly headerSigning: boolean;
  /** The largest fragment sent, in bytes. */
  readonly maxFragment: number;
}

export interface CallOptions {
  /** Gives the call up: it fails at once, the answer is dropped when it comes. */
  readonly signal?: AbortSignal | undefined;
  /** The largest response to take, in bytes of stub; 16 MiB and some when not given. */
  readonly maxStub?: number | undefined;
}

/**
 * A call that never waits was not answered on a connection where another call waits: the server serves the calls of a connection
 * one after the other, although it multiplexes them.
 */
export class OneAtATimeError extends DisconnectedError {}

const ANSWER_MS = 10_000;
/** Room for the largest notification that any client takes by default, and what stands around it. */
const DEFAULT_MAX_STUB = 16 * 1024 * 1024 + 4096;
/** Bytes that a server may make us hold, and how many of the largest answer at least. */
const LEAST_BUDGET = 128 * 1024 * 1024;
const BUDGETED_ANSWERS = 8;
/** call_ids must not go down ([MS-RPCE] 3.3.3.5.2), and some servers read them as signed. */
const LAST_CALL_ID = 0x7fff_ffff;

/**
 * One or more connections to a server that share an association group, and with it context handles and identity ([MS-RPCE]
 * 3.3.1.1.1). Where the server multiplexes, there is one connection; else each call in flight has its own, opened when
 * needed and used again. The loss of one connection ends the association: what the server did with the handles is unknown then.
 */
export class Association {
  /** Resolves once, when the association is over: null when `close` was called, else why. */
  readonly closed: Promise<PanwatchError | null>;
  readonly #closed = deferred<PanwatchError | null>();
  readonly #options: AssociationOptions;
  readonly #connections = new Set<ClientConnection>();
  /** What the server makes us hold, on all connections and after: answers that arrive, requests that it does not read. */
  readonly budget = new Budget(LEAST_BUDGET, () => this.#unread);
  readonly #transferSyntaxes = new Map<Guid, TransferSyntax>();
  #assocGroup = 0;
  #lastCallId: number;
  #opened = 0;
  #info: AssociationInfo | null = null;
  /** Why no further call is possible; null while it is. */
  #over: PanwatchError | null = null;

  private constructor(options: AssociationOptions) {
    this.#options = options;
    this.#lastCallId = (options.firstCallId ?? 1) - 1;
    this.closed = this.#closed.promise;
  }

  /**
   * Opens the first connection, binds the first interface and logs on. Throws UnreachableError, AuthenticationError,
   * NoInterfaceError, ProtocolError, and what `dial` and `security` throw.
   */
  static async open(options: AssociationOptions): Promise<Association> {
    const association = new Association(options);
    const { agreement } = await association.#connect(options.iface);
    association.#info = {
      mechanism: agreement.mechanism,
      user: agreement.user,
      level: options.level,
      transferSyntax: agreement.context.transferSyntax,
      multiplexed: agreement.multiplexed,
      headerSigning: agreement.headerSigning,
      maxFragment: agreement.maxFragment,
    };
    return association;
  }

  /** What was agreed on when the first connection was bound. */
  get info(): AssociationInfo {
    if (this.#info === null) throw new Error("the association is not open yet");
    return this.#info;
  }

  /** The transfer syntax of an interface that has been called. */
  transferSyntax({ uuid, name }: RpcInterface): TransferSyntax {
    const syntax = this.#transferSyntaxes.get(uuid);
    if (syntax === undefined) throw new TypeError(`${name} has not been called yet`);
    return syntax;
  }

  /**
   * Calls a method and gives its out parameters; where a connection is free and knows the interface, the request is sent before
   * this returns. The association is over when a method that never waits is not answered in time. Throws FaultError,
   * DisconnectedError, TooLargeError, DecodeError, IntegrityError, ProtocolError,
   * NoInterfaceError, what opening a further connection throws, and the abort error of `signal`.
   */
  async call<M extends Method>(
    iface: RpcInterface,
    method: M,
    values: InOf<M>,
    { signal, maxStub = DEFAULT_MAX_STUB }: CallOptions = {},
  ): Promise<OutOf<M>> {
    // Another call may take a new connection first. Nothing may be awaited between choosing one and sending on it.
    let way = this.#wayFor(iface);
    while (way === null) {
      const prepared = this.#prepare(iface);
      await (signal === undefined
        ? prepared
        : unlessAborted(signal, prepared, () => callAbortError(signal, method.name)));
      way = this.#wayFor(iface);
    }
    const { connection, context } = way;
    this.#transferSyntaxes.set(iface.uuid, context.transferSyntax);
    const { name: what, opnum, waits } = method;
    const stub = encodeRequest(method, context.transferSyntax, values);
    this.budget.raise(BUDGETED_ANSWERS * maxStub);
    const beside = connection.hasWaiting;
    const answer = connection.call({ context, opnum, stub, what, maxStub, budget: this.budget, waits, signal });
    return decodeResponse(method, context.transferSyntax, await (waits ? answer : this.#prompt(answer, what, beside)));
  }

  /**
   * Resolves when the server has read what it was sent, or the connection has ended; null where no more of that waits than may.
   * Until then the server is not to be given new work.
   */
  get backlog(): Promise<void> | null {
    return [...this.#connections].find(({ unread }) => unread > HIGH_WATER)?.drained ?? null;
  }

  /** Closes all connections, after what was sent: the server runs down every handle. Pending calls fail. */
  close(): void {
    if (this.#over !== null) return;
    this.#over = new DisconnectedError("the association was closed");
    for (const connection of this.#connections) connection.close();
    this.#closed.resolve(null);
  }

  get #unread(): number {
    return [...this.#connections].reduce((sum, { unread }) => sum + unread, 0);
  }

  /** A connection that can take a call of this interface now, and its presentation context; null when there is none. */
  #wayFor(iface: RpcInterface): { connection: ClientConnection; context: AgreedContext } | null {
    if (this.#over !== null) throw this.#over;
    for (const connection of this.#connections) {
      const context = connection.contextFor(iface);
      if (context !== null) return { connection, context };
    }
    return null;
  }

  /** Lets a connection learn the interface, or opens one for it. */
  async #prepare(iface: RpcInterface): Promise<void> {
    const learner = [...this.#connections].find((connection) => connection.canLearn);
    if (learner === undefined) await this.#connect(iface);
    else {
      await this.#prompt(learner.learn(iface), `the alter_context for ${iface.name}`, false);
      const context = learner.contextFor(iface);
      if (context !== null) this.#options.note?.(`${learner.peer}: ${contextText(context)}`);
    }
  }

  /** Waits for an answer that must come soon: the association is over when it does not. */
  async #prompt<T>(answer: Promise<T>, what: string, besideWaiting: boolean): Promise<T> {
    const { answerMs = ANSWER_MS, answerBesideWaitingMs = ANSWER_MS } = this.#options;
    const ms = besideWaiting ? answerBesideWaitingMs : answerMs;
    using _ = after(ms, () => this.#lost(unanswered(what, besideWaiting)));
    return await answer;
  }

  async #connect(iface: RpcInterface): Promise<ClientConnection> {
    const { security, level } = this.#options;
    return LogonExchange.run(security === null ? null : await security(), level, (logon) => this.#open(iface, logon));
  }

  async #open(iface: RpcInterface, logon: LogonExchange): Promise<ClientConnection> {
    const { dial, deadline, tracer, transferSyntaxes, multiplex = true } = this.#options;
    const signal = deadline();
    const link = await dial(signal);
    const label = `${++this.#opened}`;
    const nextCallId = (): number => this.#nextCallId();
    const assocGroup = this.#assocGroup;
    const options = { iface, transferSyntaxes, multiplex, logon, assocGroup, label, nextCallId, deadline, tracer };
    const connection = await ClientConnection.bind(link, options, signal);
    if (this.#over !== null) {
      connection.close();
      throw this.#over;
    }
    this.#assocGroup = connection.agreement.assocGroup;
    this.#options.note?.(connectionText(label, connection));
    this.#connections.add(connection);
    void connection.closed.then((error) => this.#lost(error));
    return connection;
  }

  #lost(error: PanwatchError | null): void {
    if (this.#over !== null) return;
    const text = error === null ? "the connection was closed" : error.message;
    this.#over = new DisconnectedError(`the association with the server is over: ${text}`, { cause: error });
    for (const connection of this.#connections) connection.destroy(this.#over);
    this.#closed.resolve(error ?? this.#over);
  }

  /** When all are used, only another association can follow: with this one everything under way ends. */
  #nextCallId(): number {
    if (this.#lastCallId < LAST_CALL_ID) return ++this.#lastCallId;
    this.#lost(new DisconnectedError("all of its call_ids are used"));
    throw this.#over ?? new TypeError("the association is not over");
  }
}

function connectionText(label: string, { peer, agreement }: ClientConnection): string {
  const { mechanism, user, assocGroup, multiplexed, headerSigning, maxFragment, context } = agreement;
  const logon = mechanism === null ? "no logon" : `${mechanism} as ${user ?? "nobody"}`;
  const calls = multiplexed ? "calls share it" : "one call at a time";
  const signing = headerSigning ? "headers signed" : "headers not signed";
  const agreed = [logon, `association group ${assocGroup}`, calls, signing, `fragments of ${maxFragment} bytes`];
  return `${peer}: connection ${label}: ${[...agreed, contextText(context)].join(", ")}`;
}

function contextText({ contextId, iface, transferSyntax }: AgreedContext): string {
  return `context ${contextId} is ${iface.name} in ${transferSyntax}`;
}

function unanswered(what: string, besideWaiting: boolean): DisconnectedError {
  if (besideWaiting)
    return new OneAtATimeError(`the server did not answer ${what} while another call waits on the same connection`, {
      hint: "it serves the calls of a connection one after the other: try connection.multiplex: false",
    });
  return new DisconnectedError(`the server did not answer ${what} in time`, {
    hint: "it may hang, or something on the way loses bytes without ending the connection",
  });
}
