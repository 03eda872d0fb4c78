/** What hints of the library call its options, and the command's option for each. */
export const FLAGS: readonly (readonly [name: string, flag: string])[] = [
  ["retry.waitForServer", "--wait-for-server"],
  ["retry.limit", "--retry"],
  ["connection.connectTimeoutMs", "--connect-timeout"],
  ["connection.multiplex: false", "--no-multiplex"],
  ["connection.port", "--port"],
  ["connection.spn", "--spn"],
  ["connection.targetIp", "--target-ip"],
  ["kerberos: 'off'", "--kerberos off"],
  ["kerberos: 'required'", "-k"],
  ["the option ccache", "--ccache"],
  ["the option user", "-U"],
];

/** What the library cannot know: which command tells more. */
const COMMANDS = [["the printer's share name;", "the printer's share name (panwatch printers lists them);"]] as const;

/** A hint of the library in the words of the command line. */
export function withFlags(hint: string): string {
  return [...FLAGS, ...COMMANDS].reduce((text, [name, flag]) => text.replaceAll(name, flag), hint);
}

/** The same where there may be none. */
export function hintWithFlags(hint: string | null): string | null {
  return hint === null ? null : withFlags(hint);
}
