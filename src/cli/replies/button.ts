import { clip } from "../../bytes/clip.js";
import { PanwatchError } from "../../errors.js";
import type { MessageBox, MessageBoxButton } from "../../notifications/model.js";
import { sanitise } from "../sanitise.js";

/** Which button to press: one with this id (`IDOK`, `IDCANCEL`, digits), or the one with this whole label. */
export type ButtonChoice = { readonly by: "id" | "label"; readonly text: string };

/** How buttons are written, for error messages. */
export const BUTTON_FORMS = "IDOK, IDCANCEL, an integer such as 3, or =Label";

/** Reads a choice as people and programs write it; null when it is none of {@link BUTTON_FORMS}. */
export function parseButtonChoice(text: string): ButtonChoice | null {
  if (text.startsWith("=")) return text.length > 1 ? { by: "label", text: text.slice(1) } : null;
  return /^(?:IDOK|IDCANCEL|-?\d+)$/.test(text) ? { by: "id", text } : null;
}

/**
 * The button of this message box that is meant.
 *
 * @throws {PanwatchError} `reply` when the box has no such button, or more than one.
 */
export function findButton(box: MessageBox, choice: ButtonChoice): MessageBoxButton {
  const found = box.buttons.filter((button) => isChosen(button, choice));
  const [button, ...others] = found;
  if (button !== undefined && (others.length === 0 || choice.by === "id")) return button;
  const what = choice.by === "label" ? `labelled "${shown(choice.text)}"` : choice.text;
  const message =
    button === undefined
      ? `The message box "${shown(box.title)}" has no button ${what}.`
      : `The message box "${shown(box.title)}" has ${found.length} buttons ${what}.`;
  throw new PanwatchError("reply", message, { hint: `Its buttons are: ${box.buttons.map(named).join(", ")}.` });
}

function isChosen(button: MessageBoxButton, { by, text }: ButtonChoice): boolean {
  if (by === "label") return button.label === text;
  // 1 and 2 do not mean IDOK and IDCANCEL, which have names.
  return withoutZeros(button.id) === withoutZeros(text);
}

/** 007 and 7 are the same integer. */
function withoutZeros(id: string): string {
  return id.replace(/^(-?)0+(?=\d)/, "$1");
}

function named(button: MessageBoxButton): string {
  return `${button.id} (${shown(button.label)})`;
}

function shown(text: string): string {
  return clip(sanitise(text.slice(0, 200)), 80);
}
