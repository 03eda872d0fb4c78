/** Arguments as a person can type them into a POSIX shell. */
export function shellCommand(args: readonly string[]): string {
  return args.map(quote).join(" ");
}

function quote(arg: string): string {
  return /^[\w/.:=@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`;
}
