import { DecodeError, PanwatchError, TooLargeError, UsageError } from "../errors.js";
import { isNullHandle, type ContextHandle } from "../ndr/types.js";
import type { Association } from "../rpc/association.js";
import { parseGuid, type Guid } from "../bytes/guid.js";
import { settleWithin } from "../waiting.js";
import { Channel } from "./channel.js";
import { DEFAULT_MAX_SIZE } from "./defaults.js";
import * as idl from "./idl.js";
import { expectSuccess, invoke } from "./invoke.js";
import { RemoteObject, type RegistrationParameters } from "./remote-object.js";
import { checkSize, notificationTooLarge, STUB_OVERHEAD, type RawNotification } from "./raw-notification.js";
import { checkOptions, given, integer, oneOf, orNull, TEXT, type Rules } from "./options-check.js";
import {
  BIDIRECTIONAL,
  NOTIFICATION_RELEASE,
  UNIDIRECTIONAL,
  type ConversationStyle,
  type UserFilter,
} from "./types.js";

/** What to register for; the style follows from which of the two registrations is opened. */
export interface Subscription {
  /** `\\server\printer`; the print server itself where it is null or absent. */
  readonly name?: string | null | undefined;
  readonly type: Guid;
  /** Whose notifications; `per-user` when absent. */
  readonly filter?: UserFilter | undefined;
  /** Largest notification to take, in bytes, 16 MiB when absent; a larger one ends in a TooLargeError, and the registration goes on. */
  readonly maxSize?: number | undefined;
}

/** A subscription in which nothing is absent. */
type Wanted = Omit<RegistrationParameters, "style"> & { readonly maxSize: number };

const SUBSCRIPTION: Rules<Subscription> = {
  name: orNull(TEXT),
  type: {
    takes: "a GUID in lower case without braces",
    allows: (value) => typeof value === "string" && parseGuid(value) === value,
  },
  filter: oneOf("per-user", "all-users"),
  maxSize: integer(1, Number.MAX_SAFE_INTEGER),
};

/** Bytes of an answer of GetNewChannel: some 3,000 channels at once, where printers have a few. */
const MAX_CHANNEL_LIST = 64 * 1024;

/** How long leaving waits for channels to be released, in milliseconds; what a server does in CloseChannel may take longer. */
const RELEASE_PATIENCE_MS = 1000;

/** What both styles of registration share: the remote object, the parked poll, and the orderly end. */
abstract class Registration implements AsyncDisposable {
  protected readonly object: RemoteObject;
  protected readonly subscription: Wanted;
  /** The poll in flight, so that the end can wait for it between Unregister and Delete. */
  #parked: Promise<unknown> | undefined;
  #ending: Promise<PanwatchError[]> | undefined;

  protected constructor(object: RemoteObject, subscription: Wanted) {
    this.object = object;
    this.subscription = subscription;
  }

