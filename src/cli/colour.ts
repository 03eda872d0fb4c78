/** What decides about colour: the option, the environment and where the text goes. */
export interface ColourContext {
  readonly choice: "auto" | "always" | "never";
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
}

/**
 * Whether to colour. `--color` decides; `auto` follows NO_COLOR, then FORCE_COLOR, and colours on a terminal that is not
 * a dumb one.
 */
export function wantsColour({ choice, env, isTerminal }: ColourContext): boolean {
  if (choice !== "auto") return choice === "always";
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced) return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}
