/**
 * Text from a server (titles, bodies, names, even error messages) may hold whatever its sender wanted a terminal to do.
 * Before it reaches one, everything is taken out that moves the cursor, changes colours, titles or the clipboard, or
 * turns the reading direction.
 */

/** OSC, DCS, SOS, PM and APC with their whole body. One without an end loses its introducer only, see below. */
const STRINGS = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)/;
/** CSI with its parameters and final byte. */
const CONTROL_SEQUENCES = /(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?/;
/** Every other escape sequence, and a lone ESC. */
const ESCAPES = /\x1b[\x20-\x2f]*[\x30-\x7e]?/;
/** All of them in one pass, so that what is left cannot form a new one. None scans past the beginning of another. */
const SEQUENCES = new RegExp([STRINGS, CONTROL_SEQUENCES, ESCAPES].map(({ source }) => source).join("|"), "g");
/** C0 but for tab and line feed, DEL, C1. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Marks, embeddings, overrides and isolates of the bidirectional algorithm, and characters that nobody can see. */
const INVISIBLE =
  /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const LONE_SURROGATES = /\p{Cs}/gu;

/** The text without anything a terminal would obey; line feeds stay, tabs become spaces. */
export function sanitiseLines(text: string): string {
  return text
    .replace(/\r\n?|[\x85\u2028\u2029]/g, "\n")
    .replace(SEQUENCES, "")
    .replace(CONTROLS, "")
    .replace(INVISIBLE, "")
    .replace(LONE_SURROGATES, "\ufffd")
    .replaceAll("\t", "    ");
}

/** Like {@link sanitiseLines}, on one line: for titles, names and messages. */
export function sanitise(text: string): string {
  const lines = sanitiseLines(text).split("\n");
  return lines.length === 1
    ? (lines[0] ?? "")
    : lines
        .map((line) => line.trim())
        .join(" ")
        .trim();
}

/** Characters of a JSON document that a terminal would obey although JSON allows them as they are; tags are pairs. */
const UNESCAPED =
  /[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** Characters that are escaped at once: a match is remembered for each, and a line may be nothing else. */
const CHUNK = 8192;

/** The same JSON document in which nothing is left that a terminal would obey: it is escaped, not taken out. */
export function escapeJson(json: string): string {
  if (json.search(UNESCAPED) === -1) return json;
  let line = "";
  for (let at = 0; at < json.length;) {
    // A pair stays whole.
    const end = at + CHUNK + (/^[\udc00-\udfff]/.test(json.charAt(at + CHUNK)) ? 1 : 0);
    line += json.slice(at, end).replace(UNESCAPED, escaped);
    at = end;
  }
  return line;
}

function escaped(character: string): string {
  const known = KNOWN_ESCAPES.get(character);
  if (known !== undefined) return known;
  let units = "";
  for (let i = 0; i < character.length; i++) units += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  KNOWN_ESCAPES.set(character, units);
  return units;
}

/** The escapes that were needed so far: there are about 200. */
const KNOWN_ESCAPES = new Map<string, string>();
