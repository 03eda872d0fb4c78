// What a page of docs/ and a text of help look like in a manual page: see groff_man(7).

import { blocksOf } from "../dist/cli/markdown.js";

/** Text as it is, in roman type; a terminal of ASCII, which LANG=C is to man, has no ellipsis. */
export function plain(text) {
  return text.replaceAll("\\", "\\(rs").replaceAll("…", "...");
}

/** What people type or read on a screen: every character stays the one of ASCII that it is. */
export function literal(text) {
  const names = { "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq" };
  return plain(text).replace(/[-'`^~"]/g, (character) => names[character]);
}

export function bold(text) {
  return `\\fB${literal(text)}\\fR`;
}

/** A line of text; what would be a request of roff is none any more. */
export function line(text) {
  return text.replace(/^(?=[.'])/, "\\&");
}

/** A block that keeps its lines. */
export function example(lines) {
  return [".PP", ".RS 4", ".nf", ...lines.map((text) => line(literal(text))), ".fi", ".RE"];
}

/** A term, and beside or below it what it means. */
export function entry(term, meaning) {
  return [".TP", line(term), line(meaning)];
}

/** Inline Markdown: code, strong and emphasised words, links as their words. */
function inline(text) {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith("`")
        ? bold(part.slice(1, -1))
        : plain(part)
            .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
            .replace(/\*\*([^*]+)\*\*/g, "\\fB$1\\fR")
            .replace(/(?<!\w)_([^_]+)_(?!\w)/g, "\\fI$1\\fR"),
    )
    .join("");
}

/** A page of docs/: its heading is a section, and so on; tables are lists of terms. */
export function fromMarkdown(page) {
  return blocksOf(page).flatMap(fromBlock);
}

function fromBlock(block) {
  switch (block.kind) {
    case "heading":
      return [block.level === 1 ? `.SH ${quoted(block.text.toUpperCase())}` : `.SS ${quoted(block.text)}`];
    case "code":
      return example(block.lines);
    case "terms":
      return block.rows.flatMap(([term, meaning]) => entry(inline(term), inline(meaning)));
    case "list":
      return block.items.flatMap(({ mark, text }) => [`.IP ${mark === "-" ? "\\(bu" : mark} 4`, line(inline(text))]);
    case "paragraph":
      return [".PP", line(inline(block.text))];
  }
}

export function quoted(text) {
  return `"${plain(text).replaceAll('"', "\\(dq")}"`;
}
