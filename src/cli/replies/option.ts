import { UsageError } from "../../errors.js";
import { requireProgram } from "../programs/find.js";
import { BUTTON_FORMS, parseButtonChoice, type ButtonChoice } from "./button.js";
import { loadRules, type Rule } from "./rules.js";

/** What `--reply` says: who chooses the replies. */
export type ReplyChoice =
  | { readonly via: "none" }
  | { readonly via: "button"; readonly choice: ButtonChoice }
  | { readonly via: "rules"; readonly rules: readonly Rule[] }
  | { readonly via: "exec"; readonly program: string };

/**
 * Reads the value of `--reply` and the rules file it names, and looks for its program.
 *
 * @throws {UsageError} for everything that could only fail later.
 */
export function parseReplyOption(value: string): ReplyChoice {
  if (value === "none") return { via: "none" };
  const [, how, what] = /^(button|rules|exec)=(.+)$/s.exec(value) ?? [];
  if (what === undefined) {
    throw new UsageError("--reply takes none, button=B, rules=FILE or exec=PROG.", {
      hint: `B is ${BUTTON_FORMS}.`,
    });
  }
  switch (how) {
    case "button":
      return { via: "button", choice: readChoice("--reply button=", what) };
    case "rules":
      return { via: "rules", rules: loadRules(what) };
    default:
      requireProgram(what, "The reply program");
      return { via: "exec", program: what };
  }
}

/** Reads which button to press; `name` is the option without the button. Throws a UsageError. */
export function readChoice(name: string, text: string): ButtonChoice {
  const choice = parseButtonChoice(text);
  if (choice !== null) return choice;
  throw new UsageError(`${name} takes ${BUTTON_FORMS}.`, {
    hint: `For a button with the label ${text}, put an = before it: '=${text}'.`,
  });
}
