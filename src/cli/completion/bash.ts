import type { Candidates, CompletionCommand, CompletionOption } from "./model.js";

/** A completion script for bash. */
export function bashCompletion(commands: readonly CompletionCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completion for panwatch: eval "$(panwatch completion bash)"
_panwatch() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" i
  if [[ $current == = ]]; then current=""; elif [[ $previous == = ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))
    return
  fi
  for (( i = 2; i < COMP_CWORD; i++ )); do
    if [[ \${COMP_WORDS[i]} == -- ]]; then
      COMPREPLY=($(compgen -A command -A file -- "$current"))
      return
    fi
  done
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join("\n")}
  esac
}
complete -o filenames -o bashdefault -F _panwatch panwatch
`;
}

function commandCase({ name, options, argument }: CompletionCommand): string {
  const values = options.filter((option) => option.value !== null).map(valueCase);
  const flags = options.flatMap((option) => option.names).join(" ");
  return `    ${name})
      case "$previous" in
${values.map((line) => `        ${line}`).join("\n")}
        *)
          if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "${flags}" -- "$current"))
          else ${fill(argument)}; fi ;;
      esac ;;`;
}

function valueCase({ names, value }: CompletionOption): string {
  return `${names.join("|")}) ${value === null ? ":" : fill(value)} ;;`;
}

function fill(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return `COMPREPLY=($(compgen -W "${candidates.words.join(" ")}" -- "$current"))`;
    case "files":
      return 'COMPREPLY=($(compgen -f -- "$current"))';
    case "hosts":
      return 'COMPREPLY=($(compgen -A hostname -- "$current"))';
    case "anything":
      return ":";
  }
}
