import type { Candidates, CompletionCommand, CompletionOption, Words } from "./model.js";

/** A completion script for bash. */
export function bashCompletion(commands: readonly CompletionCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completion for panwatch: eval "$(panwatch completion bash)"
_panwatch() {
  local i piece current="" previous="" cut
  # bash cuts words at = and @: put together what belongs together.
  for (( i = 1; i <= COMP_CWORD; i++ )); do
    piece="\${COMP_WORDS[i]}"
    if [[ -n $current && ( $piece == [=@]* || $current == *[=@] ) ]]; then current+="$piece"
    else previous="$current" current="$piece"; fi
    if [[ $piece == [=@] ]]; then piece=""; fi
  done
  # What stands before the last cut is not offered again.
  cut="\${current%"$piece"}"
  if [[ $current == --*=* ]]; then previous="\${current%%=*}" current="\${current#*=}" cut="\${cut#*=}"; fi
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    _panwatch_fill -W "${names} --help --version"
    return
  fi
  for (( i = 2; i < COMP_CWORD; i++ )); do
    if [[ \${COMP_WORDS[i]} == -- ]]; then
      _panwatch_files -c
      return
    fi
  done
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join("\n")}
  esac
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
# What compgen finds for the current word.
_panwatch_fill() {
  local found
  while IFS= read -r found; do COMPREPLY+=("\${found#"$cut"}"); done < <(compgen "$@" -- "$current")
}
_panwatch_files() {
  compopt -o filenames 2>/dev/null
  _panwatch_fill -f "$@"
}
_panwatch_hosts() {
  local server="\${current##*@}"
  local user="\${current%"$server"}" current="$server"
  _panwatch_fill -A hostname -P "$user"
}
complete -o bashdefault -F _panwatch panwatch
`;
}

function commandCase({ name, options, argument }: CompletionCommand): string {
  const values = options.filter((option) => option.value !== null).map(valueCase);
  const flags = options.flatMap((option) => option.names).join(" ");
  return `    ${name})
      case "$previous" in
${values.map((line) => `        ${line}`).join("\n")}
        *)
          if [[ $current == -* ]]; then _panwatch_fill -W "${flags}"
          else ${fill(argument)}; fi ;;
      esac ;;`;
}

function valueCase({ names, value }: CompletionOption): string {
  return `${names.join("|")}) ${value === null ? ":" : fill(value)} ;;`;
}

function fill(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return fillWords(candidates);
    case "files":
      return "_panwatch_files";
    case "hosts":
      return "_panwatch_hosts";
    case "anything":
      return ":";
  }
}

function fillWords({ words, beginnings }: Words): string {
  const all = `_panwatch_fill -W "${[...words, ...beginnings.map(({ word }) => word)].join(" ")}"`;
  const cases = beginnings.flatMap(({ word, then }) => {
    const programs = then === "programs" ? " -c" : "";
    return then === "anything"
      ? []
      : [`${word}*) current="\${current#${word}}"; _panwatch_files${programs} -P ${word} ;;`];
  });
  return cases.length === 0 ? all : `case "$current" in ${cases.join(" ")} *) ${all} ;; esac`;
}
