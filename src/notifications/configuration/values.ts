import type { BidiKind } from "../model.js";
import { trimSpace } from "../xml/characters.js";

/** The value of a setting, as the model has it; null when the text is none of the type that the kind stands for. */
export interface BidiValue {
  readonly value: string | number | boolean | null;
  readonly bytes: Uint8Array | null;
}

/** What each kind is in the schema ([MS-PAN] 2.2.8.1, 2.2.8.1.3 to .9): its section, its XSD type, and its reader. */
export const BIDI_KINDS = {
  BIDI_STRING: { section: "2.2.8.1.3", type: "string", read: plain },
  BIDI_TEXT: { section: "2.2.8.1.4", type: "string", read: plain },
  BIDI_ENUM: { section: "2.2.8.1.5", type: "string", read: plain },
  BIDI_INT: { section: "2.2.8.1.6", type: "integer", read: readInteger },
  BIDI_FLOAT: { section: "2.2.8.1.7", type: "float", read: readFloat },
  BIDI_BOOL: { section: "2.2.8.1.8", type: "boolean", read: readBoolean },
  BIDI_BLOB: { section: "2.2.8.1.9", type: "base64Binary", read: readBase64 },
} as const satisfies Record<BidiKind, { section: string; type: string; read: (text: string) => BidiValue | null }>;

/** 2^53, up to which every integer is a number. */
const LARGEST = "9007199254740992";

function plain(value: string | number | boolean): BidiValue {
  return { value, bytes: null };
}

function readInteger(text: string): BidiValue | null {
  const [, sign, digits] = /^([+-]?)0*(\d*)$/.exec(trimSpace(text)) ?? [];
  if (digits === undefined || !/\d$/.test(trimSpace(text))) return null;
  if (digits === "") return plain(0);
  const written = sign === "-" ? `-${digits}` : digits;
  const exact = digits.length < LARGEST.length || (digits.length === LARGEST.length && digits <= LARGEST);
  return plain(exact ? Number(written) : written);
}

function readFloat(text: string): BidiValue | null {
  const written = trimSpace(text);
  if (written === "INF" || written === "-INF" || written === "NaN") return plain(written);
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(written)) return null;
  const value = Number(written);
  if (Number.isFinite(value)) return plain(value);
  return plain(value > 0 ? "INF" : "-INF");
}

function readBoolean(text: string): BidiValue | null {
  const written = trimSpace(text);
  if (written === "true" || written === "1") return plain(true);
  return written === "false" || written === "0" ? plain(false) : null;
}

/** Strict base64 (whole groups, zero bits in front of the padding), with white space anywhere. */
function readBase64(text: string): BidiValue | null {
  const digits = text.replace(/[ \t\r\n]+/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$/.test(digits)) return null;
  const buffer = Buffer.from(digits, "base64");
  return { value: null, bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
}
