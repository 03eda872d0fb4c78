import { closeSync, constants, fchmodSync, fstatSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileProblem, UsageError } from "../errors.js";

/** Folders that the group or everybody may write: somebody else could put a link there. */
const SHARED = 0o022;

function othersMayWrite(folder: string): boolean {
  const { mode, uid } = statSync(folder);
  return (mode & SHARED) !== 0 || (uid !== 0 && uid !== process.geteuid?.());
}

/**
 * Opens a file that `option` names, to append to it: what stands in it stays. Only its owner may read it from then on. A
 * symbolic link is followed, and a file of another user taken, only where nobody else could have put it; pipes and devices are written as they are.
 *
 * @throws {UsageError} when that fails.
 */
export function openAppending(file: string, option: string): number {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  try {
    const shared = othersMayWrite(dirname(file));
    const descriptor = openSync(file, O_WRONLY | O_CREAT | O_APPEND | (shared ? O_NOFOLLOW : 0), 0o600);
    const stats = fstatSync(descriptor);
    if (shared && stats.isFile() && stats.uid !== process.geteuid?.()) {
      closeSync(descriptor);
      throw new UsageError(`The file of ${option} belongs to another user, in a folder that others may write.`);
    }
    // The mode counts for new files only.
    if (stats.isFile()) fchmodSync(descriptor, 0o600);
    return descriptor;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") {
      throw new UsageError(`The file of ${option} is a symbolic link, in a folder where others could have put it.`, {
        hint: "Name the file that it leads to, or a folder of your own.",
        cause: error,
      });
    }
    throw new UsageError(`The file of ${option} cannot be opened: ${fileProblem(error)}.`, { cause: error });
  }
}
