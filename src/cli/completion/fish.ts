import type { Candidates, CompletionCommand, CompletionOption } from "./model.js";

/** A completion script for fish. */
export function fishCompletion(commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, options, argument } = command;
    const seen = `-n '__panwatch_in ${name}'`;
    return [
      `complete -c panwatch -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      `complete -c panwatch ${seen} ${candidates(argument)}`,
      ...options.map((option) => `complete -c panwatch ${seen} ${optionWords(option)}`),
    ];
  });
  return `# fish completion for panwatch: panwatch completion fish | source
${FUNCTIONS}
complete -c panwatch -n __panwatch_in_hook -f -a '(__panwatch_hook)'
${lines.join("\n")}
`;
}

const FUNCTIONS = `# Whether this command is meant, and no hook is being typed.
function __panwatch_in
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]; and not contains -- -- $words
end
function __panwatch_in_hook
    contains -- -- (commandline -opc)
end
# The hook is a command line of its own.
function __panwatch_hook
    set -l words (commandline -opc) (commandline -ct)
    set -l end (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $end + 1)..-2]) $words[-1])
end
# What follows NAME=, which is given with what may follow: files or programs.
function __panwatch_behind
    set -l word (commandline -ct | string replace -r '^--[a-z-]+=' '')
    string match -q -- "$argv[1]*" $word; or return
    set -l rest (string replace -- $argv[1] '' $word)
    set -l found (__fish_complete_path $rest)
    test $argv[2] = programs; and set -a found (complete -C $rest)
    string replace -r '^' -- $argv[1] $found
end`;

function optionWords({ names, description, value }: CompletionOption): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === null ? [] : ["-r", candidates(value)];
  return [...flags, ...takes, `-d ${quote(description)}`].join(" ");
}

function candidates(value: Candidates): string {
  switch (value.kind) {
    case "words": {
      const followed = value.beginnings
        .filter(({ then }) => then !== "anything")
        .map(({ word, then }) => `(__panwatch_behind ${word} ${then})`);
      const all = [...value.words, ...value.beginnings.map(({ word }) => word), ...followed];
      return all.length === 0 ? "-f" : `-f -a ${quote(all.join(" "))}`;
    }
    case "files":
      return "-F";
    case "hosts":
      return "-f -a '(__fish_print_hostnames) (__fish_complete_user_at_hosts)'";
    case "anything":
      return "-f";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
