import type { Guid } from "../../bytes/guid.js";
import { parseGuid } from "../../bytes/guid.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { UsageError } from "../../errors.js";
import { BIDI_KINDS } from "../../notifications/configuration/values.js";
import { NOTIFICATION_KINDS, type RaisedKind } from "../../notifications/kinds.js";
import type { BidiKind } from "../../notifications/model.js";
import { typeCalled } from "../../notifications/notification-types.js";
import {
  balloonDocument,
  customDataDocument,
  customUiDocument,
  type DisplayText,
  messageBoxDocument,
  type ResourceId,
} from "../../print-server/documents/asyncui.js";
import { labelReference, type StringReference } from "../../print-server/documents/button-labels.js";
import { configurationDocument } from "../../print-server/documents/configuration.js";
import { Fields } from "./fields.js";

/** What a notification is made of once its fields have been read. */
export interface Content {
  readonly type: Guid;
  readonly data: Uint8Array;
  /** Whether it was made from fields, and so must be a document without fault; raw data may be anything. */
  readonly made: boolean;
}

/** Reads the fields of one kind; `bidi` says whether clients can answer. */
type Reader = (fields: Fields, bidi: boolean) => Content;

/** What makes the document of each kind. */
const DOCUMENTS: Readonly<Record<RaisedKind, (fields: Fields, bidi: boolean) => Uint8Array>> = {
  balloon: (fields) => balloonDocument(balloonOf(fields)),
  messageBox: (fields) => messageBox(fields),
  customUi: (fields, bidi) => customUiDocument(customOf(fields, bidi), fields.textOr("text", "")),
  customData: (fields, bidi) => customDataDocument(customOf(fields, bidi), dataOf(fields)),
  printerConfiguration: (fields) => configuration(fields),
};

/**
 * What there is to `notify` or to `open`, as CLI.md has it and a few combinations more, which drivers send too: each kind
 * in the styles that its type has, and raw.
 */
export function instructionsFor(verb: "notify" | "open"): ReadonlyMap<string, Reader> {
  const style = verb === "open" ? "bidi" : "uni";
  const kinds = Object.entries(DOCUMENTS).flatMap(([kind, document]): [string, Reader][] => {
    const type = typeCalled(NOTIFICATION_KINDS[kind as RaisedKind].type);
    const read: Reader = (fields, bidi) => ({ type: type.guid, data: document(fields, bidi), made: true });
    return type.styles.some((each) => each === style) ? [[kind, read]] : [];
  });
  return new Map<string, Reader>([...kinds, ["raw", raw]]);
}

function balloonOf(fields: Fields): Parameters<typeof balloonDocument>[0] {
  const action = fields.has("action") ? fields.object("action") : null;
  const content = {
    ...textsOf(fields),
    icon: resourceOf(fields, "icon"),
    action: action && {
      dll: action.text("dll"),
      entrypoint: action.text("entrypoint"),
      data: action.textOr("data", ""),
    },
  };
  action?.end();
  return content;
}

function messageBox(fields: Fields): Uint8Array {
  const buttons = fields.has("buttons")
    ? fields.list("buttons").map(({ value, path }) => buttonOf(value, path))
    : [{ id: "IDOK", label: null }];
  return messageBoxDocument({
    ...textsOf(fields),
    bitmap: resourceOf(fields, "bitmap"),
    buttons,
  });
}

/** `"IDOK"`, `{"id":"3","label":"Retry"}`, or `{"id":"3","stringId":1200,"dll":"IHV.dll"}`; no label is the id. */
function buttonOf(value: unknown, path: string): { id: string; label: StringReference | null } {
  const fields = new Fields(typeof value === "string" ? { id: value } : value, path);
  const id = fields.text("id");
  if (!/^(?:IDOK|IDCANCEL|-?\d+)$/.test(id)) throw new UsageError(`${path}.id is not IDOK, IDCANCEL or digits.`);
  const text = fields.textOr("label", id);
  const resource = fields.has("stringId")
    ? { stringId: fields.integer("stringId", 0, MAX_STRING_ID), dll: fields.textOr("dll", null) }
    : null;
  fields.end();
  return { id, label: id === "IDOK" || id === "IDCANCEL" ? null : (resource ?? labelReference(text)) };
}

const MAX_STRING_ID = 0xffff_ffff;

