import { clip } from "../../bytes/clip.js";
import type { Guid } from "../../bytes/guid.js";
import { hex32, toHex } from "../../bytes/hex.js";
import { decodeUtf16 } from "../../bytes/utf16.js";
import { NOTIFICATION_TYPES } from "../../notifications/notification-types.js";
import { hresultName } from "../../pan/hresults.js";
import { ALL_USERS, BIDIRECTIONAL, NOTIFICATION_RELEASE, PER_USER, UNIDIRECTIONAL } from "../../pan/types.js";
import { EPT_NOT_REGISTERED } from "../../rpc/endpoint-mapper/ept-map.js";
import { decodeText } from "../render/text-of-bytes.js";

/** What a line shows at most: bytes of a byte array, characters of a text, elements of an array. */
const MAX_BYTES = 256;
const MAX_CHARACTERS = 16_384;
const MAX_ELEMENTS = 64;

const GUID_NAMES = new Map<Guid, string>([
  ...NOTIFICATION_TYPES.map(({ guid, constant }) => [guid, constant] as const),
  [NOTIFICATION_RELEASE, "NOTIFICATION_RELEASE"],
]);

const ENUMS: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  NotifyFilter: new Map([
    [PER_USER, "kPerUser"],
    [ALL_USERS, "kAllUsers"],
  ]),
  conversationStyle: new Map([
    [BIDIRECTIONAL, "kBiDirectional"],
    [UNIDIRECTIONAL, "kUniDirectional"],
  ]),
};

/** The parameters of a call as JSON can hold them, by their names in the IDL. */
export function shownValues(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(name, value)]));
}

function shown(name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return shownBytes(value);
  if (typeof value === "string")
    return name.endsWith("NotificationType") ? shownType(value) : clip(value, MAX_CHARACTERS);
  if (typeof value === "number") return shownNumber(name, value);
  if (Array.isArray(value)) return shownArray(value);
  return typeof value === "object" && value !== null ? shownValues(value) : value;
}

/** How many bytes there are, the first of them, and the text where they are one. */
function shownBytes(bytes: Uint8Array): object {
  const hex = toHex(bytes.subarray(0, MAX_BYTES));
  const text = documentText(bytes);
  return text === null
    ? { length: bytes.length, hex }
    : { length: bytes.length, hex, text: clip(text, MAX_CHARACTERS) };
}

/** The document of a notification or a reply, with what follows its terminating NUL left out; null for other bytes. */
function documentText(bytes: Uint8Array): string | null {
  const end = bytes.length > 2 * MAX_CHARACTERS ? 2 * MAX_CHARACTERS : bytes.length;
  const head = bytes.subarray(0, end);
  const startsAsDocument = bytes.length > 1 && /^\ufeff?\s*</.test(decodeUtf16(head.subarray(0, 64)));
  return startsAsDocument ? (decodeUtf16(head).split("\0")[0] ?? "") : decodeText(head);
}

function shownType(guid: Guid): object {
  return { guid, name: GUID_NAMES.get(guid) ?? null };
}

function shownNumber(name: string, value: number): unknown {
  if (name === "result") return { code: hex32(value), name: hresultName(value) };
  if (name === "status") return { code: hex32(value), name: value === EPT_NOT_REGISTERED ? "not registered" : null };
  const names = ENUMS[name];
  return names === undefined ? value : { value, name: names.get(value) ?? null };
}

function shownArray(elements: readonly unknown[]): unknown {
  const some = elements.slice(0, MAX_ELEMENTS).map((element) => shown("", element));
  return elements.length <= MAX_ELEMENTS ? some : { length: elements.length, first: some };
}