  /** Whether the end has begun. */
  protected get ending(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Polls once the server has read what it was sent, and remembers the poll while it is parked on the server: the end waits for it, and what it does with the answer,
   * before Delete. Throws a PanwatchError (`aborted`) once the end has begun: nothing is polled after Unregister
   * ([MS-PAN] 3.1.1.4.3, .5).
   */
  protected async park<T>(poll: () => Promise<T>): Promise<T> {
    const { backlog } = this.object.association;
    if (backlog !== null) await backlog;
    if (this.ending) throw new PanwatchError("aborted", "the registration is being left: nothing more is asked for");
    const parked = poll();
    this.#parked = parked;
    try {
      return await parked;
    } finally {
      if (this.#parked === parked) this.#parked = undefined;
    }
  }

  /**
   * Leaves the server clean: releases open channels, unregisters, deletes, in that order ([MS-PAN] 3.2.1.4, 3.2.2.4).
   * Without releasing channels where only Unregister and Delete may follow (after 0x8007071A). Gives the errors on the
   * way; none is retried. Safe to call more than once.
   */
  end(releaseChannels = true): Promise<PanwatchError[]> {
    this.#ending ??= this.finish(releaseChannels);
    return this.#ending;
  }

  protected finish(_releaseChannels: boolean): Promise<PanwatchError[]> {
    return this.object.end(this.#parked);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Creates a remote object and registers it; an object whose registration failed is deleted. Throws a UsageError too. */
async function register(
  association: Association,
  style: ConversationStyle,
  subscription: Subscription,
): Promise<[RemoteObject, Wanted]> {
  checkOptions(subscription, SUBSCRIPTION, "subscription.");
  if (subscription.type === undefined) throw new UsageError("the option subscription.type is missing");
  const wanted: Wanted = { name: null, filter: "per-user", maxSize: DEFAULT_MAX_SIZE, ...given(subscription) };
  const object = await RemoteObject.create(association);
  try {
    await object.register({ ...wanted, style });
    return [object, wanted];
  } catch (error) {
    await object.end();
    throw error;
  }
}

/** A registration in unidirectional mode: GetNotification again and again ([MS-PAN] 3.1.1.4.5, figure 8). */
export class UniRegistration extends Registration {
  /** Create → Register. Throws a UsageError that names a wrong option, a HresultError, FaultError, or what the association throws. */
  static async open(association: Association, subscription: Subscription): Promise<UniRegistration> {
    return new UniRegistration(...(await register(association, UNIDIRECTIONAL, subscription)));
  }

  /**
   * Parks until the server has a notification. Null: the server answered NOTIFICATION_RELEASE, the registration is over;
   * what came beside it is ignored. Issue the next call before handing the notification on (3.2.2.4).
   */
  async next(): Promise<RawNotification | null> {
    const out = await this.park(() => this.#getNotification());
    expectSuccess(idl.getNotification.name, out.result);
    if (out.ppOutNotificationType === NOTIFICATION_RELEASE) return null;
    const data = out.ppOutNotificationData ?? new Uint8Array(0);
    checkSize(data, this.subscription.maxSize);
    return { type: out.ppOutNotificationType ?? this.subscription.type, data, result: out.result };
  }

  async #getNotification() {
    const { association, handle } = this.object;
    const method = idl.getNotification;
    const options = { maxStub: this.subscription.maxSize + STUB_OVERHEAD };
    try {
      return await invoke(association, idl.IRPCAsyncNotify, method, { pRemoteObj: handle }, options);
    } catch (error) {
      if (!(error instanceof TooLargeError)) throw error;
      const transferSyntax = association.transferSyntax(idl.IRPCAsyncNotify);
      throw notificationTooLarge(error, this.subscription.maxSize, "getNotification", transferSyntax);
    }
  }
}

/** A registration in bidirectional mode: GetNewChannel again and again ([MS-PAN] 3.1.1.4.3, figure 9). */
export class BidiRegistration extends Registration {
  /** Open channels by the UUIDs of their handles. */
  readonly #channels = new Map<string, Channel>();
  /** Handles of channels that ended since the last answer, and before it: an answer that was under way may name them. */
  #closed = new Set<string>();
  #closedBefore = new Set<string>();

  /** Create → Register. Throws a UsageError that names a wrong option, a HresultError, FaultError, or what the association throws. */
  static async open(association: Association, subscription: Subscription): Promise<BidiRegistration> {
    return new BidiRegistration(...(await register(association, BIDIRECTIONAL, subscription)));
  }

  /**
   * Parks until the server has channels; gives all it names, to be processed in parallel, but those that it had named
   * before: a server may list whatever nobody has acquired. Channels that come while the registration is being left are
   * released, for nobody would take them.
   */
  nextChannels(): Promise<Channel[]> {
    return this.park(async () => {
      const channels = await this.#getNewChannel();
      if (!this.ending) return channels;
      await Promise.all(channels.map((channel) => channel.abandon()));
      return [];
    });
  }

  async #getNewChannel(): Promise<Channel[]> {
    const { association, handle } = this.object;
    const method = idl.getNewChannel;
    const options = { maxStub: MAX_CHANNEL_LIST };
    const out = await invoke(association, idl.IRPCAsyncNotify, method, { pRemoteObj: handle }, options);
    expectSuccess(method.name, out.result);
    const handles = (out.ppChannelCtxt ?? []).filter((channel) => !isNullHandle(channel));
    if (handles.length === 0)
      throw new DecodeError(
        `${method.name}.ppChannelCtxt`,
        0,
        "names no channel, which a server only answers with one",
      );
    const adopted = handles.flatMap((channel) => (this.#isKnown(channel) ? [] : [this.#adopt(channel)]));
    [this.#closed, this.#closedBefore] = [new Set(), this.#closed];
    return adopted;
  }

  #isKnown({ uuid }: ContextHandle): boolean {
    return this.#channels.has(uuid) || this.#closed.has(uuid) || this.#closedBefore.has(uuid);
  }

  #adopt(handle: ContextHandle): Channel {
    const { uuid } = handle;
    const channel = new Channel(this.object.association, handle, this.subscription);
    this.#channels.set(uuid, channel);
    void channel.ended.then(() => {
      this.#channels.delete(uuid);
      this.#closed.add(uuid);
    });
    return channel;
  }

  protected override async finish(releaseChannels: boolean): Promise<PanwatchError[]> {
    const problems: PanwatchError[] = [];
    const release = async (channel: Channel): Promise<void> => {
      // What came of a reply that is on its way is worth waiting for, too.
      const problem = channel.isClosed ? await channel.ended.then(() => null) : await channel.abandon();
      if (problem !== null) problems.push(problem);
    };
    const open = releaseChannels ? [...this.#channels.values()] : [];
    await settleWithin(RELEASE_PATIENCE_MS, Promise.all(open.map(release)));
    return [...problems, ...(await super.finish(releaseChannels))];
  }
}
