import { encodeUtf16 } from "../bytes/utf16.js";
import { DecodeError, PanwatchError } from "../errors.js";
import type { Reply } from "./model.js";
import { MAX_RESPONSE_SIZE } from "./notification-types.js";
import { Breaches, NoncomplianceError, quote } from "./noncompliance.js";
import { Children, noElements, requireNoText, sameCase } from "./structure.js";
import { decodeTerminatedText } from "./text.js";
import { trimSpace } from "./xml/characters.js";
import { childElements, textOf, type XmlElement } from "./xml/element.js";
import { escapeText, uncarriable } from "./xml/escape.js";
import { parseXml } from "./xml/parse.js";

const NAMESPACE = "http://schemas.microsoft.com/2003/print/asyncui/v1/response";

/**
 * The document that answers a message box ([MS-PAN] 2.2.7.4), custom UI or custom data (2.2.7.6): UTF-16LE without byte
 * order mark, XML declaration or terminating NUL.
 *
 * @throws {PanwatchError} `reply` for a text with characters that XML cannot carry, and for more than 0x00A00000 bytes.
 */
export function encodeReply(reply: Reply): Uint8Array {
  const answer =
    reply.kind === "button"
      ? `<messageBoxUI><buttonID>${buttonValue(reply.button)}</buttonID></messageBoxUI>`
      : `<CustomUI>${carried(reply.text)}</CustomUI>`;
  const document =
    `<asyncPrintUIResponse xmlns="${NAMESPACE}"><v1><requestClose>${answer}</requestClose></v1>` +
    `</asyncPrintUIResponse>`;
  if (2 * document.length > MAX_RESPONSE_SIZE) throw tooLarge(2 * document.length);
  return encodeUtf16(document);
}

/** 1 for IDOK, 2 for IDCANCEL, else the integer itself ([MS-PAN] 2.2.7.4.1), also where a number does not hold it. */
function buttonValue({ id, replyValue }: { readonly id: string; readonly replyValue: number }): string {
  return /^-?\d+$/.test(id) ? id : String(replyValue);
}

function carried(text: string): string {
  if (2 * text.length > MAX_RESPONSE_SIZE) throw tooLarge(2 * text.length);
  const character = uncarriable(text);
  if (character === null) return escapeText(text);
  throw new PanwatchError("reply", `The reply holds the character ${character}, which XML cannot carry.`, {
    hint: "Send text without control characters, or encode it in a way that the receiver knows.",
  });
}

function tooLarge(size: number): PanwatchError {
  return new PanwatchError(
    "reply",
    `The reply of ${size} bytes is larger than the ${MAX_RESPONSE_SIZE} that servers accept.`,
  );
}

/** What a client answered. */
export type DecodedReply =
  { readonly kind: "button"; readonly buttonId: number } | { readonly kind: "text"; readonly text: string };

/**
 * Reads the document that a client sent with CloseChannel; strict, for a print server has no leniencies to grant.
 *
 * @throws {PanwatchError} `decode` when it is larger than servers accept, not UTF-16LE, not well-formed or not valid.
 */
export function decodeReply(bytes: Uint8Array): DecodedReply {
  if (bytes.length > MAX_RESPONSE_SIZE)
    throw new DecodeError("reply", MAX_RESPONSE_SIZE, "it is larger than servers accept");
  const { text, tail } = decodeTerminatedText(bytes);
  if (tail.some((byte) => byte !== 0)) throw new NoncomplianceError("bytes follow the document", "2.2.7.4");
  const root = parseXml(text);
  if (root.name !== "asyncPrintUIResponse")
    throw new NoncomplianceError(`the root element is ${quote(root.name)}, not "asyncPrintUIResponse"`, "2.2.7.1.2");
  const breaches = new Breaches();
  const closed = onlyChild(onlyChild(root, "v1", breaches), "requestClose", breaches);
  requireNoText(closed, "2.2.7.1.2");
  const [answer, ...others] = childElements(closed);
  const decode = others.length === 0 ? ANSWERS.get(answer?.name ?? "") : undefined;
  if (answer !== undefined && decode !== undefined) {
    const reply = decode(answer, breaches);
    breaches.refuse();
    return reply;
  }
  throw new NoncomplianceError('"requestClose" holds exactly one element "messageBoxUI" or "CustomUI"', "2.2.7.1.2");
}

const ANSWERS: ReadonlyMap<string, (element: XmlElement, breaches: Breaches) => DecodedReply> = new Map([
  ["messageBoxUI", buttonReply],
  ["CustomUI", customReply],
]);

function onlyChild(element: XmlElement, name: string, breaches: Breaches): XmlElement {
  return new Children(element, [name], { sameName: sameCase, section: "2.2.7.1.2", breaches }).one(name);
}

function customReply(element: XmlElement, breaches: Breaches): DecodedReply {
  noElements(element, { section: "2.2.7.6.1", breaches });
  return { kind: "text", text: textOf(element) };
}

function buttonReply(element: XmlElement, breaches: Breaches): DecodedReply {
  const rules = { sameName: sameCase, section: "2.2.7.4.2", breaches };
  const buttonId = new Children(element, ["buttonID"], rules).one("buttonID");
  noElements(buttonId, { section: "2.2.7.4.1", breaches });
  const written = trimSpace(textOf(buttonId));
  const value = Number(written);
  if (!/^[+-]?\d+$/.test(written) || !Number.isSafeInteger(value))
    throw new NoncomplianceError(`${quote(written)} is no button`, "2.2.7.4.1");
  return { kind: "button", buttonId: value === 0 ? 0 : value };
}
