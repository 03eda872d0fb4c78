/** Characters that no XML 1.0 document may hold (2.2); lone surrogates are found where the bytes are decoded. */
export const FORBIDDEN_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** A surrogate without its other half. */
export const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** What no text can hold that is to be written as XML: there is no escape for it either. */
export const UNCARRIABLE = new RegExp(`${FORBIDDEN_CHARACTER.source}|${LONE_SURROGATE.source}`);

// Surrogates stand for U+10000 to U+EFFFF: pairs are whole by the time names are read, and a pattern without the u flag
// needs no memory per character. U+1680 and U+FEFF are left out: JavaScript, and so fast-xml-parser, counts them as
// white space.
const NAME_START =
  ":A-Z_a-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u02ff\\u0370-\\u037d\\u037f-\\u167f\\u1681-\\u1fff\\u200c\\u200d" +
  "\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\ud800-\\udb7f\\udc00-\\udfff\\uf900-\\ufdcf\\ufdf0-\\ufefe\\uff00-\\ufffd";
const NAME_REST = "\\-.0-9\\xb7\\u0300-\\u036f\\u203f\\u2040";

/** Source of a pattern for a Name (XML 1.0, 2.3). */
export const NAME = `[${NAME_START}][${NAME_START}${NAME_REST}]*`;

/** Source of a pattern for one white space character (XML 1.0, 2.3). */
export const SPACE = "[ \\t\\r\\n]";

/** Whether XML 1.0 allows the character with this code (2.2). */
export function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x1_0000 && code <= 0x10_ffff);
}

/** Whether the text holds nothing but XML white space. */
export function isBlank(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

/** The text without XML white space at its ends, which is all that XSD collapses around a number. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x9 || code === 0xa || code === 0xd;
}
