import type { Notification, NotificationKind, Reply } from "./model.js";
import type { TypeName } from "./notification-types.js";

interface KindFacts {
  /** The notification type that it comes in. */
  readonly type: TypeName | null;
  /** The element that names it. */
  readonly element: string | null;
  /** What answers it; null when nothing does. */
  readonly answer: Reply["kind"] | null;
}

/**
 * The kinds of notification, in the order in which they are told to people. A new kind is an entry here and a type in
 * model.ts; the compiler then names what lacks it: its decoder, its JSON fields, its pretty text, its serve instruction.
 */
export const NOTIFICATION_KINDS = {
  balloon: { type: "asyncui", element: "balloonUI", answer: null },
  messageBox: { type: "asyncui", element: "messageBoxUI", answer: "button" },
  customUi: { type: "asyncui", element: "customUI", answer: "text" },
  customData: { type: "asyncui", element: "customData", answer: "text" },
  printerConfiguration: { type: "printer-config", element: "Notification", answer: null },
  unknown: { type: null, element: null, answer: null },
} as const satisfies Record<NotificationKind, KindFacts>;

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
