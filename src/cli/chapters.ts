import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { blocksOf, type Block } from "./markdown.js";
import { packageFile } from "./package-file.js";
import { termList } from "./render/term-list.js";
import { wrap } from "./render/wrap.js";

/** The chapters of the manual that `panwatch help` prints, which are pages of the package's docs. */
export const CHAPTERS = ["json", "rules", "hooks", "credentials", "exit-codes", "environment"] as const;
export type Chapter = (typeof CHAPTERS)[number];

export function isChapter(name: string | undefined): name is Chapter {
  return CHAPTERS.some((chapter) => chapter === name);
}

/** A chapter as text of so many columns: examples are indented, links are their words, tables lists of terms. */
export function chapterText(chapter: Chapter, columns: number): string {
  const page = readFileSync(packageFile(`docs/${chapter}.md`), "utf8");
  return `${blocksOf(page)
    .map((block) => blockLines(block, columns).join("\n"))
    .join("\n\n")}\n`;
}

function blockLines(block: Block, columns: number): string[] {
  switch (block.kind) {
    case "heading":
      return [styleText("bold", block.level === 1 ? block.text.toUpperCase() : block.text)];
    case "code":
      return block.lines.map((line) => `    ${line}`.trimEnd());
    case "terms":
      return termList(
        block.rows.map(([term, meaning]) => [inline(term), inline(meaning)]),
        columns,
      );
    case "list":
      return block.items.flatMap(({ mark, text }) => {
        const indent = " ".repeat(mark.length + 1);
        const lines = wrap(inline(text), columns - indent.length);
        return lines.map((line, i) => (i === 0 ? `${mark} ${line}` : indent + line));
      });
    case "paragraph":
      return wrap(inline(block.text), columns);
  }
}

/** Inline Markdown as people write it in plain text. */
function inline(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").replace(/\*\*([^*]+)\*\*/g, "$1");
}
