import type { Guid } from "../../bytes/guid.js";
import { HRESULTS } from "../../pan/hresults.js";
import { NOTIFICATION_RELEASE } from "../../pan/types.js";
import { type Answer, ParkingPlace } from "../../rpc/server/answer.js";
import type { ChannelOrigin, Emit, RegistrationOrigin, Released } from "./events.js";
import type { Audience, Payload } from "./source.js";

/** What GetNotificationSendResponse returns; pChannel becomes NULL unless the channel stays `open` to this client. */
export interface SendResponseResults {
  readonly result: number;
  readonly open: boolean;
  readonly notification: Payload | null;
}

/** What a client says on a channel, by GetNotificationSendResponse or CloseChannel. */
export interface Response {
  /** NULL in the first GetNotificationSendResponse of a client. */
  readonly type: Guid | null;
  readonly data: Uint8Array;
}

/** One client's end of a channel: what its PNOTIFYOBJECT stands for ([MS-PAN] 2.2.5). */
export class ChannelEnd {
  readonly channel: Channel;
  readonly origin: ChannelOrigin;
  readonly handle: Guid;
  /** Told once the client has no use of its handle any more. */
  readonly gone: () => void;
  readonly parked = new ParkingPlace<SendResponseResults>();
  /** Whether the first GetNotificationSendResponse, the one that carries no response, has been called. */
  called = false;

  constructor(channel: Channel, origin: ChannelOrigin, handle: Guid, gone: () => void) {
    this.channel = channel;
    this.origin = origin;
    this.handle = handle;
    this.gone = gone;
  }
}

/** Open until the first client responds; acquired by that client; closed, and never to be acquired again. */
type ChannelState =
  | { readonly kind: "open"; readonly initial: Payload | null }
  | { readonly kind: "acquired"; readonly owner: ChannelEnd }
  | { readonly kind: "closed"; readonly owner: ChannelEnd | null };

const RELEASED: SendResponseResults = {
  result: HRESULTS.S_OK,
  open: false,
  notification: { type: NOTIFICATION_RELEASE, data: new Uint8Array(0) },
};

export interface ChannelOptions {
  readonly id: string;
  readonly audience: Audience;
  /** Bytes of a response that are accepted, 0x00A00000 unless a test says otherwise. */
  readonly maxResponse: number;
  /** Told once nobody can acquire the channel any more. */
  readonly taken: (channel: Channel) => void;
  readonly emit: Emit;
}

/** A Bidirectional Notification Channel of one notification source ([MS-PAN] 3.1.1.1, figure 7). */
export class Channel {
  readonly id: string;
  readonly audience: Audience;
  readonly #options: ChannelOptions;
  readonly #ends = new Set<ChannelEnd>();
  #state: ChannelState;

  /** `initial`: the first notification, held for every client until one of them acquires the channel (3.1.1.6.3). */
  constructor(options: ChannelOptions, initial: Uint8Array | null) {
    this.id = options.id;
    this.audience = options.audience;
    this.#options = options;
    this.#state = { kind: "open", initial: initial === null ? null : this.#payload(initial) };
  }

  get state(): ChannelState["kind"] {
    return this.#state.kind;
  }

  /** A client gets the channel returned by GetNewChannel, under this handle. */
  join(registration: RegistrationOrigin, handle: Guid, gone: () => void): ChannelEnd {
    const end = new ChannelEnd(this, { ...registration, channel: this.id }, handle, gone);
    this.#ends.add(end);
    return end;
  }

  /** [MS-PAN] 3.1.1.4.4. */
  sendResponse(end: ChannelEnd, response: Response, answer: Answer<SendResponseResults>): void {
    const refused = this.#refusal(end, response);
    if (refused !== null) return answer.give({ result: refused, open: true, notification: null });
    const first = !end.called;
    end.called = true;
    const state = this.#state;
    if (state.kind !== "open" && state.owner !== null && state.owner !== end) {
      if (!first) this.#reject(end, HRESULTS.S_CHANNEL_ACQUIRED);
      this.#drop(end);
      return answer.give(RELEASED);
    }
    if (state.kind === "closed") {
      this.#drop(end);
      return answer.give({ result: HRESULTS.CHANNEL_ALREADY_CLOSED, open: false, notification: null });
    }
    if (first && state.kind === "open" && state.initial !== null) return this.#hand(end, state.initial, answer);
    end.parked.park(answer);
    const { emit } = this.#options;
    emit({ ...end.origin, type: "client.waiting", method: "GetNotificationSendResponse" });
    if (!first) this.#acquire(end, "GetNotificationSendResponse", response.data);
  }

