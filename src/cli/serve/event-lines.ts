import { hex32 } from "../../bytes/hex.js";
import { PanwatchError } from "../../errors.js";
import { ASYNC_UI, typeName } from "../../notifications/notification-types.js";
import { decodeReply } from "../../notifications/reply.js";
import type { ClientEvent, RegistrationOrigin } from "../../print-server/model/events.js";
import { decodeText } from "../render/text-of-bytes.js";

/** The line that tells what a client did; null for what is of no use to scripts. Bytes are base64, absent is null. */
export function eventLine(event: ClientEvent, time: Date): object | null {
  if (event.type === "client.waiting") return null;
  const { type, client, user } = event;
  const envelope = { type, time: time.toISOString(), client, user };
  return "registration" in event
    ? { ...envelope, ...registrationFields(event), ...fieldsOf(event) }
    : { ...envelope, ...fieldsOf(event) };
}

function registrationFields(origin: RegistrationOrigin & { readonly channel?: string | null }): object {
  const { registration, printer, notificationType: guid, style, userFilter, channel = null } = origin;
  return { registration: `r${registration}`, channel, printer, notificationType: typeName(guid), style, userFilter };
}

function fieldsOf(event: Exclude<ClientEvent, { readonly type: "client.waiting" }>): object {
  switch (event.type) {
    case "client.connected":
      return { peer: event.peer };
    case "client.loggedOn":
      return { mechanism: event.mechanism, level: event.level };
    case "client.logonFailed":
    case "client.released":
    case "client.unregistered":
      return { reason: event.reason };
    case "client.refused":
      return { printer: event.printer, hresult: hex32(event.hresult) };
    case "client.rejected":
      return { hresult: hex32(event.hresult) };
    case "client.received":
      return { bytes: event.bytes };
    case "client.replied":
      return { via: event.via, ...replyFields(event.notificationType, event.data) };
    case "client.disconnected":
      return { left: event.left };
    case "client.registered":
    case "client.opened":
      return {};
  }
}

/** An answer to AsyncUI by what it says, any other by its bytes alone; `problem` where it should be one and is none. */
function replyFields(type: string, data: Uint8Array): object {
  const bytes = { text: decodeText(data), base64: Buffer.from(data).toString("base64"), bytes: data.length };
  if (type !== ASYNC_UI) return { buttonId: null, text: null, problem: null, data: bytes };
  try {
    const reply = decodeReply(data);
    const buttonId = reply.kind === "button" ? reply.buttonId : null;
    const text = reply.kind === "text" ? reply.text : null;
    return { buttonId, text, problem: null, data: bytes };
  } catch (error) {
    if (!(error instanceof PanwatchError)) throw error;
    return { buttonId: null, text: null, problem: error.message, data: bytes };
  }
}
