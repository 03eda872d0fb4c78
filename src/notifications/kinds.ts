import type { Notification, NotificationKind, Reply } from "./model.js";
import type { TypeName } from "./notification-types.js";

interface KindFacts<Fields> {
  /** The notification type that it comes in. */
  readonly type: TypeName | null;
  /** The element that names it. */
  readonly element: string | null;
  /** What answers it; null when nothing does. */
  readonly answer: Reply["kind"] | null;
  /** The fields that rules, `--match` and hooks can look at: one text or flag each. */
  readonly fields: readonly Fields[];
}

/**
 * The kinds of notification, in the order in which they are told to people. A new kind is an entry here and a type in
 * model.ts; the compiler then names what lacks it: its decoder, its JSON fields and their schema, what reads them again, its
 * pretty text, its serve instruction.
 */
export const NOTIFICATION_KINDS = {
  balloon: { type: "asyncui", element: "balloonUI", answer: null, fields: ["title", "body"] },
  messageBox: { type: "asyncui", element: "messageBoxUI", answer: "button", fields: ["title", "body"] },
  customUi: { type: "asyncui", element: "customUI", answer: "text", fields: ["dll", "entrypoint", "bidi", "text"] },
  customData: { type: "asyncui", element: "customData", answer: "text", fields: ["dll", "entrypoint", "bidi", "text"] },
  printerConfiguration: { type: "printer-config", element: "Notification", answer: null, fields: ["printerName"] },
  unknown: { type: null, element: null, answer: null, fields: [] },
} as const satisfies { readonly [Kind in NotificationKind]: KindFacts<keyof NotificationOf<Kind>> };

/** A field that rules, `--match` and hooks can look at; null where the notification has none of this name. */
export function fieldOf(notification: Notification, name: string): string | boolean | null {
  const fields: readonly string[] = NOTIFICATION_KINDS[notification.kind].fields;
  return fields.includes(name)
    ? ((notification as unknown as Record<string, string | boolean | null>)[name] ?? null)
    : null;
}

/** The names of all such fields. */
export const FIELD_NAMES: readonly string[] = [
  ...new Set<string>(Object.values(NOTIFICATION_KINDS).flatMap(({ fields }) => fields)),
];

type Facts = typeof NOTIFICATION_KINDS;

/** The kinds that come in notifications of a type. */
export type KindOf<Type extends TypeName> = {
  [Kind in NotificationKind]: Facts[Kind]["type"] extends Type
    ? null extends Facts[Kind]["type"]
      ? never
      : Kind
    : never;
}[NotificationKind];

/** The kinds that can be raised: all but those that could not be read. */
export type RaisedKind = Exclude<NotificationKind, "unknown">;

/** A notification of a kind. */
export type NotificationOf<Kind extends NotificationKind> = Extract<Notification, { readonly kind: Kind }>;

/** A notification that somebody may answer. */
export type Answerable = NotificationOf<
  { [Kind in NotificationKind]: Facts[Kind]["answer"] extends null ? never : Kind }[NotificationKind]
>;

/**
 * Whether a notification waits for an answer and may be given one: nothing that breaks a rule may ([MS-PAN] 3.2.3.4.2 to
 * .4), nor a custom one that does not ask.
 */
export function isAnswerable(notification: Notification): notification is Answerable {
  const asks = !("bidi" in notification) || notification.bidi;
  return NOTIFICATION_KINDS[notification.kind].answer !== null && asks && notification.problem === null;
}
