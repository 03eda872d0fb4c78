/** A part of a page of docs/, with its inline Markdown left in it. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "code"; readonly lines: readonly string[] }
  | { readonly kind: "terms"; readonly rows: readonly (readonly [term: string, meaning: string])[] }
  | { readonly kind: "list"; readonly items: readonly { readonly mark: string; readonly text: string }[] }
  | { readonly kind: "paragraph"; readonly text: string };

/** The parts of a page, as far as our pages use Markdown: a table is a list of terms with what they mean. */
export function blocksOf(page: string): Block[] {
  const blocks = [...page.matchAll(/^```[^\n]*\n(.*?)^```$|((?:^(?!```)[^\n]+\n?)+)/gms)];
  return blocks.map(([, code, text = ""]) =>
    code === undefined ? blockOf(text.trimEnd()) : { kind: "code", lines: code.trimEnd().split("\n") },
  );
}

function blockOf(text: string): Block {
  const lines = text.split("\n");
  const [, marks, heading] = /^(#+) (.*)$/.exec(text) ?? [];
  if (marks !== undefined && heading !== undefined) return { kind: "heading", level: marks.length, text: heading };
  if (text.startsWith("|")) return { kind: "terms", rows: lines.slice(2).map(rowOf) };
  if (/^(?:-|\d+\.) /.test(text)) return { kind: "list", items: itemsOf(text) };
  return { kind: "paragraph", text: lines.join(" ") };
}

function rowOf(row: string): readonly [term: string, meaning: string] {
  const [term = "", ...meaning] = row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
  return [term, meaning.join("; ")];
}

function itemsOf(text: string): { mark: string; text: string }[] {
  return text.split(/\n(?=(?:-|\d+\.) )/).map((item) => {
    const [, mark = "", words = ""] = /^(\S+) (.*)$/s.exec(item) ?? [];
    return { mark, text: words.replace(/\n\s*/g, " ") };
  });
}
