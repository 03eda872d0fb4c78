import type { Guid } from "../bytes/guid.js";
import { PanwatchError } from "../errors.js";
import { decodeAsyncUi } from "./asyncui/asyncui.js";
import { decodeConfiguration } from "./configuration/configuration.js";
import type { NotificationContext } from "./context.js";
import type { Notification, UnknownNotification } from "./model.js";
import { NoncomplianceError } from "./noncompliance.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "./notification-types.js";

/**
 * Decodes the data of a notification of the given type. Bad data never throws: what breaks a rule of its format becomes
 * `unknown` with the rule as its problem ([MS-PAN] 3.2.3.4.1, 3.2.4.4.1), and so does, without a problem, a type that is
 * not decoded. Byte arrays of the result are views of `bytes` where the format allows.
 */
export function decodeNotification(type: Guid, bytes: Uint8Array, context: NotificationContext): Notification {
  try {
    if (type === ASYNC_UI) return decodeAsyncUi(bytes, context);
    if (type === PRINTER_CONFIGURATION) return decodeConfiguration(bytes);
    return unknown(type, bytes, null);
  } catch (error) {
    if (!(error instanceof PanwatchError)) throw error;
    const rule = error instanceof NoncomplianceError ? "" : ` ([MS-PAN] ${type === ASYNC_UI ? "2.2.7" : "2.2.8"})`;
    return unknown(type, bytes, error.message + rule);
  }
}

function unknown(notificationType: Guid, data: Uint8Array, problem: string | null): UnknownNotification {
  return { kind: "unknown", notificationType, data, problem };
}
