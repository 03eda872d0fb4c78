import type { ChalkInstance } from "chalk";
import { sanitise, sanitiseLines } from "../../sanitise.js";
import { wrap } from "../wrap.js";
import type { Entry, EntryText, Tone } from "./entry.js";
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
  const heading = [
    chalk.dim(clockTime(time)),
    paint(chalk, entry.tone)(`${entry.icon} ${sanitise(excerpt(entry.label))}`),
    ...(place === "" ? [] : [chalk.dim(sanitise(excerpt(place)))]),
  ].join(" ");
  const lines = entry.texts.flatMap((text) => layOutText(text, page));
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(chalk.dim(`… and ${count(lines.length - shown.length)} more lines`));
  return [heading, ...[...(entry.picture ?? []), ...shown].map((line) => INDENT + line)].join("\n");
}

/** Columns that are left for texts and pictures. */
export function textColumns(columns: number): number {
  return Math.max(20, columns - INDENT.length);
}

function layOutText({ text, tone }: EntryText, { chalk, columns }: Page): string[] {
  const painted = paint(chalk, tone);
  return wrap(sanitiseLines(excerpt(text)), textColumns(columns)).map((line) => painted(line));
}

/** The beginning of a long text, with a word about its length; `-o json` has all of it. */
function excerpt(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  return `${text.slice(0, MAX_CHARACTERS)}…\n(${count(text.length)} characters in all; -o json prints them)`;
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
