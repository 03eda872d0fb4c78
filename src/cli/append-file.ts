import { constants, fchmodSync, fstatSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../errors.js";

/** Folders that the group or everybody may write: somebody else could put a link there. */
const SHARED = 0o022;

/**
 * Opens a file that `option` names, to append to it: what stands in it stays. Only its owner may read it from then on. A
 * symbolic link is followed only where nobody else could have put it; pipes and devices are written as they are.
 *
 * @throws {UsageError} when that fails.
 */
export function openAppending(file: string, option: string): number {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  try {
    const guard = (statSync(dirname(file)).mode & SHARED) === 0 ? 0 : O_NOFOLLOW;
    const descriptor = openSync(file, O_WRONLY | O_CREAT | O_APPEND | guard, 0o600);
    // The mode counts for new files only.
    if (fstatSync(descriptor).isFile()) fchmodSync(descriptor, 0o600);
    return descriptor;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") {
      throw new UsageError(`The file of ${option} is a symbolic link, in a folder where others could have put it.`, {
        hint: "Name the file that it leads to, or a folder of your own.",
        cause: error,
      });
    }
    throw new UsageError(`The file of ${option} cannot be opened (${code ?? message}).`, { cause: error });
  }
}
