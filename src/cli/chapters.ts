import { readFileSync } from "node:fs";
import { packageFile } from "./package-file.js";

/** The chapters of the manual that `panwatch help` prints, which are pages of the package's docs. */
export const CHAPTERS = ["json", "rules", "hooks", "credentials", "exit-codes", "environment"] as const;
export type Chapter = (typeof CHAPTERS)[number];

export function isChapter(name: string | undefined): name is Chapter {
  return CHAPTERS.some((chapter) => chapter === name);
}

/** A chapter as text for a terminal: examples are indented, links are their words. */
export function chapterText(chapter: Chapter): string {
  const page = readFileSync(packageFile(`docs/${chapter}.md`), "utf8");
  let isExample = false;
  const lines = page.split("\n").flatMap((line) => {
    if (line.startsWith("```")) {
      isExample = !isExample;
      return [];
    }
    return [isExample ? `    ${line}`.trimEnd() : line.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")];
  });
  return lines.join("\n");
}
