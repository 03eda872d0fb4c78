import type { Candidates, CompletionCommand, CompletionOption } from "./model.js";

/** A completion script for fish. */
export function fishCompletion(commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, options, argument } = command;
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c panwatch -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      `complete -c panwatch ${seen} ${candidates(argument)}`,
      ...options.map((option) => `complete -c panwatch ${seen} ${optionWords(option)}`),
    ];
  });
  return `# fish completion for panwatch: panwatch completion fish | source\n${lines.join("\n")}\n`;
}

function optionWords({ names, description, value }: CompletionOption): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === null ? [] : ["-r", candidates(value)];
  return [...flags, ...takes, `-d ${quote(description)}`].join(" ");
}

function candidates(value: Candidates): string {
  switch (value.kind) {
    case "words":
      return value.words.length === 0 ? "-f" : `-f -a ${quote(value.words.join(" "))}`;
    case "files":
      return "-F";
    case "hosts":
      return "-f -a '(__fish_print_hostnames)'";
    case "anything":
      return "-f";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
