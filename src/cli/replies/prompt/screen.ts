import { clip } from "../../../bytes/clip.js";
import type { MessageBox } from "../../../notifications/model.js";
import { HRESULTS } from "../../../pan/hresults.js";
import type { Replied } from "../../../watch/events.js";
import type { Question } from "../../../watch/options.js";
import { wrap } from "../../render/wrap.js";
import { sanitise, sanitiseLines } from "../../sanitise.js";
import type { TerminalSize } from "./terminal.js";

/** How much of a message box is shown; the JSON line has all of it. */
const MAX_BODY = 4000;
const MAX_BODY_LINES = 40;
const MAX_LINE = 200;

const CUT = "  … (any other key shows all of it)";

/** Results, informational and failed, that mean that somebody else was first ([MS-PAN] 3.1.1.4.6). */
const TOO_LATE: readonly number[] = [
  HRESULTS.S_CHANNEL_ACQUIRED,
  HRESULTS.CHANNEL_ACQUIRED,
  HRESULTS.CHANNEL_CLOSED_BY_ANOTHER_LISTENER,
];

/** A place in the queue of message boxes: `1 of 3`. */
export interface Place {
  readonly number: number;
  readonly of: number;
}

/** The question and what the keys do; where there is too little room, its body is cut first. */
export function questionLines(
  { event }: Question,
  box: MessageBox,
  place: Place,
  { columns, rows }: TerminalSize,
): readonly string[] {
  // A line that fills the last column is two rows on some terminals.
  const fit = (texts: readonly string[]): string[] => texts.flatMap((text) => wrap(text, columns - 1));
  const printer = event.printer === null ? "" : `, printer ${line(event.printer)}`;
  const head = [
    "",
    ...fit([`── Question ${place.number} of ${place.of} from ${line(event.server)}${printer} ──`, line(box.title)]),
  ];
  const body = bodyLines(box.body)
    .flatMap((text) => wrap(text, columns - 3))
    .map((text) => `  ${text}`);
  const keys = fit([
    ...box.buttons.map((button) => `  ${button.index}  ${line(button.label)} (${button.id})`),
    "  s  skip: leave it to somebody else",
    `Press ${box.buttons.map((button) => `${button.index}, `).join("")}or s.`,
  ]);
  const room = Math.max(0, rows - head.length - keys.length);
  const shown = body.length <= room ? body : [...body.slice(0, Math.max(0, room - 1)), CUT];
  return [...head, ...shown, ...keys].slice(-rows);
}

export function chosenText(box: MessageBox, label: string): string {
  return `${line(box.title)}: answering with ${line(label)} …`;
}

export function skippedText(box: MessageBox): string {
  return `${line(box.title)}: skipped, left to somebody else.`;
}

/** Says that a question is no longer asked; `reason` is what its AbortSignal gave. */
export function withdrawnText(box: MessageBox, reason: unknown): string {
  const why = reason instanceof Error && reason.name !== "AbortError" ? ` (${line(reason.message)})` : "";
  return `${line(box.title)}: withdrawn, not answered${why}.`;
}

/** Says what became of an answer. */
export function outcomeText(title: string, outcome: Replied): string {
  switch (outcome.type) {
    case "reply.sent":
      return `${line(title)}: answered.`;
    case "reply.planned":
      return `${line(title)}: not sent, this is a dry run.`;
    case "reply.rejected": {
      const { result, message } = outcome;
      if (result !== null && TOO_LATE.includes(result.code)) {
        return `${line(title)}: too late, somebody else has answered it.`;
      }
      return `${line(title)}: the answer was not accepted (${line(message ?? result?.name ?? "unknown result")}).`;
    }
  }
}

function line(text: string): string {
  return clip(sanitise(text.slice(0, 4 * MAX_LINE)), MAX_LINE);
}

function bodyLines(body: string): readonly string[] {
  const lines = sanitiseLines(body.slice(0, 4 * MAX_BODY)).split("\n");
  const shown = clip(lines.slice(0, MAX_BODY_LINES).join("\n"), MAX_BODY).split("\n");
  const whole = body.length <= 4 * MAX_BODY && lines.length <= MAX_BODY_LINES;
  return body === "" ? [] : whole ? shown : [...shown, "…"];
}
