import { stylesOf } from "../../notifications/notification-types.js";
import { HRESULTS } from "../../pan/hresults.js";
import {
  ALL_USERS,
  BIDIRECTIONAL,
  MAX_RESPONSE_SIZE,
  NOTIFICATION_QUEUE_LIMIT,
  NOTIFICATION_RELEASE,
  PER_USER,
  UNIDIRECTIONAL,
} from "../../pan/types.js";
import { sameAccount } from "./accounts.js";
import { Channel } from "./channel.js";
import type { Emit, EventOrigin, RegistrationOrigin } from "./events.js";
import { isMeantFor, queueOf, type RegistrationRequest, sameQueue } from "./registration-parameters.js";
import type { Registration } from "./remote-object.js";
import { USER_LIMITS, UserLoads } from "./user-load.js";
import type { Audience, Delivery } from "./source.js";

export interface ModelOptions {
  /** The queues to begin with; null takes registrations for any name. */
  readonly printers: readonly string[] | null;
  /** Accounts that may register for all users. */
  readonly admins: readonly string[];
  /** Notifications queued for a client that has no call parked; Windows holds 100 ([MS-PAN] note 10). */
  readonly queueLimit: number;
  readonly maxRegistrations: number;
  /** Channels that may be open, acquired by nobody, at the same time. */
  readonly maxChannels: number;
  /** Bytes of a response; 0x00A00000 ([MS-PAN] 3.1.1.4.4). */
  readonly maxResponse: number;
  readonly emit: Emit;
}

export const DEFAULT_LIMITS = {
  queueLimit: NOTIFICATION_QUEUE_LIMIT,
  maxRegistrations: 10_000,
  maxChannels: 10_000,
  maxResponse: MAX_RESPONSE_SIZE,
} as const;

/** UTF-16 units of a name to register for: 1 KiB. */
const LONGEST_NAME = 512;

/** The abstract data model of [MS-PAN] 3.1.1.1: all registrations and channels of a server, and its sources' events. */
export class PanModel {
  readonly options: ModelOptions;
  /** The queues that there are now; null takes registrations for any name. */
  printers: readonly string[] | null;
  readonly loads = new UserLoads();
  readonly #registrations = new Set<Registration>();
  readonly #channels = new Set<Channel>();
  #registrationCount = 0;
  #channelCount = 0;

  constructor(options: ModelOptions) {
    this.options = options;
    this.printers = options.printers;
  }

  get registrations(): number {
    return this.#registrations.size;
  }

  /** Channels that nobody has acquired or closed. */
  get openChannels(): number {
    return this.#channels.size;
  }

  /** Whether there is a queue of this name. */
  hasPrinter(name: string): boolean {
    return this.printers === null || this.printers.some((printer) => sameQueue(printer, name));
  }

  /** Checks what a client registers for: where it comes from when all is well, else the HRESULT ([MS-PAN] 3.1.1.4.1). */
  admit(client: EventOrigin, request: RegistrationRequest): RegistrationOrigin | number {
    const problem = requestProblem(request);
    if (problem !== null) return problem;
    const { notificationType, notifyFilter, conversationStyle } = request;
    const allUsers = notifyFilter === ALL_USERS;
    if ((request.pName?.length ?? 0) > LONGEST_NAME) return HRESULTS.ERROR_INVALID_NAME;
    const printer = request.pName === null ? null : queueOf(request.pName);
    if (printer === undefined || (printer !== null && !this.hasPrinter(printer))) return HRESULTS.ERROR_INVALID_NAME;
    if (allUsers && !this.#isAdmin(client.user)) return HRESULTS.E_ACCESSDENIED;
    const { registrations } = this.loads.of(client.user);
    if (this.#registrations.size >= this.options.maxRegistrations || registrations >= USER_LIMITS.registrations)
      return HRESULTS.ERROR_NOT_READY;
    return {
      ...client,
      registration: ++this.#registrationCount,
      printer,
      notificationType,
      style: conversationStyle === BIDIRECTIONAL ? "bidi" : "uni",
      userFilter: allUsers ? "all-users" : "per-user",
    };
  }

  /** A registration begins; it is offered the channels that are already open ([MS-PAN] 3.1.1.4.3). */
  add(registration: Registration): void {
    this.#registrations.add(registration);
    this.loads.of(registration.origin.user).registrations++;
    if (registration.style === "uni") return;
    for (const channel of this.#channels)
      if (isMeantFor(registration.origin, channel.audience)) registration.offer(channel);
  }

  remove(registration: Registration): void {
    if (this.#registrations.delete(registration)) this.loads.of(registration.origin.user).registrations--;
  }

  /** Unidirectional Notification Generated ([MS-PAN] 3.1.1.6.1); without registrations it is discarded (3.1.1.4.5). */
  notify(audience: Audience, data: Uint8Array): Delivery {
    const payload = { type: audience.type, data };
    let delivered = 0;
    let lost = 0;
    for (const registration of this.#registrations) {
      if (registration.style === "bidi" || !isMeantFor(registration.origin, audience)) continue;
      if (registration.deliver(payload)) delivered++;
      else lost++;
    }
    return { delivered, lost };
  }

  /**
   * Bidirectional Notification Channel Opened ([MS-PAN] 3.1.1.6.2), with its initial notification or without; the number
   * of registrations it is offered to now. Null when too many channels are open (0x80040016).
   */
  open(audience: Audience, initial: Uint8Array | null): { channel: Channel; delivered: number } | null {
    if (this.#channels.size >= this.options.maxChannels) return null;
    const { maxResponse, emit } = this.options;
    const id = `c${++this.#channelCount}`;
    const taken = (channel: Channel): void => this.#taken(channel);
    const channel = new Channel({ id, audience, maxResponse, taken, emit }, initial);
    this.#channels.add(channel);
    let delivered = 0;
    for (const registration of this.#registrations) {
      if (registration.style === "uni" || !isMeantFor(registration.origin, audience)) continue;
      registration.offer(channel);
      delivered++;
    }
    return { channel, delivered };
  }

  /** What a server that shuts down says: parked calls and all later ones end with 0x8007071A, channels are closed. */
  terminate(): void {
    for (const registration of this.#registrations) registration.terminate();
    for (const channel of [...this.#channels]) channel.close();
  }

  #taken(channel: Channel): void {
    if (!this.#channels.delete(channel)) return;
    for (const registration of this.#registrations) if (registration.style === "bidi") registration.withdraw(channel);
  }

  #isAdmin(user: string | null): boolean {
    return this.options.admins.some((admin) => sameAccount(admin, user));
  }
}

/** Whether type, filter and style are values that can be registered for; the HRESULT when they are not. */
function requestProblem({ notificationType, notifyFilter, conversationStyle }: RegistrationRequest): number | null {
  if (notifyFilter !== PER_USER && notifyFilter !== ALL_USERS) return HRESULTS.E_INVALIDARG;
  if (conversationStyle !== BIDIRECTIONAL && conversationStyle !== UNIDIRECTIONAL) return HRESULTS.E_INVALIDARG;
  if (notificationType === NOTIFICATION_RELEASE) return HRESULTS.INVALID_NOTIFICATION_TYPE;
  const style = conversationStyle === BIDIRECTIONAL ? "bidi" : "uni";
  return stylesOf(notificationType).includes(style) ? null : HRESULTS.E_INVALIDARG;
}
