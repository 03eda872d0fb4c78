import { parseGuid, type Guid } from "../bytes/guid.js";

/** The two ways in which a type is registered for ([MS-PAN] 2.2.3). */
export type Style = "uni" | "bidi";

/** What panwatch knows about a notification type ([MS-PAN] 2.2.1); decode.ts has a decoder for each. */
interface NotificationType {
  readonly guid: Guid;
  /** What options and JSON lines call it. */
  readonly name: string;
  /** What [MS-PAN] calls it. */
  readonly constant: string;
  /** The section of [MS-PAN] that tells its format. */
  readonly section: string;
  /** The root element of its documents. */
  readonly root: string;
  readonly styles: readonly Style[];
}

/** All types that are decoded: those that a watch registers for unless it is told otherwise. */
export const NOTIFICATION_TYPES = [
  {
    guid: "f6853f92-eb31-4e23-b6e7-fd69056153f0",
    name: "asyncui",
    constant: "AsyncPrintNotificationType_AsyncUI",
    section: "2.2.7",
    root: "asyncPrintUIRequest",
    styles: ["uni", "bidi"],
  },
  {
    // [MS-PAN] 2.2.1 misprints it as 2abad223-b994-4aca-82fd4571b1b585ac; this is PRINT_APP_BIDI_NOTIFY_CHANNEL of the
    // Windows SDK. It is unidirectional only ([MS-PAN] 3.1.4.4.1).
    guid: "2abad223-b994-4aca-82fc-4571b1b585ac",
    name: "printer-config",
    constant: "AsyncPrintNotificationType_PrinterConfiguration",
    section: "2.2.8",
    root: "Notification",
    styles: ["uni"],
  },
] as const satisfies readonly NotificationType[];

type KnownType = (typeof NOTIFICATION_TYPES)[number];
export type TypeName = KnownType["name"];

/** The type of this name. */
export function typeCalled(name: TypeName): KnownType {
  return BY_NAME[name];
}

const BY_NAME = Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type.name, type])) as Record<TypeName, KnownType>;

/** Balloons, message boxes, custom UI and custom data. */
export const ASYNC_UI: Guid = typeCalled("asyncui").guid;
/** Changed settings of a printer. */
export const PRINTER_CONFIGURATION: Guid = typeCalled("printer-config").guid;

/** Bytes of a response that servers accept at most ([MS-PAN] 3.1.1.4.4 and 3.1.1.4.6, InSize). */
export const MAX_RESPONSE_SIZE = 0x00a0_0000;

/** What is known about a type; null for another than {@link NOTIFICATION_TYPES}. */
export function knownType(guid: Guid): KnownType | null {
  return NOTIFICATION_TYPES.find((type) => type.guid === guid) ?? null;
}

/** A notification type and the name under which it is known; null where it is not. */
export interface NotificationTypeName {
  readonly guid: Guid;
  readonly name: TypeName | null;
}

export function typeName(guid: Guid): NotificationTypeName {
  return { guid, name: knownType(guid)?.name ?? null };
}

/** The styles in which a type can be registered for: both for one that is not known. */
export function stylesOf(guid: Guid): readonly Style[] {
  return knownType(guid)?.styles ?? ["uni", "bidi"];
}

/** The names of the known types, for messages: `asyncui, printer-config`. */
export const TYPE_NAMES = NOTIFICATION_TYPES.map(({ name }) => name).join(", ");

/** The GUID that a text names or is; null when it is neither. */
export function parseType(text: string): Guid | null {
  return Object.hasOwn(BY_NAME, text) ? BY_NAME[text as TypeName].guid : parseGuid(text);
}
