/** What the environment says about the password. The password itself is taken out of it as soon as it is read. */
export interface PasswordEnvironment {
  /** PANWATCH_PASSWORD_FILE, null when it is not set or empty. */
  readonly passwordFile: string | null;
  /** Gives PANWATCH_PASSWORD; null when it was not set or empty. */
  readonly password: () => string | null;
}

/**
 * Reads PANWATCH_PASSWORD_FILE and PANWATCH_PASSWORD and removes the password from the environment, so that no hook,
 * reply program or `kinit` inherits it. Call it before anything else, whether the password will be needed or not.
 */
export function takePasswordEnvironment(env: NodeJS.ProcessEnv): PasswordEnvironment {
  const passwordFile = env["PANWATCH_PASSWORD_FILE"] || null;
  const password = env["PANWATCH_PASSWORD"] || null;
  delete env["PANWATCH_PASSWORD"];
  return { passwordFile, password: () => password };
}
