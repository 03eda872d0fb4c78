import type { Candidates, CompletionCommand, CompletionOption } from "./model.js";

/** A completion script for zsh. */
export function zshCompletion(commands: readonly CompletionCommand[]): string {
  return `#compdef panwatch
# zsh completion for panwatch: panwatch completion zsh > a file _panwatch in a folder of $fpath
_panwatch() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  local -i hook=$words[(I)--]
  if (( hook > 0 && hook < CURRENT )); then
    shift $hook words
    (( CURRENT -= hook ))
    _normal
    return
  fi
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
# Words, of which NAME=@files and NAME=@programs go on behind the =, and NAME= with anything.
_panwatch_words() {
  local word
  local -a plain beginnings
  for word; do
    if [[ $word != *=(@*|) ]]; then plain+=$word
    elif compset -P "\${word%@*}"; then
      case $word in
        *@files) _files ;;
        *@programs) _alternative 'commands:command:_command_names -e' 'files:file:_files' ;;
      esac
      return
    else beginnings+=\${word%@*}; fi
  done
  compadd -S '' -a beginnings
  compadd -a plain
}
_panwatch_hosts() {
  compset -P '*@'
  _hosts
}
if [[ $funcstack[1] == _panwatch ]]; then _panwatch "$@"; else compdef _panwatch panwatch; fi
`;
}

function commandCase({ name, options, argument }: CompletionCommand): string {
  const specs = [
    ...options.map(optionSpec),
    quote(`*:${argument.kind === "hosts" ? "target" : "argument"}:${action(argument)}`),
  ];
  return `    ${name})\n      _arguments -S \\\n${specs.map((spec) => `        ${spec}`).join(" \\\n")} ;;`;
}

/** `{--output=,-o+}'[description]:value:(pretty json)'`: the value may stand in the option's own word or in the next. */
function optionSpec({ names, description, value }: CompletionOption): string {
  const specs = value === null ? names : names.map((name) => name + (name.startsWith("--") ? "=" : "+"));
  const name = specs.length > 1 ? `{${specs.join(",")}}` : (specs[0] ?? "");
  const text = `[${description.replace(/[[\]\\:]/g, "\\$&")}]`;
  return name + quote(value === null ? text : `${text}:value:${action(value)}`);
}

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words": {
      const { words, beginnings } = candidates;
      if (beginnings.length === 0) return `(${words.join(" ")})`;
      const more = beginnings.map(({ word, then }) => (then === "anything" ? word : `${word}@${then}`));
      return ` _panwatch_words ${[...words, ...more].join(" ")}`;
    }
    case "files":
      return "_files";
    case "hosts":
      return "_panwatch_hosts";
    case "anything":
      return " ";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
