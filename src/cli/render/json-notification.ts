import type {
  ConfigurationSetting,
  MessageBoxButton,
  Notification,
  ResolvedString,
  ResourceReference,
} from "../../notifications/model.js";
import { decodeText } from "./text-of-bytes.js";

/** The picture of a notification as PNG in base64, for those who want it in the line. */
export type PngOf = (notification: Notification) => string | null;

/** The fields of a `notification.*` line behind its `id`; every kind has its `problem`. */
export function notificationFields(notification: Notification, pngOf: PngOf | null): object {
  const png = pngOf === null ? {} : { png: pngOf(notification) };
  return { ...fieldsOf(notification, png), problem: notification.problem };
}

function fieldsOf(notification: Notification, png: object): object {
  switch (notification.kind) {
    case "balloon": {
      const { title, body, bodies, icon, action, strings } = notification;
      return { title, body, bodies, icon: resource(icon, png), action, strings: strings.map(resolved) };
    }
    case "messageBox": {
      const { title, body, bodies, bitmap, buttons, strings } = notification;
      return {
        title,
        body,
        bodies,
        bitmap: resource(bitmap, png),
        buttons: buttons.map(button),
        strings: strings.map(resolved),
      };
    }
    case "customUi": {
      const { dll, entrypoint, bidi, text } = notification;
      return { dll, entrypoint, bidi, text };
    }
    case "customData": {
      const { dll, entrypoint, bidi, text, data } = notification;
      return { dll, entrypoint, bidi, text, data: { text: null, base64: base64(data), bytes: data.length } };
    }
    case "printerConfiguration": {
      const { printerName, settings, reduced } = notification;
      return { printerName, settings: settings.map(setting), reduced };
    }
    case "unknown": {
      const { notificationType, data } = notification;
      return { notificationType, data: { text: decodeText(data), base64: base64(data), bytes: data.length } };
    }
  }
}

function resource(reference: ResourceReference | null, png: object): object | null {
  return reference === null ? null : { id: reference.id, dll: reference.dll, ...png };
}

function resolved({ path, stringId, dll, params, text, source }: ResolvedString): object {
  return { path, stringId, dll, params, text, source };
}

function button({ index, id, replyValue, label }: MessageBoxButton): object {
  return { index, id, replyValue, label };
}

function setting({ name, kind, value, bytes, problem }: ConfigurationSetting): object {
  return { name, kind, value, base64: bytes === null ? null : base64(bytes), problem };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
