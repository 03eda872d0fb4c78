import { DisconnectedError, PanwatchError } from "../errors.js";
import { decodeResponse, encodeRequest, type InOf, type Method, type OutOf } from "../ndr/method.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import type { AuthLevel, MechanismName, SecurityContext } from "../security/context.js";
import { callAbortError } from "./abort.js";
import { AnswerGuard } from "./answer-guard.js";
import { ClientConnection, type WhenAborted } from "./client-connection.js";
import type { RpcInterface } from "./interface.js";
import type { Link } from "./link.js";
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
  readonly interfaces: readonly RpcInterface[];
  /** In order of preference; the server chooses. */
  readonly transferSyntaxes: readonly TransferSyntax[];
  /**
   * Bounds the opening of each connection, begun when it is dialled, after its credentials were found; each pause in the
   * middle of a PDU; and the answers of prompt calls.
   */
  readonly deadline: () => AbortSignal;
  readonly tracer?: PduTracer | undefined;
}

/** What was agreed on with the server. */
export interface AssociationInfo {
  /** Null without security. */
  readonly mechanism: MechanismName | null;
  readonly user: string | null;
  readonly level: AuthLevel;
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
  /** What giving up does on the wire; `detach` when not given. */
  readonly whenAborted?: WhenAborted | undefined;
  /** The method never waits for anything: when its answer is not there in time, the association is over. */
  readonly prompt?: boolean | undefined;
}

/** Room for the largest notification that any client takes by default, and what stands around it. */
const DEFAULT_MAX_STUB = 16 * 1024 * 1024 + 4096;
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
  readonly #options: AssociationOptions;
  readonly #connections = new Set<ClientConnection>();
  readonly #prompt: AnswerGuard;
  #assocGroup = 0;
  #lastCallId = 0;
  #opened = 0;
  #info: AssociationInfo | null = null;
  /** Why no further call is possible; null while it is. */
  #over: PanwatchError | null = null;
  #resolveClosed: (error: PanwatchError | null) => void = () => undefined;

  private constructor(options: AssociationOptions) {
    this.#options = options;
    this.#prompt = new AnswerGuard(options.deadline, (what) => this.#lost(unanswered(what)));
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  /**
   * Opens the first connection, binds the interfaces and logs on. Throws UnreachableError, AuthenticationError,
   * NoInterfaceError, ProtocolError, and what `dial` and `security` throw.
   */
  static async open(options: AssociationOptions): Promise<Association> {
    const association = new Association(options);
    const { agreement } = await association.#connect();
    const [context] = agreement.presentation.contexts;
    if (context === undefined) throw new RangeError("an association needs an interface");
    association.#info = {
      mechanism: agreement.mechanism,
      user: agreement.user,
      level: options.level,
      transferSyntax: context.transferSyntax,
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

  /**
   * Calls a method and gives its out parameters; on a free connection the request is sent before this returns. Throws
   * FaultError, DisconnectedError, TooLargeError, DecodeError, IntegrityError, ProtocolError, what opening a further connection
   * throws, and the abort error of `signal`.
   */
  async call<M extends Method>(
    iface: RpcInterface,
    method: M,
    values: InOf<M>,
    { signal, maxStub = DEFAULT_MAX_STUB, whenAborted, prompt = false }: CallOptions = {},
  ): Promise<OutOf<M>> {
    // Another call may take a new connection first. Nothing may be awaited between choosing one and sending on it.
    let connection = this.#free();
    while (connection === undefined) {
      await abortable(this.#connect(), method.name, signal);
      connection = this.#free();
    }
    const context = contextOf(connection, iface);
    const { name: what, opnum } = method;
    const stub = encodeRequest(method, context.transferSyntax, values);
    const answer = connection.call({ context, opnum, stub, what, maxStub, signal, whenAborted });
    const response = prompt ? this.#prompt.expect(what, answer) : answer;
    return decodeResponse(method, context.transferSyntax, await response);
  }

  /** Closes all connections, after what was sent: the server runs down every handle. Pending calls fail. */
  close(): void {
    if (this.#over !== null) return;
    this.#over = new DisconnectedError("the association was closed");
    for (const connection of this.#connections) connection.close();
    this.#resolveClosed(null);
  }

  /** A connection that can take a call now. */
  #free(): ClientConnection | undefined {
    if (this.#over !== null) throw this.#over;
    return [...this.#connections].find((connection) => connection.free);
  }

  async #connect(): Promise<ClientConnection> {
    const { dial, deadline, tracer, interfaces, transferSyntaxes, security, level } = this.#options;
    const logon = await LogonExchange.begin(security === null ? null : await security(), level);
    const signal = deadline();
    const link = await dial(signal);
    const label = `${++this.#opened}`;
    const nextCallId = (): number => this.#nextCallId();
    const assocGroup = this.#assocGroup;
    const options = { interfaces, transferSyntaxes, logon, assocGroup, label, nextCallId, deadline, tracer };
    const connection = await ClientConnection.bind(link, options, signal);
    if (this.#over !== null) {
      connection.close();
      throw this.#over;
    }
    this.#assocGroup = connection.agreement.assocGroup;
    this.#connections.add(connection);
    void connection.closed.then((error) => this.#lost(error));
    return connection;
  }

  #lost(error: PanwatchError | null): void {
    if (this.#over !== null) return;
    const text = error === null ? "the connection was closed" : error.message;
    this.#over = new DisconnectedError(`the association with the server is over: ${text}`, { cause: error });
    for (const connection of this.#connections) connection.destroy(this.#over);
    this.#resolveClosed(error ?? this.#over);
  }

  #nextCallId(): number {
    if (this.#lastCallId === LAST_CALL_ID) throw new DisconnectedError("the association has used all of its call_ids");
    return ++this.#lastCallId;
  }
}

function unanswered(what: string): DisconnectedError {
  return new DisconnectedError(`the server did not answer ${what} in time`, {
    hint: "it may hang, or something on the way loses bytes without ending the connection",
  });
}

function contextOf(connection: ClientConnection, iface: RpcInterface): AgreedContext {
  const context = connection.agreement.presentation.contexts.find((agreed) => agreed.iface.uuid === iface.uuid);
  if (context === undefined) throw new TypeError(`the association was not opened for ${iface.name}`);
  return context;
}

/** Waits for `promise`, but not beyond the abort of `signal`; it then goes on unattended. */
async function abortable<T>(promise: Promise<T>, what: string, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(callAbortError(signal, what));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
