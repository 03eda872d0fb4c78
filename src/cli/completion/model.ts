import type { Argument, Command, Option } from "commander";

/** What may stand in a place of the command line. */
export type Candidates =
  { readonly kind: "words"; readonly words: readonly string[] } | { readonly kind: "files" | "hosts" | "anything" };

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
    argument: argument === undefined ? { kind: "words", words: [] } : argumentOf(argument),
  };
}

function optionOf(option: Option): CompletionOption {
  const names = [option.long, option.short].filter((name) => name !== undefined && name !== null);
  const takesValue = option.required || option.optional;
  return { names, description: option.description, value: takesValue ? valueOf(option) : null };
}

/** Values that options take beside others, which are no choice of words; nobody is asked for them. */
const USUAL_VALUES: Readonly<Record<string, readonly string[]>> = {
  "--type": ["asyncui", "printer-config"],
  "--retry": ["forever", "never"],
  "--reply": ["none", "button=IDOK", "button=IDCANCEL", "rules=", "exec="],
  "--button": ["IDOK", "IDCANCEL"],
  "--connect-timeout": ["5s", "10s", "30s", "1m"],
};

function valueOf({ argChoices, flags, long }: Option): Candidates {
  const usual = USUAL_VALUES[long ?? ""];
  if (usual !== undefined) return { kind: "words", words: usual };
  if (argChoices !== undefined) return { kind: "words", words: argChoices };
  return { kind: /<(file|dir)/.test(flags) ? "files" : "anything" };
}

function argumentOf(argument: Argument): Candidates {
  if (argument.argChoices !== undefined) return { kind: "words", words: argument.argChoices };
  if (/file/i.test(argument.name())) return { kind: "files" };
  return { kind: /target/i.test(argument.name()) ? "hosts" : "anything" };
}
