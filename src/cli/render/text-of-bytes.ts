/** Characters that texts do not hold: controls but for white space, private use, and what Unicode has not assigned. */
const NO_TEXT = /[\x00-\x08\x0e-\x1f\x7f-\x9f\p{Co}\p{Cn}]/u;

/**
 * The text of bytes whose format nobody has told: UTF-8, or UTF-16LE as Windows writes it, with or without a byte order
 * mark and a terminating NUL. Null for what is neither, or holds characters that texts do not hold.
 */
export function decodeText(bytes: Uint8Array): string | null {
  return asUtf8(bytes) ?? asUtf16(bytes);
}

function asUtf8(bytes: Uint8Array): string | null {
  return textOrNull(decode("utf-8", bytes));
}

/**
 * Any even number of bytes is nearly always well-formed UTF-16LE, so it must also look like something people write:
 * at least every second character from the Latin blocks, or a byte order mark.
 */
function asUtf16(bytes: Uint8Array): string | null {
  if (bytes.length % 2 !== 0 || bytes.length === 0) return null;
  const text = textOrNull(decode("utf-16le", bytes));
  if (text === null || (bytes[0] === 0xff && bytes[1] === 0xfe)) return text;
  let latin = 0;
  for (let i = 1; i < bytes.length; i += 2) if (bytes[i] === 0 || bytes[i] === 1) latin += 1;
  return latin * 4 >= bytes.length ? text : null;
}

function decode(encoding: "utf-8" | "utf-16le", bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function textOrNull(text: string | null): string | null {
  const whole = text?.endsWith("\0") ? text.slice(0, -1) : text;
  if (whole === null || whole === undefined) return null;
  // A document stays one when it holds what it must not: whoever reads the line wants to see what was wrong with it.
  const isText = whole.startsWith("<") ? !whole.includes("\0") : !NO_TEXT.test(whole);
  return isText ? whole : null;
}
