import { accountName } from "./accounts.js";

/** What one user holds, over all associations. */
export interface UserLoad {
  registrations: number;
  /** Remote objects and ends of channels. */
  handles: number;
  /** Bytes of notifications that wait to be asked for, and of answers that wait to be read. */
  queuedBytes: number;
}

/** The most that one user may hold. */
export const USER_LIMITS: Readonly<UserLoad> = {
  registrations: 2000,
  handles: 10_000,
  queuedBytes: 64 * 1024 * 1024,
};

/** What each user holds. Only those who logged on have an entry, so there are no more than accounts. */
export class UserLoads {
  readonly #loads = new Map<string, UserLoad>();

  of(user: string | null): UserLoad {
    const key = user === null ? "" : accountName(user);
    const load = this.#loads.get(key) ?? { registrations: 0, handles: 0, queuedBytes: 0 };
    this.#loads.set(key, load);
    return load;
  }
}
