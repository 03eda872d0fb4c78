import { asPanwatchError, PanwatchError, TooLargeError } from "../errors.js";
import type { Guid } from "../bytes/guid.js";
import { hex32 } from "../bytes/hex.js";
import { isNullHandle, type ContextHandle } from "../ndr/types.js";
import type { Association } from "../rpc/association.js";
import { after, deferred } from "../waiting.js";
import * as idl from "./idl.js";
import { expectSuccess, hresultError, invoke } from "./invoke.js";
import { failed, HRESULTS, hresultName } from "./hresults.js";
import { checkSize, notificationTooLarge, STUB_OVERHEAD, type RawNotification } from "./raw-notification.js";
import { ASYNC_UI, MAX_RESPONSE_SIZE, NOTIFICATION_RELEASE } from "./types.js";

/** What a channel carries: the registered type, and the largest notification to take, in bytes. */
export interface ChannelOptions {
  readonly type: Guid;
  readonly maxSize: number;
}

/** What came of a wait on a channel. */
export type ChannelTurn =
  /** A notification that waits for an answer. */
  | { readonly kind: "notification"; readonly notification: RawNotification; readonly channel: HeldChannel }
  /** A last notification; the server closed the channel with it. */
  | { readonly kind: "final"; readonly notification: RawNotification }
  /** Another client was faster, before a notification was seen. */
  | { readonly kind: "acquired"; readonly reason: string }
  /** The server closed the channel. */
  | { readonly kind: "closed"; readonly reason: string };

/** What CloseChannel said to a final response. */
export interface CloseResult {
  /** The returned HRESULT: 0, or 0x00040010 where another client had acquired the channel. */
  readonly code: number;
  readonly accepted: boolean;
}

/** The ways to leave a channel whose notification waits for an answer. Exactly one of them is called, once. */
export interface HeldChannel {
  /**
   * Sends a response and waits for the next notification (GetNotificationSendResponse). Not for AsyncUI, whose only
   * response is a final one ([MS-PAN] 3.1.3.4.2).
   */
  respond(data: Uint8Array): Promise<ChannelTurn>;
  /** Sends the final response and closes the channel (CloseChannel). Never repeated: its error is final. */
  close(data: Uint8Array): Promise<CloseResult>;
  /** Closes the channel without an answer, so that another listener can give one. */
  release(): Promise<void>;
}

/**
 * How long CloseChannel may take, in milliseconds: with a reply it may run a driver's code inside the call. When its answer
 * is missing, the channel is over and nothing else.
 */
export const CLOSE_TIMEOUT_MS = 5 * 60 * 1000;

/** Where a channel stands ([MS-PAN] figures 10 and 11 with WIRE-NOTES' corrections). */
type State = "opened" | "waiting" | "held" | "closed";

/**
 * A notification channel ([MS-PAN] 2.2.5, 3.1.1.4.4, 3.1.1.4.6). `listen` first; what it gives carries the calls that
 * are valid next. A channel whose handle came back NULL is gone and is never closed by us.
 */
export class Channel {
  readonly #association: Association;
  readonly handle: ContextHandle;
  readonly #options: ChannelOptions;
  #state: State = "opened";
  readonly #ended = deferred();
  /** Resolves when the channel is closed, whoever closed it, and its CloseChannel answered. */
  readonly ended = this.#ended.promise;

  constructor(association: Association, handle: ContextHandle, options: ChannelOptions) {
    this.#association = association;
    this.handle = handle;
    this.#options = options;
  }

  /** Whether it is closed, or about to be. */
  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Waits for the first notification: the first call carries a NULL type and no data (3.1.1.4.4). */
  listen(): Promise<ChannelTurn> {
    return this.#turn(null, null);
  }

