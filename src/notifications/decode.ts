import type { Guid } from "../bytes/guid.js";
import { PanwatchError } from "../errors.js";
import { decodeAsyncUi } from "./asyncui/asyncui.js";
import { decodeConfiguration } from "./configuration/configuration.js";
import type { NotificationContext } from "./context.js";
import type { Notification, UnknownNotification } from "./model.js";
import { NoncomplianceError } from "./noncompliance.js";
import { knownType, type TypeName } from "./notification-types.js";

/** What decodes the notifications of each type. */
const DECODERS: Readonly<Record<TypeName, (bytes: Uint8Array, context: NotificationContext) => Notification>> = {
  asyncui: decodeAsyncUi,
  "printer-config": decodeConfiguration,
};

/**
 * Decodes the data of a notification of the given type. Bad data never throws: what cannot be read becomes `unknown` with
 * the rule as its problem ([MS-PAN] 3.2.3.4.1, 3.2.4.4.1), and so does, without a problem, a type that is not decoded.
 * Byte arrays of the result are views of `bytes` where the format allows.
 */
export function decodeNotification(guid: Guid, bytes: Uint8Array, context: NotificationContext): Notification {
  const type = knownType(guid);
  if (type === null) return unknown(guid, bytes, null);
  try {
    return DECODERS[type.name](bytes, context);
  } catch (error) {
    if (!(error instanceof PanwatchError)) throw error;
    const rule = error instanceof NoncomplianceError ? "" : ` ([MS-PAN] ${type.section})`;
    return unknown(guid, bytes, error.message + rule);
  }
}

function unknown(notificationType: Guid, data: Uint8Array, problem: string | null): UnknownNotification {
  return { kind: "unknown", notificationType, data, problem };
}
