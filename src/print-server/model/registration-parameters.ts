import type { Guid } from "../../bytes/guid.js";
import { sameAccount } from "./accounts.js";
import type { RegistrationOrigin } from "./events.js";
import type { Audience } from "./source.js";

/** What a client asks for with RegisterClient, as it came over the wire ([MS-PAN] 3.1.1.4.1). */
export interface RegistrationRequest {
  readonly pName: string | null;
  readonly notificationType: Guid;
  readonly notifyFilter: number;
  readonly conversationStyle: number;
}

/** The queue of a pName `\\SERVER\PRINTER`; undefined when it breaks the format ([MS-PAN] 3.1.1.4.1). */
export function queueOf(pName: string): string | undefined {
  return /^\\\\[^\\]+\\([^\\,]+)$/.exec(pName)?.[1];
}

/** Whether a registration is to get what a source raises: type, user identity filter and queue ([MS-PAN] 3.1.1.6). */
export function isMeantFor(registration: RegistrationOrigin, audience: Audience): boolean {
  if (registration.notificationType !== audience.type) return false;
  const { user, printer } = audience;
  if (user !== null && registration.userFilter === "per-user" && !sameAccount(user, registration.user)) return false;
  return printer === null || registration.printer === null || sameQueue(printer, registration.printer);
}

/** Queue names are compared without regard to case, as Windows does. */
export function sameQueue(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