/**
 * Title and bodies. `stringId`, `dll` and `params` of the line itself are the body's, or where there is no title, the
 * title's.
 */
function textsOf(fields: Fields): { title: DisplayText; bodies: DisplayText[] } {
  const named = fields.has("stringId") ? stringOf(fields, fields.list("params").map(param)) : null;
  const bodies = bodiesOf(fields);
  if (named === null) return { title: displayText(fields.value("title"), "title"), bodies };
  if (!fields.has("title")) return { title: named, bodies };
  return { title: displayText(fields.value("title"), "title"), bodies: [named, ...bodies] };
}

function stringOf(fields: Fields, params: string[]): DisplayText {
  return { stringId: fields.integer("stringId", 0, MAX_STRING_ID), dll: fields.textOr("dll", null), params };
}

function param({ value, path }: { readonly value: unknown; readonly path: string }): string {
  if (typeof value !== "string") throw new UsageError(`${path} is not a string.`);
  return value;
}

function bodiesOf(fields: Fields): DisplayText[] {
  const bodies = fields.list("bodies").map(({ value, path }) => displayText(value, path));
  const body = fields.value("body");
  return body === undefined || body === "" ? bodies : [displayText(body, "body"), ...bodies];
}

/** A string, `{"text":…,"params":[…]}`, or `{"stringId":103,"dll":…,"params":[…]}`. */
function displayText(value: unknown, path: string): DisplayText {
  if (typeof value === "string") return value;
  if (value === undefined) throw new UsageError(`${path} is missing.`);
  const fields = new Fields(value, path);
  const params = fields.list("params").map(param);
  const text = fields.has("text") ? { text: fields.text("text"), params } : stringOf(fields, params);
  fields.end();
  return text;
}

/** `{"id":7,"dll":"IHV.dll"}`, or 7 of the line's own `dll`. */
function resourceOf(fields: Fields, name: string): ResourceId | null {
  if (!fields.has(name)) return null;
  if (typeof fields.value(name) === "number")
    return { id: fields.integer(name, 0, MAX_STRING_ID), dll: fields.textOr("dll", null) };
  const resource = fields.object(name);
  const id = { id: resource.integer("id", 0, MAX_STRING_ID), dll: resource.textOr("dll", null) };
  resource.end();
  return id;
}

function customOf(fields: Fields, bidi: boolean): { dll: string; entrypoint: string; bidi: boolean } {
  const asked = fields.has("bidi") ? fields.boolean("bidi") : bidi;
  return { dll: fields.text("dll"), entrypoint: fields.text("entrypoint"), bidi: asked };
}

function dataOf(fields: Fields): Uint8Array {
  return fields.has("base64") ? fields.base64("base64") : new Uint8Array(0);
}

function configuration(fields: Fields): Uint8Array {
  const settings = fields.list("settings").map(({ value, path }) => settingOf(new Fields(value, path), path));
  const reduced = fields.list("reduced").map(({ value, path }) => {
    if (typeof value !== "string") throw new UsageError(`${path} is not a string.`);
    return value;
  });
  return configurationDocument({ printerName: fields.text("printerName"), settings, reduced });
}

/** The value is text, a number or a boolean, as watch prints it; that of a BIDI_BLOB is base64, also as `base64`. */
function settingOf(fields: Fields, path: string): { name: string; kind: BidiKind; value: string } {
  const name = fields.text("name");
  const kind = fields.text("kind");
  if (!isBidiKind(kind)) throw new UsageError(`${path}.kind is none of ${Object.keys(BIDI_KINDS).join(", ")}.`);
  const value = fields.value(fields.has("value") ? "value" : "base64");
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    throw new UsageError(`${path}.value is missing.`);
  fields.end();
  return { name, kind, value: String(value) };
}

function isBidiKind(kind: string): kind is BidiKind {
  return Object.hasOwn(BIDI_KINDS, kind);
}

/** Text goes out as documents do: UTF-16LE with a terminating NUL. */
function raw(fields: Fields): Content {
  const type = parseGuid(fields.text("notificationType"));
  if (type === null) throw new UsageError("notificationType is no GUID.");
  if (fields.has("xml") === fields.has("base64")) throw new UsageError("raw takes either xml or base64.");
  const data = fields.has("xml") ? encodeUtf16(`${fields.text("xml")}\0`) : fields.base64("base64");
  return { type, data, made: false };
}
