import { DecodeError } from "../errors.js";
import { decodeUtf16 } from "../bytes/utf16.js";
import { LONE_SURROGATE } from "./xml/characters.js";

/** The text at the start of a notification, and what follows its terminating NUL. */
export interface TerminatedText {
  /** A byte order mark is kept, so that character 0 is byte 0. */
  readonly text: string;
  /** A view of the bytes, empty when there is no NUL. */
  readonly tail: Uint8Array;
}

const decoder = new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-16LE up to the first NUL character or the end ([MS-PAN] 2.2.7 and 2.2.7.7).
 *
 * @throws {DecodeError} for an odd number of bytes, a lone surrogate, or a byte order mark of another encoding.
 */
export function decodeTerminatedText(bytes: Uint8Array): TerminatedText {
  const end = findNul(bytes);
  const text = decodeText(bytes.subarray(0, end ?? bytes.length));
  return { text, tail: end === null ? new Uint8Array() : bytes.subarray(end + 2) };
}

function findNul(bytes: Uint8Array): number | null {
  for (let i = 0; i + 1 < bytes.length; i += 2) if (bytes[i] === 0 && bytes[i + 1] === 0) return i;
  return null;
}

function decodeText(bytes: Uint8Array): string {
  const other = otherEncoding(bytes);
  if (other !== null) throw new DecodeError("text", 0, `${other} instead of UTF-16LE`);
  if (bytes.length % 2 !== 0)
    throw new DecodeError("text", bytes.length - 1, `an odd number of bytes (${bytes.length}) is not UTF-16`);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DecodeError("text", 2 * decodeUtf16(bytes).search(LONE_SURROGATE), "a lone surrogate is not UTF-16");
  }
}

/** What the first bytes tell of an encoding that is not accepted; null when they may be UTF-16LE. */
function otherEncoding([first, second, third]: Uint8Array): string | null {
  if (first === 0xfe && second === 0xff) return "UTF-16 in big-endian order";
  if (first === 0xef && second === 0xbb && third === 0xbf) return "UTF-8";
  if (first === 0x3c && second !== 0 && second !== undefined) return "single bytes";
  return null;
}