  /** Closes the channel with NOTIFICATION_RELEASE, also while a wait is parked; does nothing when it is closed. */
  async release(): Promise<void> {
    if (this.#state === "closed") return;
    expectSuccess(idl.closeChannel.name, await this.#close(NOTIFICATION_RELEASE, null));
  }

  /** `release`, with the error given instead of thrown: for leaving. */
  async abandon(): Promise<PanwatchError | null> {
    try {
      await this.release();
      return null;
    } catch (error) {
      if (error instanceof PanwatchError) return error;
      throw error;
    }
  }

  async #turn(type: Guid | null, data: Uint8Array | null): Promise<ChannelTurn> {
    const first = type === null;
    this.#state = "waiting";
    try {
      return await this.#receive(type, data, first);
    } catch (error) {
      await this.#leaveAfter(error);
      throw error;
    }
  }

  async #receive(type: Guid | null, response: Uint8Array | null, first: boolean): Promise<ChannelTurn> {
    const values = {
      pChannel: this.handle,
      pInNotificationType: type,
      InSize: response?.length ?? 0,
      pInNotificationData: response,
    };
    const method = idl.getNotificationSendResponse;
    const options = { maxStub: this.#options.maxSize + STUB_OVERHEAD };
    const out = await invoke(this.#association, idl.IRPCAsyncNotify, method, values, options).catch(
      (error: unknown) => {
        throw error instanceof TooLargeError ? this.#dropped(error) : error;
      },
    );
    const gone = isNullHandle(out.pChannel);
    if (gone) this.#closed();
    if (failed(out.result)) throw hresultError(method.name, out.result);
    const received = out.ppOutNotificationType;
    if (gone && (received === null || received === NOTIFICATION_RELEASE)) return whyGone(first, out.result);
    if (received === NOTIFICATION_RELEASE) {
      await this.release();
      return { kind: "closed", reason: "the server accepts no further communication" };
    }
    const data = out.ppOutNotificationData ?? new Uint8Array(0);
    const notification = { type: received ?? this.#options.type, data, result: out.result };
    checkSize(data, this.#options.maxSize);
    if (gone) return { kind: "final", notification };
    // What was released while it waited stays closed, although its wait has brought a notification.
    if (!this.isClosed) this.#state = "held";
    return { kind: "notification", notification, channel: this.#held() };
  }

  #held(): HeldChannel {
    return {
      respond: (data) => this.#respond(data),
      close: (data) => this.#answer(data),
      release: () => this.release(),
    };
  }

  async #respond(data: Uint8Array): Promise<ChannelTurn> {
    this.#expectHeld();
    if (this.#options.type === ASYNC_UI) {
      throw new PanwatchError("reply", "an AsyncUI notification is answered by closing its channel, not by a response");
    }
    checkResponse(data);
    return this.#turn(this.#options.type, data);
  }

  async #answer(data: Uint8Array): Promise<CloseResult> {
    this.#expectHeld();
    checkResponse(data);
    const code = await this.#close(this.#options.type, data);
    expectSuccess(idl.closeChannel.name, code);
    return { code, accepted: code !== HRESULTS.S_CHANNEL_ACQUIRED };
  }

  async #close(type: Guid, data: Uint8Array | null): Promise<number> {
    this.#state = "closed";
    const values = {
      pChannel: this.handle,
      pInNotificationType: type,
      InSize: data?.length ?? 0,
      pReason: data,
    };
    const giveUp = new AbortController();
    using _ = after(CLOSE_TIMEOUT_MS, () => giveUp.abort(closeUnanswered()));
    const { signal } = giveUp;
    try {
      return (await invoke(this.#association, idl.IRPCAsyncNotify, idl.closeChannel, values, { signal })).result;
    } finally {
      this.#closed();
    }
  }

  /** The answer was too large to be taken; its head tells the notification's size, and whether the channel is gone. */
  #dropped(error: TooLargeError): TooLargeError {
    if (error.head.length >= 20 && error.head.subarray(0, 20).every((byte) => byte === 0)) this.#closed();
    const syntax = this.#association.transferSyntax(idl.IRPCAsyncNotify);
    return notificationTooLarge(error, this.#options.maxSize, "getNotificationSendResponse", syntax);
  }

  /** After a failed wait the channel is closed, unless it came back NULL ([MS-PAN] 3.1.1.4.4). */
  async #leaveAfter(error: unknown): Promise<void> {
    if (asPanwatchError(error).isAnswer) await this.abandon();
    else this.#closed();
  }

  #expectHeld(): void {
    if (this.#state !== "held")
      throw new PanwatchError("reply", `the channel cannot be answered: it is ${this.#state}`);
  }

  #closed(): void {
    this.#state = "closed";
    this.#ended.resolve();
  }
}

function closeUnanswered(): PanwatchError {
  const text = `the server did not answer CloseChannel within ${CLOSE_TIMEOUT_MS / 60_000} minutes`;
  return new PanwatchError("timeout", text, { hint: "a printer driver on the server may hang in the call" });
}

function checkResponse(data: Uint8Array): void {
  if (data.length <= MAX_RESPONSE_SIZE) return;
  const text = `the response has ${data.length} bytes; a server takes at most ${MAX_RESPONSE_SIZE}`;
  throw new PanwatchError("reply", text);
}

/** A NULL channel without data: before a notification was seen it was acquired, later it was closed (figures 10, 11). */
function whyGone(first: boolean, result: number): ChannelTurn {
  const told = result === 0 ? "" : ` (${hex32(result)} ${hresultName(result)})`;
  if (first && result !== HRESULTS.S_CHANNEL_CLOSED_BY_SERVER) {
    return { kind: "acquired", reason: `taken before its notification was seen${told}` };
  }
  return { kind: "closed", reason: `closed by the server${told}` };
}
