import type {
  Balloon,
  ConfigurationSetting,
  CustomData,
  CustomUi,
  MessageBox,
  Notification,
  PrinterConfiguration,
  UnknownNotification,
} from "../../../notifications/model.js";
import { formatSize } from "../../sizes.js";
import { bytesTexts, hexDump } from "./bytes.js";
import { plain, quiet, title, unlessEmpty, type Entry, type EntryText } from "./entry.js";

/** The command that presses a button (by its id) of a message box with this title; null where something answers already. */
export type AnswerCommand = ((buttonId: string, title: string) => string) | null;

type Looks = Pick<Entry, "icon" | "label" | "tone">;

const LOOKS: Record<Notification["kind"], Looks> = {
  balloon: { icon: "●", label: "Balloon", tone: "title" },
  messageBox: { icon: "◆", label: "Message box", tone: "warning" },
  customUi: { icon: "▣", label: "Custom UI", tone: "title" },
  customData: { icon: "▤", label: "Custom data", tone: "title" },
  printerConfiguration: { icon: "⚙", label: "Configuration change", tone: "title" },
  unknown: { icon: "○", label: "Unknown notification", tone: "warning" },
};

/** A notification as an entry; `id` stands in the heading so that replies can refer to it. */
export function notificationEntry(id: string, notification: Notification, answerCommand: AnswerCommand): Entry {
  const looks = LOOKS[notification.kind];
  const { problem } = notification;
  const breach =
    problem === null || notification.kind === "unknown"
      ? []
      : [quiet(`It breaks a rule, so it is not answered: ${problem}`)];
  const texts = [...textsOf(notification, problem === null ? answerCommand : null), ...breach];
  return { ...looks, label: `${looks.label} ${id}`, texts };
}

function textsOf(notification: Notification, answerCommand: AnswerCommand): EntryText[] {
  switch (notification.kind) {
    case "balloon":
      return balloon(notification);
    case "messageBox":
      return messageBox(notification, answerCommand);
    case "customUi":
      return customUi(notification);
    case "customData":
      return customData(notification);
    case "printerConfiguration":
      return configuration(notification);
    case "unknown":
      return unknown(notification);
  }
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
    answerCommand === null || first === undefined ? [] : [quiet(`To answer: ${answerCommand(first.id, heading)}`)];
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
