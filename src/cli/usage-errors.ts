import type { CommanderError } from "commander";
import { UsageError } from "../errors.js";
import { passwordOptionError } from "./target.js";

/** Options that other programs take passwords with. */
const PASSWORD_OPTIONS = /^(--?(?:password|passwd|pass|pw|secret|hash(?:es)?|nt-?hash)|-[pP])(?:=|$)/;

/**
 * Refuses what is a password by its looks before anything else reads the arguments: no message, process title or trace
 * ever repeats it. Throws a UsageError.
 */
export function refusePasswordOptions(args: readonly string[]): void {
  for (const arg of args) {
    const option = PASSWORD_OPTIONS.exec(arg)?.[1];
    if (option !== undefined) throw passwordOptionError(option);
    if (arg.startsWith("--pw-nt-hash=")) {
      throw new UsageError("--pw-nt-hash takes no value: it says that the password is an NT hash.", {
        hint: "Put the hash where the password would be: --password-file, --auth-file or PANWATCH_PASSWORD.",
      });
    }
  }
}

/** Commander's complaint as one of ours: one sentence, and never the value that was given. */
export function fromCommander(error: CommanderError, command: string): UsageError {
  const [first = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const hint = more.join(" ").replace(/^\((.*)\)$/s, "$1") || `See panwatch ${command} --help.`;
  return new UsageError(asSentence(withoutValue(first)), { hint });
}

/** `unknown option '--foo=bar'` and `unknown option '-fbar'` end after the option's name. */
function withoutValue(message: string): string {
  return message.replace(/^(unknown option) '(--[^=']*|-[^-'=]).*'$/s, "$1 $2");
}

function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