  /** [MS-PAN] 3.1.1.4.6; pChannel is NULL after it, whatever the result. */
  closeChannel(end: ChannelEnd, response: Response): number {
    const result = this.#close(end, response);
    if (result !== HRESULTS.S_OK) this.#reject(end, result);
    this.#drop(end);
    if (this.#state.kind === "acquired" && this.#state.owner === end) this.#end(end);
    end.parked.take()?.give(RELEASED);
    return result;
  }

  /** The client closed its last connection with this end still open. */
  leave(end: ChannelEnd): void {
    this.#release(end, "disconnected");
    this.#drop(end);
  }

  /** The source sends a notification ([MS-PAN] 3.1.1.6.3). Fails while the one before it awaits a response. */
  notify(data: Uint8Array): number {
    const state = this.#state;
    const payload = this.#payload(data);
    if (state.kind === "closed") return HRESULTS.CHANNEL_ALREADY_CLOSED;
    if (state.kind === "open") {
      if (state.initial !== null) return HRESULTS.CHANNEL_WAITING_FOR_CLIENT_NOTIFICATION;
      this.#state = { kind: "open", initial: payload };
      for (const end of this.#ends) this.#handParked(end, payload);
      return HRESULTS.S_OK;
    }
    return this.#handParked(state.owner, payload) ? HRESULTS.S_OK : HRESULTS.CHANNEL_WAITING_FOR_CLIENT_NOTIFICATION;
  }

  /** The source closes the channel ([MS-PAN] 3.1.1.6.4), with a final notification for those who wait or without. */
  close(final: Uint8Array | null = null): void {
    if (this.#state.kind === "closed") return;
    const last = final === null ? RELEASED : { ...RELEASED, notification: this.#payload(final) };
    this.#end(this.#state.kind === "acquired" ? this.#state.owner : null);
    for (const end of [...this.#ends]) {
      const answer = end.parked.take();
      if (answer === null) continue;
      this.#drop(end);
      answer.give(last);
    }
  }

  /** Why a GetNotificationSendResponse fails without any effect; null when it does not. */
  #refusal(end: ChannelEnd, response: Response): number | null {
    if (end.parked.occupied) return HRESULTS.ASYNC_CALL_ALREADY_PARKED;
    if (response.data.length > this.#options.maxResponse) return HRESULTS.MAX_NOTIFICATION_SIZE_EXCEEDED;
    if (end.called && response.type !== this.audience.type) return HRESULTS.INVALID_NOTIFICATION_TYPE;
    return null;
  }

  #close(end: ChannelEnd, { type, data }: Response): number {
    if (data.length > this.#options.maxResponse) return HRESULTS.MAX_NOTIFICATION_SIZE_EXCEEDED;
    if (type === NOTIFICATION_RELEASE) {
      this.#release(end, "released");
      return HRESULTS.S_OK;
    }
    if (type !== this.audience.type) return HRESULTS.INVALID_NOTIFICATION_TYPE;
    const state = this.#state;
    if (state.kind !== "open" && state.owner !== null && state.owner !== end) return HRESULTS.S_CHANNEL_ACQUIRED;
    if (state.kind === "closed") return HRESULTS.CHANNEL_ALREADY_CLOSED;
    this.#acquire(end, "CloseChannel", data);
    this.#end(end);
    return HRESULTS.S_OK;
  }

  /** The first client that responds has the channel; all others who wait are released ([MS-PAN] 3.1.1.4.4). */
  #acquire(end: ChannelEnd, via: "GetNotificationSendResponse" | "CloseChannel", data: Uint8Array): void {
    if (this.#state.kind === "open") {
      this.#state = { kind: "acquired", owner: end };
      this.#options.taken(this);
      for (const other of [...this.#ends]) {
        const answer = other === end ? null : other.parked.take();
        if (answer === null) continue;
        this.#drop(other);
        answer.give(RELEASED);
      }
    }
    this.#options.emit({ ...end.origin, type: "client.replied", via, data });
  }

  #release(end: ChannelEnd, reason: Released["reason"]): void {
    if (this.#state.kind === "acquired" && this.#state.owner === end) this.#end(end);
    this.#options.emit({ ...end.origin, type: "client.released", reason });
  }

  #reject(end: ChannelEnd, hresult: number): void {
    this.#options.emit({ ...end.origin, type: "client.rejected", hresult });
  }

  #end(owner: ChannelEnd | null): void {
    this.#state = { kind: "closed", owner };
    this.#options.taken(this);
  }

  #drop(end: ChannelEnd): void {
    if (this.#ends.delete(end)) end.gone();
  }

  #handParked(end: ChannelEnd, payload: Payload): boolean {
    const answer = end.parked.take();
    if (answer !== null) this.#hand(end, payload, answer);
    return answer !== null;
  }

  #hand(end: ChannelEnd, notification: Payload, answer: Answer<SendResponseResults>): void {
    answer.give({ result: HRESULTS.S_OK, open: true, notification });
    this.#options.emit({ ...end.origin, type: "client.received", bytes: notification.data.length });
  }

  #payload(data: Uint8Array): Payload {
    return { type: this.audience.type, data };
  }
}
