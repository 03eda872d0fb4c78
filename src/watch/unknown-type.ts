import type { Guid } from "../bytes/guid.js";
import type { UnknownNotification } from "../notifications/model.js";
import type { RawNotification } from "../pan/raw-notification.js";

/** A notification whose type is not the one that was registered for ([MS-PAN] 3.1.1.4.4, 3.1.1.4.5 forbid it). */
export function unknownType(raw: RawNotification, registered: Guid): UnknownNotification {
  const problem = `its type is not the registered one, ${registered} ([MS-PAN] 3.1.1.4.5)`;
  return { kind: "unknown", notificationType: raw.type, data: raw.data, problem };
}
