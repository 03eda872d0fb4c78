import { runPasswordCommand } from "./password-command.js";
import { readPasswordFile } from "./password-file.js";

/** What the environment says about the password. The password itself is taken out of it as soon as it is read. */
export interface PasswordEnvironment {
  /** PANWATCH_PASSWORD_FILE, null when it is not set or empty. */
  readonly passwordFile: string | null;
  /** PANWATCH_PASSWORD_COMMAND, null when it is not set or empty. */
  readonly passwordCommand: string | null;
  /** Gives PANWATCH_PASSWORD; null when it was not set or empty. */
  readonly password: () => string | null;
}

/**
 * Reads the variables and removes the password from the environment, so that no hook, reply program or `kinit` inherits
 * it. Call it before anything else, whether the password will be needed or not.
 */
export function takePasswordEnvironment(env: NodeJS.ProcessEnv): PasswordEnvironment {
  const passwordFile = env["PANWATCH_PASSWORD_FILE"] || null;
  const passwordCommand = env["PANWATCH_PASSWORD_COMMAND"] || null;
  const password = env["PANWATCH_PASSWORD"] || null;
  delete env["PANWATCH_PASSWORD"];
  return { passwordFile, passwordCommand, password: () => password };
}

/** The password that the environment names: by a file, by a command, or itself; null when it names none. */
export async function passwordOfEnvironment(
  { passwordFile, passwordCommand, password }: PasswordEnvironment,
  signal: AbortSignal,
): Promise<string | null> {
  if (passwordFile !== null) return readPasswordFile(passwordFile, "PANWATCH_PASSWORD_FILE");
  if (passwordCommand !== null) return runPasswordCommand(passwordCommand, "PANWATCH_PASSWORD_COMMAND", signal);
  return password();
}
