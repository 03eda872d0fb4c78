// What a page of docs/ and a text of help look like in a manual page: see groff_man(7).

/** Text as it is, in roman type. */
export function plain(text) {
  return text.replaceAll("\\", "\\(rs");
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
  const blocks = page.trim().split(/\n{2,}(?![ \n])/);
  const whole = [];
  // A block of code may hold empty lines.
  for (const block of blocks) {
    const open = whole.at(-1);
    if (open !== undefined && open.startsWith("```") && !open.endsWith("```")) whole.push(`${whole.pop()}\n\n${block}`);
    else whole.push(block);
  }
  return whole.flatMap(fromBlock);
}

function fromBlock(block) {
  const lines = block.split("\n");
  if (block.startsWith("# ")) return [`.SH ${quoted(block.slice(2).toUpperCase())}`];
  if (block.startsWith("## ")) return [`.SS ${quoted(block.slice(3))}`];
  if (block.startsWith("```")) return example(lines.slice(1, -1));
  if (block.startsWith("|")) return lines.slice(2).flatMap(fromRow);
  if (/^(-|\d+\.) /.test(block)) return items(lines).flatMap(fromItem);
  return [".PP", ...lines.map((text) => line(inline(text)))];
}

function fromRow(row) {
  const [term = "", ...meaning] = row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
  return entry(inline(term), inline(meaning.join("; ")));
}

/** The lines of each item of a list, those joined that belong together. */
function items(lines) {
  const found = [];
  for (const text of lines)
    if (/^(-|\d+\.) /.test(text)) found.push(text);
    else found.push(`${found.pop()} ${text.trim()}`);
  return found;
}

function fromItem(item) {
  const [, mark, text] = /^(-|\d+\.) (.*)$/s.exec(item);
  return [`.IP ${mark === "-" ? "\\(bu" : mark} 4`, line(inline(text))];
}

export function quoted(text) {
  return `"${plain(text).replaceAll('"', "\\(dq")}"`;
}
