import { HRESULTS } from "../../pan/hresults.js";
import { type Answer, ParkingPlace } from "../../rpc/server/answer.js";
import type { Emit, RegistrationOrigin } from "./events.js";
import type { Payload } from "./source.js";
import { USER_LIMITS, type UserLoad } from "./user-load.js";

/** What GetNotification returns; `notification` is null for a failure. */
export interface NotificationResults {
  readonly result: number;
  readonly notification: Payload | null;
}

/** A Client Registration for unidirectional notifications, with its queue of unreturned ones ([MS-PAN] 3.1.1.1). */
export class UnidirectionalRegistration {
  readonly style = "uni";
  readonly origin: RegistrationOrigin;
  readonly #emit: Emit;
  readonly #queueLimit: number;
  readonly #load: UserLoad;
  readonly #queue: Payload[] = [];
  readonly #poll = new ParkingPlace<NotificationResults>();
  #terminated = false;

  /** What is queued counts against `load`, with everything else of this user. */
  constructor(origin: RegistrationOrigin, queueLimit: number, load: UserLoad, emit: Emit) {
    this.#load = load;
    this.origin = origin;
    this.#queueLimit = queueLimit;
    this.#emit = emit;
  }

  /**
   * Answers the parked call, or queues; false when the queue is full (note 10), or the user leaves too much unasked for or unread, and
   * the notification is lost.
   */
  deliver(notification: Payload): boolean {
    const { length } = notification.data;
    if (this.#load.queuedBytes + length > USER_LIMITS.queuedBytes) return false;
    const poll = this.#poll.take();
    if (poll !== null) {
      this.#hand(notification, poll);
      return true;
    }
    if (this.#queue.length >= this.#queueLimit) return false;
    this.#load.queuedBytes += length;
    this.#queue.push(notification);
    return true;
  }

  /** [MS-PAN] 3.1.1.4.5: the oldest queued notification at once, or the next one when it is raised. */
  getNotification(answer: Answer<NotificationResults>): void {
    if (this.#terminated) return answer.give(failure(HRESULTS.RPC_S_CALL_CANCELLED));
    if (this.#poll.occupied) return answer.give(failure(HRESULTS.ASYNC_CALL_ALREADY_PARKED));
    const notification = this.#queue.shift();
    if (notification !== undefined) {
      this.#load.queuedBytes -= notification.data.length;
      return this.#hand(notification, answer);
    }
    this.#poll.park(answer);
    this.#emit({ ...this.origin, type: "client.waiting", method: "GetNotification", channel: null });
  }

  /** Incoming notifications are terminated: the parked call and all later ones fail ([MS-PAN] 3.1.1.4.5). */
  terminate(): void {
    this.#terminated = true;
    for (const { data } of this.#queue.splice(0)) this.#load.queuedBytes -= data.length;
    this.#poll.take()?.give(failure(HRESULTS.RPC_S_CALL_CANCELLED));
  }

  /** The remote object is deleted while registered: the parked call returns this ([MS-PAN] 3.1.1.4.5). */
  release(notification: Payload): void {
    this.#poll.take()?.give({ result: HRESULTS.S_OK, notification });
    this.terminate();
  }

  #hand(notification: Payload, answer: Answer<NotificationResults>): void {
    answer.give({ result: HRESULTS.S_OK, notification });
    this.#emit({ ...this.origin, type: "client.received", channel: null, bytes: notification.data.length });
  }
}

function failure(result: number): NotificationResults {
  return { result, notification: null };
}
