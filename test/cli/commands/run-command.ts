import type { Command } from "commander";
import { vi } from "vitest";
import { configureCommand } from "../../../src/cli/help.js";

/** What a command that was run in this process wrote to stdout, and how it ended. */
export interface CommandRun {
  readonly stdout: string;
  readonly error: unknown;
}

/** Runs a command with its stdout caught. */
export async function runCommand(command: Command, args: readonly string[]): Promise<CommandRun> {
  let stdout = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    stdout += String(chunk);
    return true;
  });
  const exitCode = process.exitCode;
  try {
    await configureCommand(command).parseAsync([...args], { from: "user" });
    return { stdout, error: null };
  } catch (error) {
    return { stdout, error };
  } finally {
    write.mockRestore();
    process.exitCode = exitCode;
  }
}
