import type { Guid } from "../bytes/guid.js";
import { HresultError } from "../errors.js";
import { HRESULTS } from "../pan/hresults.js";
import { mapperEndpoint, panEndpoint } from "./endpoints.js";
import type { Client } from "./model/client.js";
import type { ClientEvent } from "./model/events.js";
import { DEFAULT_LIMITS, PanModel } from "./model/model.js";
import type { Delivery } from "./model/source.js";
import type { PrintServerOptions } from "./options.js";
import { type FailingMethod, MethodOverrides } from "./overrides.js";
import type { AssociationOwner } from "../rpc/server/associations.js";
import { RpcPort } from "./port.js";

/** What a notification source raises, and for whom ([MS-PAN] 3.1.1.6). */
export interface Raised<Data = Uint8Array> {
  /** The notification type, `ASYNC_UI` or another. */
  readonly type: Guid;
  /** The bytes as they go to clients; must not be changed any more. */
  readonly data: Data;
  /** The queue it is about; left out or null for the server, which reaches registrations for any queue. */
  readonly printer?: string | null;
  /** The only user it is meant for; left out or null for all users. */
  readonly user?: string | null;
}

/** A channel that was opened to clients: what its notification source does with it. */
export interface ServerChannel {
  readonly id: string;
  readonly state: "open" | "acquired" | "closed";
  /** How many registrations it was offered to when it was opened; those that come later get it too. */
  readonly delivered: number;
  /** Sends a notification: the first, or one that answers a response. 0, or the HRESULT why it cannot be sent. */
  notify(data: Uint8Array): number;
  /** Closes the channel, with a final notification for those who wait on it or without. */
  close(final?: Uint8Array | null): void;
}

type EventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { readonly type: Type }>;

/** A print server with the whole of [MS-PAN]'s server role, over TCP with NTLM, as demos, tests and benches need it. */
export class PrintServer implements AsyncDisposable {
  readonly #model: PanModel;
  readonly #overrides: MethodOverrides;
  readonly #listeners: Set<(event: ClientEvent) => void>;
  readonly #pan: RpcPort<Client>;
  readonly #mapper: RpcPort<AssociationOwner> | null;

  /** Listens. Rejects with the system's error when a port cannot be had. */
  static async start(options: PrintServerOptions): Promise<PrintServer> {
    const { listen: host = "127.0.0.1", port = 0, epmPort = null, maxConnections = 1000 } = options;
    const listeners = new Set<(event: ClientEvent) => void>();
    const emit = (event: ClientEvent): void => listeners.forEach((listener) => listener(event));
    const model = new PanModel({
      printers: options.printers ?? null,
      admins: options.admins ?? [],
      ...DEFAULT_LIMITS,
      queueLimit: options.queueLimit ?? DEFAULT_LIMITS.queueLimit,
      maxRegistrations: options.maxRegistrations ?? DEFAULT_LIMITS.maxRegistrations,
      emit,
    });
    const overrides = new MethodOverrides();
    const override = (method: string): number | null => overrides.take(method);
    const onBug = options.onBug ?? rethrow;
    const endpoint = panEndpoint({ options, model, override, emit, onBug });
    const pan = await RpcPort.listen({ host, port, maxConnections, endpoint });
    try {
      const mapper =
        epmPort === null
          ? null
          : await RpcPort.listen({
              host,
              port: epmPort,
              maxConnections,
              endpoint: mapperEndpoint(pan, options, onBug),
            });
      return new PrintServer(model, overrides, listeners, pan, mapper);
    } catch (error) {
      await pan.close();
      throw error;
    }
  }

  private constructor(
    model: PanModel,
    overrides: MethodOverrides,
    listeners: Set<(event: ClientEvent) => void>,
    pan: RpcPort<Client>,
    mapper: RpcPort<AssociationOwner> | null,
  ) {
    this.#model = model;
    this.#overrides = overrides;
    this.#listeners = listeners;
    this.#pan = pan;
    this.#mapper = mapper;
  }

  get address(): string {
    return this.#pan.address;
  }

  get port(): number {
    return this.#pan.port;
  }

  /** The port of the endpoint mapper; null without one. */
  get epmPort(): number | null {
    return this.#mapper?.port ?? null;
  }

  /** What clients hold at this moment. */
  get load(): { readonly connections: number; readonly registrations: number; readonly openChannels: number } {
    const { registrations, openChannels } = this.#model;
    return { connections: this.#pan.connections, registrations, openChannels };
  }

  /** Takes queues away and adds others, from now on; registrations for those that are gone stay as they are. */
  setPrinters(names: readonly string[]): void {
    this.#model.printers = names;
  }

  /** Whether clients can register for a queue of this name. */
  hasPrinter(name: string): boolean {
    return this.#model.hasPrinter(name);
  }

  /** Raises a notification in unidirectional mode. */
  notify({ type, data, printer = null, user = null }: Raised): Delivery {
    return this.#model.notify({ type, printer, user }, data);
  }

  /**
   * Opens a bidirectional channel, with its initial notification or (null) to be notified later. Throws an HresultError
   * (0x80040016) when too many are open.
   */
  openChannel({ type, data, printer = null, user = null }: Raised<Uint8Array | null>): ServerChannel {
    const opened = this.#model.open({ type, printer, user }, data);
    if (opened === null)
      throw new HresultError("open", HRESULTS.MAX_CHANNEL_COUNT_EXCEEDED, "too many channels await a client's reply");
    const { channel, delivered } = opened;
    return {
      id: channel.id,
      delivered,
      get state() {
        return channel.state;
      },
      notify: (next) => channel.notify(next),
      close: (final = null) => channel.close(final),
    };
  }

  /** Tells the listener everything that clients do; the result ends that. */
  on(listener: (event: ClientEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The next event of a type, from now on. */
  next<Type extends ClientEvent["type"]>(
    type: Type,
    matches: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    return new Promise((resolve) => {
      const stop = this.on((event) => {
        if (event.type !== type || !matches(event as EventOf<Type>)) return;
        stop();
        resolve(event as EventOf<Type>);
      });
    });
  }

  /** What a spooler says that shuts down: parked calls and all later ones end with 0x8007071A ([MS-PAN] 3.1.1.4.5). */
  terminate(): void {
    this.#model.terminate();
  }

  /** Cuts all connections without a word. */
  dropConnections(): void {
    this.#pan.dropConnections("at once");
  }

  /** The next `times` calls of a method return this HRESULT and do nothing. */
  failNext(method: FailingMethod, hresult: number, times = 1): void {
    this.#overrides.failNext(method, hresult, times);
  }

  /** Terminates all notifications, and ends all connections. */
  async close(): Promise<void> {
    this.terminate();
    await Promise.all([this.#pan.close(), this.#mapper?.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A bug must be seen: it ends the process unless somebody has asked to be told. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
