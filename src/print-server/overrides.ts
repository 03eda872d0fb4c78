/** Methods of [MS-PAN] that return an HRESULT, without the names of their interfaces. */
export type FailingMethod =
  | "Create"
  | "RegisterClient"
  | "UnregisterClient"
  | "GetNewChannel"
  | "GetNotificationSendResponse"
  | "GetNotification"
  | "CloseChannel";

/** Results that the next calls of methods get instead of being done, for those who test clients. */
export class MethodOverrides {
  readonly #results = new Map<string, number[]>();

  /** The next `times` calls of the method return `hresult` and do nothing. */
  failNext(method: FailingMethod, hresult: number, times: number): void {
    const results = this.#results.get(method) ?? [];
    for (let i = 0; i < times; i++) results.push(hresult);
    this.#results.set(method, results);
  }

  /** The result for a call of this method, by its name in the IDL; null when it is to be done. */
  take(idlName: string): number | null {
    return this.#results.get(idlName.slice(idlName.lastIndexOf("_") + 1))?.shift() ?? null;
  }
}
