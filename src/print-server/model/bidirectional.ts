import { HRESULTS } from "../../pan/hresults.js";
import { type Answer, ParkingPlace } from "../../rpc/server/answer.js";
import type { Channel, ChannelEnd } from "./channel.js";
import type { Emit, RegistrationOrigin } from "./events.js";

/** What GetNewChannel returns; no channels for a failure. */
export interface NewChannelResults {
  readonly result: number;
  readonly channels: readonly ChannelEnd[];
}

/** A Client Registration for channels, with its queue of channels not yet returned to it ([MS-PAN] 3.1.1.1). */
export class BidirectionalRegistration {
  readonly style = "bidi";
  readonly origin: RegistrationOrigin;
  readonly #emit: Emit;
  /** Makes this client's end of a channel, with a context handle of its own; null when it holds too many. */
  readonly #join: (channel: Channel) => ChannelEnd | null;
  readonly #queue = new Set<Channel>();
  readonly #poll = new ParkingPlace<NewChannelResults>();
  #terminated = false;

  constructor(origin: RegistrationOrigin, join: (channel: Channel) => ChannelEnd | null, emit: Emit) {
    this.origin = origin;
    this.#join = join;
    this.#emit = emit;
  }

  /** A source opened this channel: the parked call returns it, or the next one does. */
  offer(channel: Channel): void {
    this.#queue.add(channel);
    const poll = this.#poll.take();
    if (poll !== null) this.#handAll(poll);
  }

  /** The channel was acquired or closed before this client had it returned. */
  withdraw(channel: Channel): void {
    this.#queue.delete(channel);
  }

  /**
   * [MS-PAN] 3.1.1.4.3: all channels not yet acquired, or the next one that is opened. Those for which the client has no room come
   * later, and where it has none at all the result is 0x8007000E.
   */
  getNewChannel(answer: Answer<NewChannelResults>): void {
    if (this.#terminated) return answer.give(failure(HRESULTS.RPC_S_CALL_CANCELLED));
    if (this.#poll.occupied) return answer.give(failure(HRESULTS.ASYNC_CALL_ALREADY_PARKED));
    if (this.#queue.size > 0) return this.#handAll(answer);
    this.#poll.park(answer);
    this.#emit({ ...this.origin, type: "client.waiting", method: "GetNewChannel", channel: null });
  }

  /** Incoming channels are terminated: the parked call and all later ones fail ([MS-PAN] 3.1.1.4.3). */
  terminate(): void {
    this.#terminated = true;
    this.#queue.clear();
    this.#poll.take()?.give(failure(HRESULTS.RPC_S_CALL_CANCELLED));
  }

  #handAll(answer: Answer<NewChannelResults>): void {
    const channels: ChannelEnd[] = [];
    for (const channel of this.#queue) {
      const end = this.#join(channel);
      if (end === null) break;
      this.#queue.delete(channel);
      channels.push(end);
    }
    if (channels.length === 0) return answer.give(failure(HRESULTS.E_OUTOFMEMORY));
    answer.give({ result: HRESULTS.S_OK, channels });
    for (const { channel } of channels) this.#emit({ ...this.origin, type: "client.opened", channel: channel.id });
  }
}

function failure(result: number): NewChannelResults {
  return { result, channels: [] };
}
