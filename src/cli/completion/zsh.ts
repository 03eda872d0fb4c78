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
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _panwatch ]]; then _panwatch "$@"; else compdef _panwatch panwatch; fi
`;
}

function commandCase({ name, options, argument }: CompletionCommand): string {
  const specs = [
    ...options.map(optionSpec),
    quote(`*:${name === "watch" ? "target" : "argument"}:${action(argument)}`),
  ];
  return `    ${name})\n      _arguments -S \\\n${specs.map((spec) => `        ${spec}`).join(" \\\n")} ;;`;
}

/** `{-o,--output}'[description]:value:(pretty json)'`. */
function optionSpec({ names, description, value }: CompletionOption): string {
  const name = names.length > 1 ? `{${names.join(",")}}` : (names[0] ?? "");
  const text = `[${description.replace(/[[\]\\:]/g, "\\$&")}]`;
  return name + quote(value === null ? text : `${text}:value:${action(value)}`);
}

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return `(${candidates.words.join(" ")})`;
    case "files":
      return "_files";
    case "hosts":
      return "_hosts";
    case "anything":
      return " ";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
