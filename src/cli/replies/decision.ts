import { clip } from "../../bytes/clip.js";
import { PanwatchError } from "../../errors.js";
import type { Reply } from "../../notifications/model.js";
import type { Question } from "../../watch/options.js";
import { BUTTON_FORMS, findButton, parseButtonChoice, type ButtonChoice } from "./button.js";

/** What a rule or a program decided about a question. */
export type Decision =
  | { readonly kind: "button"; readonly choice: ButtonChoice }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "skip" };

/** Why something is no decision: the end of a sentence. */
export interface Invalid {
  readonly kind: "invalid";
  readonly problem: string;
}

const SKIP: Decision = { kind: "skip" };

/** Reads a button or `skip`, as a program prints it and a rule holds it. */
export function readButton(text: string): Decision | Invalid {
  if (text === "skip") return SKIP;
  const choice = parseButtonChoice(text);
  return choice === null
    ? invalid(`"${excerpt(text)}" is no button: write ${BUTTON_FORMS}`)
    : { kind: "button", choice };
}

/** Reads `{"button":…}`, `{"text":…}` or `{"skip":true}`; exactly one of the three, and nothing else. */
export function readDecision(fields: Readonly<Record<string, unknown>>): Decision | Invalid {
  const [[name, value] = ["", undefined], ...others] = Object.entries(fields);
  if (name === "" || others.length > 0) return invalid('it needs exactly one of "button", "text" and "skip"');
  switch (name) {
    case "button":
      if (typeof value === "string") return readButton(value);
      return Number.isInteger(value) ? readButton(String(value)) : invalid(`"button" must be ${BUTTON_FORMS}`);
    case "text":
      return typeof value === "string" ? { kind: "text", text: value } : invalid('"text" must be a string');
    case "skip":
      return value === false ? invalid('"skip" must be true, or left out') : SKIP;
    default:
      return invalid(`"${excerpt(name)}" is not one of "button", "text" and "skip"`);
  }
}

/** A decision in words. */
export function decisionText(decision: Decision): string {
  switch (decision.kind) {
    case "skip":
      return "skip";
    case "text":
      return `answer with a text of ${decision.text.length} characters`;
    case "button":
      return `press button ${decision.choice.by === "label" ? "=" : ""}${excerpt(decision.choice.text)}`;
  }
}

/**
 * The reply that a decision means for a question; null to skip.
 *
 * @throws {PanwatchError} `reply` when the question cannot be answered like that.
 */
export function toReply(decision: Decision, { notification }: Question): Reply | null {
  if (decision.kind === "skip") return null;
  if (notification.kind === "messageBox") {
    if (decision.kind === "text") throw unfit("A message box is answered with a button, not with a text.");
    return { kind: "button", button: findButton(notification, decision.choice) };
  }
  if (decision.kind === "button") throw unfit("Custom UI and custom data are answered with a text, not with a button.");
  return decision;
}

function unfit(message: string): PanwatchError {
  return new PanwatchError("reply", message);
}

function invalid(problem: string): Invalid {
  return { kind: "invalid", problem };
}

/** The beginning of a text for an error message. */
export function excerpt(text: string): string {
  return clip(text, 60);
}
