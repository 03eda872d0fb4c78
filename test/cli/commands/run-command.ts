import type { Command } from "commander";
import { vi } from "vitest";
import type { CommandContext } from "../../../src/cli/command.js";
import { configureCommand } from "../../../src/cli/help.js";

/** What a command that was run in this process wrote to stdout, and how it ended. */
export interface CommandRun {
  readonly stdout: string;
  readonly error: unknown;
}

/** What `main` would give a command that was called without a hook and without passwords in the environment. */
export const CONTEXT: CommandContext = {
  args: [],
  hook: null,
  passwords: { passwordFile: null, passwordCommand: null, password: () => null },
  commands: [],
};

/** Runs a command with its stdout caught. */
export async function runCommand(command: Command, args: readonly string[]): Promise<CommandRun> {
  let stdout = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk, ...more: unknown[]) => {
    stdout += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    const written = more.at(-1);
    if (typeof written === "function") (written as () => void)();
    return true;
  });
  const { exitCode, stdout: stream } = process;
  const listeners = stream.listeners("error");
  try {
    await configureCommand(command).parseAsync([...args], { from: "user" });
    return { stdout, error: null };
  } catch (error) {
    return { stdout, error };
  } finally {
    write.mockRestore();
    process.exitCode = exitCode;
    // A process of the command's own would end here; this one runs others.
    for (const added of stream.listeners("error"))
      if (!listeners.includes(added)) stream.off("error", added as (error: Error) => void);
  }
}
