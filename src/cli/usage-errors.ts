import type { CommanderError } from "commander";
import { UsageError } from "../errors.js";
import { meantBy } from "./misspelling.js";
import { passwordOptionError } from "./target.js";
import { asSentence, capitalised } from "./sentence.js";

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

/** What does here what these options do in other programs. */
const KNOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  "--json": "For JSON lines, write -o json.",
  "--format": "The format is chosen with -o: pretty, line or json.",
  "--jsonl": "For JSON lines, write -o json.",
  "--server": "The server is an argument of its own, without an option.",
  "--host": "The server is an argument of its own, without an option.",
  "--debug": "For diagnosis, write -vv.",
  "--log": "The PDUs are written down with --trace FILE; -o line is meant for log files.",
};

/** Commander's complaint as one of ours: one sentence, and never the value that was given; `command` is null before any. */
export function fromCommander(error: CommanderError, command: string | null): UsageError {
  const [first = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const message = withoutValue(first);
  const hint =
    unknownOptionHint(message, more.join(" ")) ?? `See panwatch ${command === null ? "" : `${command} `}--help.`;
  return new UsageError(asSentence(capitalised(message)), { hint });
}

/** Of commander's suggestions those that may have been meant; null for none. */
function unknownOptionHint(message: string, suggestions: string): string | null {
  const option = /^unknown option '?(--?[^\s']+)/.exec(message)?.[1];
  if (option === undefined) return suggestions === "" ? null : suggestions.replace(/^\((.*)\)$/s, "$1");
  const [meant] = meantBy(option, suggestions.match(/--[\w-]+/g) ?? []);
  return KNOWN_ELSEWHERE[option] ?? (meant === undefined ? null : `Did you mean ${meant}?`);
}

/** `unknown option '--foo=bar'` and `unknown option '-fbar'` end after the option's name. */
function withoutValue(message: string): string {
  return message.replace(/^(unknown option) '(--[^=']*|-[^-'=]).*'$/s, "$1 $2");
}
