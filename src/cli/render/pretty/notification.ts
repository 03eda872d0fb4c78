import type {
  Balloon,
  ConfigurationSetting,
  CustomData,
  CustomUi,
  MessageBox,
  Notification,
  NotificationKind,
  PrinterConfiguration,
  UnknownNotification,
} from "../../../notifications/model.js";
import type { NotificationOf } from "../../../notifications/kinds.js";
import { formatSize } from "../../sizes.js";
import { bytesTexts, hexDump } from "./bytes.js";
import { commandLine, plain, quiet, title, unlessEmpty, type Entry, type EntryText } from "./entry.js";

/** The command that presses a button (by its id) of a message box with this title; null where something answers already. */
export type AnswerCommand = ((buttonId: string, title: string) => string) | null;

/** How a kind is shown to people. */
interface Face<Kind extends NotificationKind> extends Pick<Entry, "icon" | "label" | "tone"> {
  readonly texts: (notification: NotificationOf<Kind>, answerCommand: AnswerCommand) => EntryText[];
}

const FACES: { readonly [Kind in NotificationKind]: Face<Kind> } = {
  balloon: { icon: "●", label: "Balloon", tone: "title", texts: balloon },
  messageBox: { icon: "◆", label: "Message box", tone: "warning", texts: messageBox },
  customUi: { icon: "▣", label: "Custom UI", tone: "title", texts: customUi },
  customData: { icon: "▤", label: "Custom data", tone: "title", texts: customData },
  printerConfiguration: { icon: "⚙", label: "Configuration change", tone: "title", texts: configuration },
  unknown: { icon: "○", label: "Unknown notification", tone: "warning", texts: unknown },
};

/** A notification as an entry; `id` stands in the heading so that replies can refer to it. */
export function notificationEntry(id: string, notification: Notification, answerCommand: AnswerCommand): Entry {
  const { icon, label, tone, texts } = FACES[notification.kind] as Face<NotificationKind>;
  const { kind, problem } = notification;
  const breach =
    problem === null || kind === "unknown" ? [] : [quiet(`It breaks a rule, so it is not answered: ${problem}`)];
  const shown = texts(notification, problem === null ? answerCommand : null);
  return { icon, label: `${label} ${id}`, tone, texts: [...shown, ...breach] };
}

function balloon({ title: heading, body, action }: Balloon): EntryText[] {
  const click =
    action === null ? [] : [quiet(`A click would call ${action.entrypoint} of ${action.dll}; panwatch never does.`)];
  return [...unlessEmpty(heading, title), ...unlessEmpty(body, plain), ...click];
}

function messageBox({ title: heading, body, buttons }: MessageBox, answerCommand: AnswerCommand): EntryText[] {
  const names = buttons.map(({ id, label }) => (label === "" ? id : `${label} (${id})`)).join(", ");
  const first = buttons[0];
  const command =
    answerCommand === null || first === undefined
      ? []
      : [commandLine(`To answer: ${answerCommand(first.id, heading)}`)];
  return [
    ...unlessEmpty(heading, title),
    ...unlessEmpty(body, plain),
    plain(`Buttons: ${names || "none"}`),
    ...command,
  ];
}

function customUi({ dll, entrypoint, bidi, text }: CustomUi): EntryText[] {
  return [customHeading(dll, entrypoint, bidi), ...unlessEmpty(text, plain)];
}

function customData({ dll, entrypoint, bidi, text, data }: CustomData): EntryText[] {
  const bytes = data.length === 0 ? [] : [plain(hexDump(data))];
  return [
    customHeading(dll, entrypoint, bidi),
    ...unlessEmpty(text ?? "", plain),
    quiet(formatSize(data.length)),
    ...bytes,
  ];
}

function customHeading(dll: string, entrypoint: string, bidi: boolean): EntryText {
  return title(`For ${entrypoint} of ${dll}${bidi ? ", which is expected to answer" : ""}`);
}

function configuration({ printerName, settings, reduced }: PrinterConfiguration): EntryText[] {
  return [
    ...unlessEmpty(printerName, title),
    ...settings.flatMap(settingTexts),
    ...reduced.map((name) => plain(`${name} has changed; its value was too large to be sent`)),
  ];
}

function settingTexts(setting: ConfigurationSetting): EntryText[] {
  const { name, problem } = setting;
  const change = plain(`${name ?? "A setting without a name"} = ${settingValue(setting)}`);
  return problem === null ? [change] : [change, quiet(`  It breaks a rule: ${problem}`)];
}

function settingValue({ value, bytes }: ConfigurationSetting): string {
  if (bytes !== null) return formatSize(bytes.length);
  return value === null ? "?" : String(value);
}

function unknown({ notificationType, data, problem }: UnknownNotification): EntryText[] {
  const why =
    problem === null ? `Type ${notificationType}, which panwatch does not decode` : `It breaks a rule: ${problem}`;
  return [title(why), ...bytesTexts(data)];
}
