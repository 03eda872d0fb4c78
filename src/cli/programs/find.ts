import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { UsageError } from "../../errors.js";

/**
 * Makes sure that there is a program before anything is connected: a path, or a name that is found on PATH.
 *
 * @throws {UsageError} that begins with `what` and names the program as it was given.
 */
export function requireProgram(program: string, what: string, path = process.env["PATH"] ?? ""): void {
  const isPath = program.includes("/");
  const places = placesOf(program, path);
  if (places.some(isExecutable)) return;
  if (places.some(isFile)) {
    throw new UsageError(`${what} ${program} is not an executable file that we may run.`, {
      hint: `Make it one with chmod +x ${basename(program)}; a script also needs a first line such as #!/bin/sh.`,
    });
  }
  throw new UsageError(`${what} ${program} ${isPath ? "is not there" : "is not found on PATH"}.`, {
    hint: hintFor(program),
  });
}

/** Whether there is a program of this name. */
export function isProgram(program: string, path = process.env["PATH"] ?? ""): boolean {
  return placesOf(program, path).some(isExecutable);
}

function placesOf(program: string, path: string): string[] {
  return program.includes("/") ? [program] : path.split(delimiter).map((folder) => join(folder, program));
}

function hintFor(program: string): string {
  const [first = "", ...others] = program.split(" ");
  if (others.length > 0 && first !== "") return "It takes no arguments here: put the whole command into a script.";
  if (existsSync(program) && !program.includes("/")) return `For the file in this folder, write ./${program}.`;
  return "Give the path of an executable file, or a name that is found on PATH.";
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
