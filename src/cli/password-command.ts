import { once } from "node:events";
import { AuthenticationError, fileProblem, UsageError } from "../errors.js";
import { firstLine } from "./password-file.js";

/**
 * Splits a command at blanks; quotes of either kind hold blanks and the other kind. There is no shell: nothing is expanded.
 * Throws a UsageError that does not repeat the command.
 */
export function splitCommand(command: string, option: string): readonly [program: string, ...args: string[]] {
  const words = [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word);
  const [program, ...args] = words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  const rest = command.replace(/"[^"]*"|'[^']*'/g, "");
  if (/["']/.test(rest)) throw new UsageError(`The command of ${option} has a quote without its end.`);
  if (program === undefined || program === "") throw new UsageError(`The command of ${option} is empty.`);
  return [program, ...args];
}

/**
 * The first line that a command prints: a password. It shares our terminal and stderr, as it may ask for a PIN there. Throws
 * an AuthenticationError that repeats neither the command nor what it printed.
 */
export async function runPasswordCommand(command: string, option: string, signal: AbortSignal): Promise<string> {
  const [program, ...args] = splitCommand(command, option);
  const { spawn } = await import("node:child_process");
  const child = spawn(program, args, { stdio: ["inherit", "pipe", "inherit"], signal, killSignal: "SIGKILL" });
  const ended = once(child, "close") as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const [line, [code, killed]] = await Promise.all([firstLine(child.stdout), ended]).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such program" : fileProblem(error);
    throw new AuthenticationError(`The command of ${option} cannot be run: ${reason}.`, {
      hint: `${option} takes a program with its arguments, never the password itself.`,
    });
  });
  if (code !== 0)
    throw new AuthenticationError(
      `The command of ${option} ended with ${code === null ? killed : `exit code ${code}`}.`,
    );
  const password = new TextDecoder("utf-8").decode(line);
  if (password === "") throw new AuthenticationError(`The command of ${option} printed no password.`);
  return password;
}
