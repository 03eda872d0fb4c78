import type { PanwatchError } from "../../../src/errors.js";
import { NULL_HANDLE, type ContextHandle } from "../../../src/ndr/types.js";
import type { Method } from "../../../src/ndr/method.js";
import type { Association, CallOptions } from "../../../src/rpc/association.js";
import { UNBOUNDED } from "../../../src/rpc/budget.js";
import { deferred } from "../../../src/waiting.js";

/** Answers a call: out parameters, or a promise of them, or undefined for what it is without a script; `nth` counts from 1. */
export type Answer = (values: Readonly<Record<string, unknown>>, nth: number, options: CallOptions) => unknown;

export const OBJECT: ContextHandle = { attributes: 0, uuid: "11111111-0000-0000-0000-000000000000" };

/** A handle of its own for each number. */
export function handle(number: number): ContextHandle {
  return { attributes: 0, uuid: `22222222-0000-0000-0000-${String(number).padStart(12, "0")}` };
}

/** What GetNotificationSendResponse and GetNotification answer. */
export function notified(type: string | null, data: Uint8Array | null, result = 0): object {
  return { ppOutNotificationType: type, pOutSize: data?.length ?? 0, ppOutNotificationData: data, result };
}

export const parked = (): Promise<never> => new Promise(() => undefined);

/** What answers a parked call once the client has unregistered. */
const TERMINATED = 0x8007071a;

/**
 * An association without a network: it logs each call, and answers as the script says. Of the others those that wait are
 * answered after UnregisterClient, and the rest succeeds.
 */
export class ScriptedAssociation {
  readonly log: string[];
  readonly #script: Readonly<Record<string, Answer>>;
  readonly #counts = new Map<string, number>();
  readonly #unregistered = deferred();
  readonly #closed = deferred<PanwatchError | null>();
  readonly closed = this.#closed.promise;
  readonly budget = UNBOUNDED;
  /** Until when the server has to read first. */
  backlog: Promise<void> | null = null;
  readonly info = { mechanism: "NTLM", user: "alice", level: "privacy", transferSyntax: "ndr", multiplexed: true };

  /** `log` takes the calls, where several associations share one. */
  constructor(script: Readonly<Record<string, Answer>> = {}, log: string[] = []) {
    this.#script = script;
    this.log = log;
  }

  get association(): Association {
    return this as unknown as Association;
  }

  transferSyntax(): string {
    return "ndr";
  }

  /** The connection is gone. */
  lose(error: PanwatchError): void {
    this.#closed.resolve(error);
  }

  close(): void {
    this.log.push("close");
  }

  async call(_iface: unknown, method: Method, values: Readonly<Record<string, unknown>>, options: CallOptions) {
    const name = method.name.slice(method.name.indexOf("_") + 1);
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    this.log.push(name);
    if (name === "UnregisterClient") this.#unregistered.resolve();
    const answer = this.#script[name]?.(values, nth, options);
    if (answer !== undefined) return answer;
    const handles = { ppRemoteObj: name === "Create" ? OBJECT : NULL_HANDLE, pChannel: NULL_HANDLE };
    if (!name.startsWith("Get")) return { ...handles, ppRmtServerReferral: null, result: 0 };
    await this.#unregistered.promise;
    return { ...handles, pNoOfChannels: 0, ppChannelCtxt: null, ...notified(null, null, TERMINATED) };
  }
}
