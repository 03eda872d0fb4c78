import { PanwatchError, ProtocolError } from "../errors.js";
import { isNullHandle, type ContextHandle } from "../ndr/types.js";
import type { Association, CallOptions } from "../rpc/association.js";
import type { Guid } from "../bytes/guid.js";
import * as idl from "./idl.js";
import { expectSuccess, invoke } from "./invoke.js";
import { ALL_USERS, PER_USER, type ConversationStyle, type UserFilter } from "./types.js";

/** What a client registers for ([MS-PAN] 3.1.1.4.1). */
export interface RegistrationParameters {
  /** `\\server\printer`, or null for the print server itself. */
  readonly name: string | null;
  readonly type: Guid;
  readonly filter: UserFilter;
  readonly style: ConversationStyle;
}

type State = "created" | "registered" | "unregistered" | "deleted";

/**
 * A remote object on the server: what a registration hangs on ([MS-PAN] 3.1.2, 3.2.1.4). Whoever creates one deletes it,
 * and unregisters it before if it was registered; `end` does both, whatever fails.
 */
export class RemoteObject {
  readonly association: Association;
  readonly handle: ContextHandle;
  #state: State = "created";

  private constructor(association: Association, handle: ContextHandle) {
    this.association = association;
    this.handle = handle;
  }

  /** Calls IRPCRemoteObject_Create. Throws a HresultError (never to be retried) or what the association throws. */
  static async create(association: Association, options?: CallOptions): Promise<RemoteObject> {
    const out = await invoke(association, idl.IRPCRemoteObject, idl.create, {}, options);
    expectSuccess(idl.create.name, out.result);
    if (isNullHandle(out.ppRemoteObj)) throw new ProtocolError(`${idl.create.name} succeeded with a NULL handle`);
    return new RemoteObject(association, out.ppRemoteObj);
  }

  get registered(): boolean {
    return this.#state === "registered";
  }

  /** Calls RegisterClient. The referral that comes back is ignored, as 3.1.1.4.1 demands. */
  async register(parameters: RegistrationParameters, options?: CallOptions): Promise<void> {
    const values = {
      pRegistrationObj: this.handle,
      pName: parameters.name,
      pInNotificationType: parameters.type,
      NotifyFilter: parameters.filter === "per-user" ? PER_USER : ALL_USERS,
      conversationStyle: parameters.style,
    };
    const out = await invoke(this.association, idl.IRPCAsyncNotify, idl.registerClient, values, options);
    expectSuccess(idl.registerClient.name, out.result);
    this.#state = "registered";
  }

  /** Calls UnregisterClient, once. It passes a parked GetNotification or GetNewChannel (3.1.1.4.2). */
  async unregister(): Promise<void> {
    if (this.#state !== "registered") return;
    this.#state = "unregistered";
    const values = { pRegistrationObj: this.handle };
    const out = await invoke(this.association, idl.IRPCAsyncNotify, idl.unregisterClient, values);
    expectSuccess(idl.unregisterClient.name, out.result);
  }

  /** Calls IRPCRemoteObject_Delete, once. */
  async delete(): Promise<void> {
    if (this.#state === "deleted") return;
    this.#state = "deleted";
    await invoke(this.association, idl.IRPCRemoteObject, idl.deleteObject, { ppRemoteObj: this.handle });
  }

  /**
   * Unregisters where registered, waits for `parked` (the poll that unregistering ends, unless it failed), deletes. Gives the errors on
   * the way: they are final for this object, to be reported and never repeated.
   */
  async end(parked?: Promise<unknown>): Promise<PanwatchError[]> {
    const problems: PanwatchError[] = [];
    const attempt = async (step: () => Promise<void>): Promise<void> => {
      try {
        await step();
      } catch (error) {
        if (!(error instanceof PanwatchError)) throw error;
        problems.push(error);
      }
    };
    await attempt(() => this.unregister());
    if (problems.length === 0) await parked?.catch(() => undefined);
    await attempt(() => this.delete());
    return problems;
  }
}
