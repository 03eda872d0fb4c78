import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { saysWhatIsMissing } from "../../support/eventually.js";
import { PANWATCH } from "./panwatch.js";

export interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Runs panwatch to its end, away from any terminal. The environment is the tests' own, without what would steer panwatch.
 */
export async function run(args: readonly string[], { env = {}, input = "" }: RunOptions = {}): Promise<Ended> {
  // A session of its own has no controlling terminal, on which a password could be asked for.
  const child = spawn(process.execPath, [PANWATCH, ...args], {
    env: { ...cleanEnvironment(), ...env },
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  using _ = saysWhatIsMissing(() => `the end of panwatch ${args.join(" ")}`);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode ?? child.signalCode, stdout, stderr };
}

/** The environment without passwords, colours and tickets. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const left = ["NO_COLOR", "FORCE_COLOR", "KRB5CCNAME", "PANWATCH_PASSWORD", "PANWATCH_PASSWORD_FILE"];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !left.includes(name)));
}
