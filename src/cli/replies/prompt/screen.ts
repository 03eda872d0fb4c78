import { clip } from "../../../bytes/clip.js";
import type { MessageBox } from "../../../notifications/model.js";
import { HRESULTS } from "../../../pan/hresults.js";
import type { Replied } from "../../../watch/events.js";
import type { Question } from "../../../watch/options.js";
import { sanitise, sanitiseLines } from "../../sanitise.js";

/** How much of a message box is shown; the JSON line has all of it. */
const MAX_BODY = 4000;
const MAX_BODY_LINES = 40;
const MAX_LINE = 200;

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

/** The whole question, and what the keys do. */
export function questionText({ event }: Question, box: MessageBox, place: Place): string {
  const printer = event.printer === null ? "" : `, printer ${line(event.printer)}`;
  return [
    "",
    `── Question ${place.number} of ${place.of} from ${line(event.server)}${printer} ──`,
    line(box.title),
    ...bodyLines(box.body).map((text) => `  ${text}`),
    ...box.buttons.map((button) => `  ${button.index}  ${line(button.label)} (${button.id})`),
    "  s  skip: leave it to somebody else",
    keysText(box),
    "",
  ].join("\n");
}

/** Says again what the keys do, for a key that does nothing. */
export function keysText(box: MessageBox): string {
  return `Press ${box.buttons.map((button) => `${button.index}, `).join("")}or s.`;
}

/** Says that more questions wait behind the one that is shown. */
export function waitingText(box: MessageBox, place: Place): string {
  return `── Still question ${place.number} of ${place.of}: ${line(box.title)} ── ${keysText(box)}\n`;
}

export function chosenText(box: MessageBox, label: string): string {
  return `${line(box.title)}: answering with ${line(label)} …\n`;
}

export function skippedText(box: MessageBox): string {
  return `${line(box.title)}: skipped, left to somebody else.\n`;
}

/** Says that a question is no longer asked; `reason` is what its AbortSignal gave. */
export function withdrawnText(box: MessageBox, reason: unknown): string {
  const why = reason instanceof Error && reason.name !== "AbortError" ? ` (${line(reason.message)})` : "";
  return `${line(box.title)}: withdrawn, not answered${why}.\n`;
}

/** Says what became of an answer. */
export function outcomeText(title: string, outcome: Replied): string {
  switch (outcome.type) {
    case "reply.sent":
      return `${line(title)}: answered.\n`;
    case "reply.planned":
      return `${line(title)}: not sent, this is a dry run.\n`;
    case "reply.rejected": {
      const { result, message } = outcome;
      if (result !== null && TOO_LATE.includes(result.code)) {
        return `${line(title)}: too late, somebody else has answered it.\n`;
      }
      return `${line(title)}: the answer was not accepted (${line(message ?? result?.name ?? "unknown result")}).\n`;
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
