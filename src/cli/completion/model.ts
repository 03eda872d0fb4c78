import type { Argument, Command, Option } from "commander";
import { CHAPTERS } from "../chapters.js";
import { MATCHABLE } from "../replies/fields.js";

/** What may stand in a place of the command line. */
export type Candidates = Words | { readonly kind: "files" | "hosts" | "anything" };

export interface Words {
  readonly kind: "words";
  readonly words: readonly string[];
  /** Words that go on behind their `=`, and with what. */
  readonly beginnings: readonly Beginning[];
}

export interface Beginning {
  readonly word: `${string}=`;
  readonly then: "files" | "programs" | "anything";
}

export interface CompletionOption {
  /** `--output`, and `-o` if there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** What its value may be; null when it takes none. */
  readonly value: Candidates | null;
}

export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  /** What its arguments may be. */
  readonly argument: Candidates;
}

/** What a shell needs to know about a command, read from its definition. */
export function completionOf(command: Command): CompletionCommand {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    summary: command.summary(),
    options: [
      ...command.options.filter((option) => !option.hidden).map(optionOf),
      { names: ["--help", "-h"], description: "show this help", value: null },
    ],
    argument: argument === undefined ? words([]) : argumentOf(argument),
  };
}

/** `panwatch help`, which is none of the commands: chapters, and the others' names. */
export function helpCompletion(commands: readonly CompletionCommand[]): CompletionCommand {
  const argument = words([...CHAPTERS, ...commands.map(({ name }) => name)]);
  return { name: "help", summary: "show a chapter of the manual, or the help of a command", options: [], argument };
}

function optionOf(option: Option): CompletionOption {
  const names = [option.long, option.short].filter((name) => name !== undefined && name !== null);
  const takesValue = option.required || option.optional;
  return { names, description: option.description, value: takesValue ? valueOf(option) : null };
}

/** Values that options take beside others, which are no choice of words; nobody is asked for them. */
const USUAL_VALUES: Readonly<Record<string, Words>> = {
  "--type": words(["asyncui", "printer-config"]),
  "--retry": words(["forever", "never"]),
  "--reply": words(
    ["none", "button=IDOK", "button=IDCANCEL"],
    [
      { word: "rules=", then: "files" },
      { word: "exec=", then: "programs" },
    ],
  ),
  "--match": words(
    [],
    MATCHABLE.map((name) => ({ word: `${name}=`, then: "anything" })),
  ),
  "--button": words(["IDOK", "IDCANCEL"]),
  "--connect-timeout": words(["5s", "10s", "30s", "1m"]),
};

function words(list: readonly string[], beginnings: readonly Beginning[] = []): Words {
  return { kind: "words", words: list, beginnings };
}

function valueOf({ argChoices, flags, long }: Option): Candidates {
  const usual = USUAL_VALUES[long ?? ""];
  if (usual !== undefined) return usual;
  if (argChoices !== undefined) return words(argChoices);
  return { kind: /<(file|dir)/.test(flags) ? "files" : "anything" };
}

function argumentOf(argument: Argument): Candidates {
  if (argument.argChoices !== undefined) return words(argument.argChoices);
  if (/file/i.test(argument.name())) return { kind: "files" };
  return { kind: /target/i.test(argument.name()) ? "hosts" : "anything" };
}
