import type { StringReference } from "./button-labels.js";
import { type Attributes, element, encodeDocument, characters, type Markup } from "./markup.js";

const NAMESPACE = "http://schemas.microsoft.com/2003/print/asyncui/v1/request";

/** The parameter that clients replace by the name of the printer ([MS-PAN] 2.2.7.1.5). */
export const PRINTER_NAME = { type: "PrinterName" } as const;

type Parameter = string | typeof PRINTER_NAME;

/** A title or body: literal, or a string resource; `params` stand for `%1`, `%2` … ([MS-PAN] 2.2.7.1.3). */
export type DisplayText =
  | string
  | { readonly text: string; readonly params?: readonly Parameter[] }
  | (StringReference & { readonly params?: readonly Parameter[] });

export interface ResourceId {
  readonly id: number;
  readonly dll: string | null;
}

export interface BalloonContent {
  readonly title: DisplayText;
  readonly bodies: readonly DisplayText[];
  readonly icon?: ResourceId | null;
  readonly action?: { readonly dll: string; readonly entrypoint: string; readonly data: string } | null;
}

/** AsyncUIBalloon ([MS-PAN] 2.2.7.2). */
export function balloonDocument({ title, bodies, icon, action }: BalloonContent): Uint8Array {
  const parts = [display("title", title), ...bodies.map((body) => display("body", body))];
  if (action) {
    const { dll, entrypoint, data } = action;
    parts.push(element("action", { dll, entrypoint }, characters(data)));
  }
  return request(element("balloonUI", { iconID: icon?.id, resourceDll: icon?.dll }, parts.join("")));
}

export interface MessageBoxContent {
  readonly title: DisplayText;
  readonly bodies: readonly DisplayText[];
  readonly bitmap?: ResourceId | null;
  /** 1 to 5; `label` is null for IDOK and IDCANCEL, which have their own. */
  readonly buttons: readonly { readonly id: string; readonly label: StringReference | null }[];
}

/** AsyncUIMessageBox ([MS-PAN] 2.2.7.3). */
export function messageBoxDocument({ title, bodies, bitmap, buttons }: MessageBoxContent): Uint8Array {
  const parts = [display("title", title)];
  if (bitmap) parts.push(element("bitmap", { bitmapID: bitmap.id, resourceDll: bitmap.dll }));
  parts.push(...bodies.map((body) => display("body", body)));
  const each = buttons.map(({ id, label }) => element("button", { ...attributesOf(label), buttonID: id }));
  parts.push(element("buttons", {}, each.join("")));
  return request(element("messageBoxUI", {}, parts.join("")));
}

export interface CustomContent {
  readonly dll: string;
  readonly entrypoint: string;
  /** Whether the client is to answer. */
  readonly bidi: boolean;
}

/** AsyncUICustomUI ([MS-PAN] 2.2.7.5). */
export function customUiDocument({ dll, entrypoint, bidi }: CustomContent, text: string): Uint8Array {
  return request(element("customUI", { dll, entrypoint, bidi }, characters(text)));
}

/** AsyncUICustomData ([MS-PAN] 2.2.7.7): the document, its NUL, and the data. */
export function customDataDocument({ dll, entrypoint, bidi }: CustomContent, data: Uint8Array): Uint8Array {
  const document = request(element("customData", { dll, entrypoint, bidi }));
  const bytes = new Uint8Array(document.length + data.length);
  bytes.set(document);
  bytes.set(data, document.length);
  return bytes;
}

/** [MS-PAN] 2.2.7.1.1 */
function request(content: Markup): Uint8Array {
  const open = element("requestOpen", {}, content);
  return encodeDocument(element("asyncPrintUIRequest", { xmlns: NAMESPACE }, element("v1", {}, open)));
}

function display(name: "title" | "body", content: DisplayText): Markup {
  if (typeof content === "string") return element(name, {}, characters(content));
  const params = (content.params ?? []).map(parameter).join("");
  if ("text" in content) return element(name, {}, characters(content.text) + params);
  return element(name, attributesOf(content), params);
}

function parameter(content: Parameter): Markup {
  return typeof content === "string" ? element("parameter", {}, characters(content)) : element("parameter", content);
}

function attributesOf(reference: StringReference | null): Attributes {
  return { stringID: reference?.stringId, resourceDll: reference?.dll };
}
