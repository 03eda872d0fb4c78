import { randomUUID } from "node:crypto";
import type { Guid } from "../../bytes/guid.js";
import { HRESULTS } from "../../pan/hresults.js";
import { FAULTS } from "../../rpc/server/faults.js";
import type { Answer } from "../../rpc/server/answer.js";
import { BidirectionalRegistration, type NewChannelResults } from "./bidirectional.js";
import type { Channel, ChannelEnd, Response, SendResponseResults } from "./channel.js";
import type { Emit, EventOrigin, LeftOver, RegistrationOrigin, Unregistered } from "./events.js";
import type { PanModel } from "./model.js";
import type { RegistrationRequest } from "./registration-parameters.js";
import { type Registration, RemoteObject } from "./remote-object.js";
import { USER_LIMITS, type UserLoad } from "./user-load.js";
import { type NotificationResults, UnidirectionalRegistration } from "./unidirectional.js";

/**
 * A client of the server: the association group that owns its context handles ([MS-RPCE] 3.3.1.4.1). The eight methods of
 * [MS-PAN] 3.1.1.4 and 3.1.2.4, by context handle; a handle that this client does not hold is answered with a fault.
 */
export class Client {
  readonly number: number;
  /** The Current Authenticated User ([MS-PAN] 3.1.1.1): all connections of a client log on as the same one. */
  user: string | null = null;
  readonly #model: PanModel;
  readonly #emit: Emit;
  readonly #objects = new Map<Guid, RemoteObject>();
  readonly #ends = new Map<Guid, ChannelEnd>();

  constructor(model: PanModel, number: number) {
    this.#model = model;
    this.#emit = model.options.emit;
    this.number = number;
  }

  get origin(): EventOrigin {
    return { client: this.number, user: this.user };
  }

  /** [MS-PAN] 3.1.2.4.1: the new handle, or null when the client holds too many. */
  create(answer: Answer<{ readonly result: number; readonly handle: Guid | null }>): void {
    if (this.#full) return answer.give({ result: HRESULTS.E_OUTOFMEMORY, handle: null });
    const handle = randomUUID();
    this.#objects.set(handle, new RemoteObject(handle));
    this.#load.handles++;
    answer.give({ result: HRESULTS.S_OK, handle });
  }

  /** [MS-PAN] 3.1.2.4.2. */
  delete(handle: Guid, answer: Answer<null>): void {
    const object = this.#objects.get(handle);
    if (object === undefined) return answer.fault(FAULTS.contextMismatch);
    this.#deleteObject(object, "deleted");
    answer.give(null);
  }

  /** [MS-PAN] 3.1.1.4.1. */
  register(handle: Guid, request: RegistrationRequest, answer: Answer<number>): void {
    const object = this.#objects.get(handle);
    if (object === undefined) return answer.fault(FAULTS.contextMismatch);
    if (object.registration !== null) return answer.give(HRESULTS.ALREADY_REGISTERED);
    const origin = this.#model.admit(this.origin, request);
    if (typeof origin === "number") {
      answer.give(origin);
      this.#emit({ ...this.origin, type: "client.refused", printer: request.pName, hresult: origin });
      return;
    }
    const registration = this.#registration(origin);
    object.register(registration);
    this.#model.add(registration);
    answer.give(HRESULTS.S_OK);
    this.#emit({ ...origin, type: "client.registered" });
  }

  /** [MS-PAN] 3.1.1.4.2. */
  unregister(handle: Guid, answer: Answer<number>): void {
    const object = this.#objects.get(handle);
    if (object === undefined) return answer.fault(FAULTS.contextMismatch);
    const { registration } = object;
    answer.give(object.unregister());
    if (registration !== null) this.#forget(registration, "unregistered");
  }

  /** [MS-PAN] 3.1.1.4.5. */
  getNotification(handle: Guid, answer: Answer<NotificationResults>): void {
    const object = this.#objects.get(handle);
    if (object === undefined) answer.fault(FAULTS.contextMismatch);
    else object.getNotification(answer);
  }

  /** [MS-PAN] 3.1.1.4.3. */
  getNewChannel(handle: Guid, answer: Answer<NewChannelResults>): void {
    const object = this.#objects.get(handle);
    if (object === undefined) answer.fault(FAULTS.contextMismatch);
    else object.getNewChannel(answer);
  }

  /** [MS-PAN] 3.1.1.4.4. */
  sendResponse(handle: Guid, response: Response, answer: Answer<SendResponseResults>): void {
    const end = this.#ends.get(handle);
    if (end === undefined) answer.fault(FAULTS.contextMismatch);
    else end.channel.sendResponse(end, response, answer);
  }

  /** [MS-PAN] 3.1.1.4.6. */
  closeChannel(handle: Guid, response: Response, answer: Answer<number>): void {
    const end = this.#ends.get(handle);
    if (end === undefined) answer.fault(FAULTS.contextMismatch);
    else answer.give(end.channel.closeChannel(end, response));
  }

  /** What was sent and is not read counts as what is queued does. */
  unread(change: number): void {
    this.#load.queuedBytes += change;
  }

  /** The last connection of the association closed: everything it held is run down ([MS-RPCE] 3.3.1.4.1). */
  rundown(): LeftOver {
    const objects = [...this.#objects.values()];
    const ends = [...this.#ends.values()];
    const registrations = objects.filter((object) => object.registration !== null).length;
    for (const end of ends) end.channel.leave(end);
    for (const object of objects) this.#deleteObject(object, "disconnected");
    const left = { registrations, objects: objects.length, channels: ends.length };
    this.#emit({ ...this.origin, type: "client.disconnected", left });
    return left;
  }

  /** Too many handles are 0x8007000E. */
  get #full(): boolean {
    return this.#load.handles >= USER_LIMITS.handles;
  }

  get #load(): UserLoad {
    return this.#model.loads.of(this.user);
  }

  #registration(origin: RegistrationOrigin): Registration {
    if (origin.style === "uni")
      return new UnidirectionalRegistration(origin, this.#model.options.queueLimit, this.#load, this.#emit);
    return new BidirectionalRegistration(origin, (channel) => this.#join(channel, origin), this.#emit);
  }

  /** The client's end of a channel; null when it holds too many handles. */
  #join(channel: Channel, origin: RegistrationOrigin): ChannelEnd | null {
    if (this.#full) return null;
    const handle = randomUUID();
    const end = channel.join(origin, handle, () => {
      if (this.#ends.delete(handle)) this.#load.handles--;
    });
    this.#ends.set(handle, end);
    this.#load.handles++;
    return end;
  }

  #deleteObject(object: RemoteObject, reason: Unregistered["reason"]): void {
    const { registration } = object;
    if (this.#objects.delete(object.handle)) this.#load.handles--;
    object.delete();
    if (registration !== null) this.#forget(registration, reason);
  }

  #forget(registration: Registration, reason: Unregistered["reason"]): void {
    this.#model.remove(registration);
    this.#emit({ ...registration.origin, type: "client.unregistered", reason });
  }
}
