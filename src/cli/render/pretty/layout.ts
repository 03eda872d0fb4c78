import type { ChalkInstance } from "chalk";
import { clip } from "../../../bytes/clip.js";
import { sanitise, sanitiseLines } from "../../sanitise.js";
import { fits } from "../width.js";
import { wrap } from "../wrap.js";
import { textFor, type Entry, type EntryText, type Tone } from "./entry.js";
import { clockTime } from "./time.js";

/** Where entries are laid out for. */
export interface Page {
  readonly chalk: ChalkInstance;
  /** Columns of the terminal; Infinity where lines are not to be wrapped. */
  readonly columns: number;
}

/** Characters of one text, and lines of one entry, that are shown at most. */
const MAX_CHARACTERS = 4000;
const MAX_LINES = 200;

/** Texts stand under the heading's first word after the time. */
const INDENT = " ".repeat("00:00:00 ".length);

/** An entry as text for a terminal, without a line feed at its end. Everything in it is cleaned here. */
export function layOut(entry: Entry, time: Date, place: string, page: Page): string {
  const { chalk } = page;
  const heading = layOutHeading(entry, place, page);
  const lines = entry.texts.flatMap((text) => layOutText(text, page));
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(chalk.dim(`… and ${count(lines.length - shown.length)} more lines`));
  return [...heading, ...(entry.picture ?? []), ...shown]
    .map((line, i) => (i === 0 ? `${chalk.dim(clockTime(time))} ${line}` : INDENT + line))
    .join("\n");
}

/** The heading, on further lines where one is too short: the place stays whole where it can. */
function layOutHeading(entry: Entry, place: string, { chalk, columns }: Page): string[] {
  const width = textColumns(columns);
  const label = wrap(`${entry.icon} ${sanitise(excerpt(entry.label))}`, width);
  const where = wrap(sanitise(excerpt(place)), width).filter((line) => line !== "");
  const lines = label.map((line) => paint(chalk, entry.tone)(line));
  const [first] = where;
  const last = label.at(-1) ?? "";
  if (first !== undefined && where.length === 1 && fits(`${last} ${first}`, width))
    return [...lines.slice(0, -1), `${lines.at(-1) ?? ""} ${chalk.dim(first)}`];
  return [...lines, ...where.map((line) => chalk.dim(line))];
}

/** Columns that are left for texts and pictures. */
export function textColumns(columns: number): number {
  return Math.max(20, columns - INDENT.length);
}

function layOutText(text: EntryText, { chalk, columns }: Page): string[] {
  const width = text.isCommand === true ? Infinity : textColumns(columns);
  return wrap(sanitiseLines(excerpt(textFor(text, width))), width).map((line) => paint(chalk, text.tone)(line));
}

/** The beginning of a long text, with a word about its length; `-o json` has all of it. */
function excerpt(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  return `${clip(text, MAX_CHARACTERS)}\n(${count(text.length)} characters in all; -o json prints them)`;
}

/** With commas, by hand: the locale data of the runtime takes 30 ms to load. */
function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function paint(chalk: ChalkInstance, tone: Tone): (text: string) => string {
  switch (tone) {
    case "title":
      return chalk.bold;
    case "plain":
      return (text) => text;
    case "quiet":
      return chalk.dim;
    case "good":
      return chalk.green;
    case "warning":
      return chalk.yellow;
    case "bad":
      return chalk.red;
  }
}
