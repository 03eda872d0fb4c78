import type { RaisedKind } from "../../notifications/kinds.js";
import type {
  BalloonAction,
  ConfigurationSetting,
  MessageBoxButton,
  Notification,
  ResolvedString,
  ResourceReference,
} from "../../notifications/model.js";
import { isObject } from "../json-object.js";

type Fields = Readonly<Record<string, unknown>>;

/** A field is not what such a line holds. */
class FieldError extends Error {}

/** The notification that a `notification.*` line of `-o json` tells; null where it lacks something. */
export function printedNotification(line: Fields): Notification | null {
  try {
    return { ...read(line), problem: textOrNull(line["problem"]) } as Notification;
  } catch (error) {
    if (error instanceof FieldError) return null;
    throw error;
  }
}

/** What reads the fields of each kind; one that could not be read when it came cannot be read again. */
const READERS: Readonly<Record<RaisedKind, (line: Fields) => object>> = {
  balloon: (line) => ({ ...worded(line), icon: resource(line["icon"]), action: action(line["action"]) }),
  messageBox: (line) => ({ ...worded(line), bitmap: resource(line["bitmap"]), buttons: list(line["buttons"], button) }),
  customUi: (line) => ({ ...custom(line), text: text(line["text"]) }),
  customData: (line) => {
    const data = bytes(fields(line["data"])["base64"]);
    return { ...custom(line), text: textOrNull(line["text"]), data };
  },
  printerConfiguration: ({ printerName, settings, reduced }) => ({
    printerName: text(printerName),
    settings: list(settings, setting),
    reduced: list(reduced, text),
  }),
};

function read(line: Fields): object {
  const kind = text(line["type"]).replace(/^notification\./, "");
  if (!Object.hasOwn(READERS, kind)) throw new FieldError();
  return { kind, ...READERS[kind as RaisedKind](line) };
}

function worded(line: Fields): object {
  const { title, body, bodies, strings } = line;
  return { title: text(title), body: text(body), bodies: list(bodies, text), strings: list(strings, resolved) };
}

function custom({ dll, entrypoint, bidi }: Fields): object {
  return { dll: text(dll), entrypoint: text(entrypoint), bidi: flag(bidi) };
}

function resource(value: unknown): ResourceReference | null {
  if (value === null) return null;
  const { id, dll } = fields(value);
  return { id: number(id), dll: textOrNull(dll) };
}

function action(value: unknown): BalloonAction | null {
  if (value === null) return null;
  const { dll, entrypoint, data } = fields(value);
  return { dll: text(dll), entrypoint: text(entrypoint), data: text(data) };
}

function button(value: unknown): MessageBoxButton {
  const { index, id, replyValue, label } = fields(value);
  return { index: number(index), id: text(id), replyValue: number(replyValue), label: text(label) };
}

function resolved(value: unknown): ResolvedString {
  const { path, stringId, dll, params, text: shown, source } = fields(value);
  return {
    path: text(path),
    stringId: stringId === null ? null : number(stringId),
    dll: textOrNull(dll),
    params: list(params, text),
    text: text(shown),
    source: text(source) as ResolvedString["source"],
  };
}

function setting(line: unknown): ConfigurationSetting {
  const { name, kind, value, base64, problem } = fields(line);
  return {
    name: textOrNull(name),
    kind: textOrNull(kind),
    value: typeof value === "object" ? null : (value as ConfigurationSetting["value"]),
    bytes: base64 === null ? null : bytes(base64),
    problem: textOrNull(problem),
  };
}

function fields(value: unknown): Fields {
  if (!isObject(value)) throw new FieldError();
  return value;
}

function list<Element>(value: unknown, read: (element: unknown) => Element): Element[] {
  if (!Array.isArray(value)) throw new FieldError();
  return value.map(read);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new FieldError();
  return value;
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : text(value);
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new FieldError();
  return value;
}

function flag(value: unknown): boolean {
  if (typeof value !== "boolean") throw new FieldError();
  return value;
}

function bytes(value: unknown): Uint8Array {
  return Uint8Array.from(Buffer.from(text(value), "base64"));
}
