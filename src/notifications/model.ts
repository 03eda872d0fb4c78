/**
 * A decoded notification: what a driver or the spooler said, in one discriminated union. Pretty text and JSON lines are
 * two renderings of these values; nothing is rendered from XML. Absent is null.
 */

/** Where a displayed text came from ([MS-PAN] 2.2.7.1.3). */
export type TextSource = "literal" | "default" | "resources" | "none";

/** One string of a notification with how it was resolved. */
export interface ResolvedString {
  /** Where it stands: `title`, `body[0]`, `body[0].parameter[1]`, `button[2]`. */
  readonly path: string;
  readonly stringId: number | null;
  readonly dll: string | null;
  /** The texts that were inserted for `%1`, `%2` …, in order. */
  readonly params: readonly string[];
  /** The whole text; `[string 1234 in IHV.dll]` when it cannot be resolved. */
  readonly text: string;
  readonly source: TextSource;
}

/** An icon or bitmap in a resource file of the driver; never loaded. */
export interface ResourceReference {
  readonly id: number;
  readonly dll: string | null;
}

/** What Windows would run when a balloon is clicked ([MS-PAN] 2.2.7.2.1); shown, never run. */
export interface BalloonAction {
  readonly dll: string;
  readonly entrypoint: string;
  readonly data: string;
}

/** A button of a message box ([MS-PAN] 2.2.7.3.1). */
export interface MessageBoxButton {
  /** Position in the message box, from 1. */
  readonly index: number;
  /** `IDOK`, `IDCANCEL` or the digits. */
  readonly id: string;
  /** The integer that goes back: 1 for IDOK, 2 for IDCANCEL ([MS-PAN] 2.2.7.4.1). */
  readonly replyValue: number;
  readonly label: string;
}

/** How a notification could be read ([MS-PAN] 3.2.3.4, 3.2.4.4). */
export interface Judged {
  /** The rule that it breaks; null when it complies. One that breaks a rule must not be answered. */
  readonly problem: string | null;
}

export interface Balloon extends Judged {
  readonly kind: "balloon";
  readonly title: string;
  /** All bodies joined by single spaces ([MS-PAN] 2.2.7.1.4); empty when there is none. */
  readonly body: string;
  readonly bodies: readonly string[];
  readonly icon: ResourceReference | null;
  readonly action: BalloonAction | null;
  readonly strings: readonly ResolvedString[];
}

export interface MessageBox extends Judged {
  readonly kind: "messageBox";
  readonly title: string;
  readonly body: string;
  readonly bodies: readonly string[];
  readonly bitmap: ResourceReference | null;
  readonly buttons: readonly MessageBoxButton[];
  readonly strings: readonly ResolvedString[];
}

export interface CustomUi extends Judged {
  readonly kind: "customUi";
  readonly dll: string;
  readonly entrypoint: string;
  /** Whether the sender expects a text back. */
  readonly bidi: boolean;
  /** Its text, or the XML between its tags when there are elements. */
  readonly text: string;
}

export interface CustomData extends Judged {
  readonly kind: "customData";
  readonly dll: string;
  readonly entrypoint: string;
  readonly bidi: boolean;
  /** What stands in the element, where MS-PAN knows nothing: its text, or the XML between its tags. */
  readonly text: string | null;
  /** The bytes after the terminating NUL of the XML document ([MS-PAN] 2.2.7.7). */
  readonly data: Uint8Array;
}

/** Element names of the value of a setting ([MS-PAN] 2.2.8.1.3 to .9). */
export type BidiKind =
  "BIDI_STRING" | "BIDI_TEXT" | "BIDI_ENUM" | "BIDI_INT" | "BIDI_FLOAT" | "BIDI_BOOL" | "BIDI_BLOB";

/** A changed setting of a printer with its new value. */
export interface ConfigurationSetting extends Judged {
  /** Null when it has none, which is a problem. */
  readonly name: string | null;
  /** The name of the element with the value; another than those of {@link BidiKind}, or none (null), is a problem. */
  readonly kind: string | null;
  /**
   * String for STRING, TEXT and ENUM; number for FLOAT (`"INF"`, `"-INF"`, `"NaN"` as strings) and for INT within ±2^53
   * (else a string of digits); boolean for BOOL; null for BLOB and where no value can be read.
   */
  readonly value: string | number | boolean | null;
  /** The bytes of a BLOB, null for the other kinds. */
  readonly bytes: Uint8Array | null;
}

export interface PrinterConfiguration extends Judged {
  readonly kind: "printerConfiguration";
  readonly printerName: string;
  readonly settings: readonly ConfigurationSetting[];
  /** Names of settings that changed but whose values were too large to send ([MS-PAN] 2.2.8.1.10). */
  readonly reduced: readonly string[];
}

/** A notification of a type that is not decoded, or one that cannot be read. */
export interface UnknownNotification extends Judged {
  readonly kind: "unknown";
  /** The GUID of its type, lower case without braces. */
  readonly notificationType: string;
  readonly data: Uint8Array;
}

export type Notification = Balloon | MessageBox | CustomUi | CustomData | PrinterConfiguration | UnknownNotification;
export type NotificationKind = Notification["kind"];

/** What answers a message box: one of its buttons. What answers custom UI or data: a text. */
export type Reply =
  { readonly kind: "button"; readonly button: MessageBoxButton } | { readonly kind: "text"; readonly text: string };
