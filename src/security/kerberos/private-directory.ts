import { rmSync } from "node:fs";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** Those that are not disposed of yet. */
const existing = new Set<string>();

function removeAll(): void {
  for (const path of existing) rmSync(path, { recursive: true, force: true });
}

/** Directories of this host's processes; a folder may be shared with others, whose processes are none of ours. */
const PREFIX = `panwatch-krb5-${hostname()}-`;

/** A directory that only this user can enter, for tickets; removed when it is disposed of and when the process exits. */
export class PrivateDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<PrivateDirectory> {
    // mkdtemp gives mode 0700 whatever the umask.
    const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
    if (existing.size === 0) process.once("exit", removeAll);
    existing.add(path);
    return new PrivateDirectory(path);
  }

  /** Removes what processes of this user left behind that are gone: a killed one removes nothing itself. Never rejects. */
  static async sweep(): Promise<void> {
    const folder = tmpdir();
    const names = await readdir(folder).catch(() => []);
    await Promise.all(names.filter(isLeftOver).map((name) => remove(join(folder, name))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    existing.delete(this.path);
    if (existing.size === 0) process.removeListener("exit", removeAll);
  }
}

/** Whether a name is that of a directory whose process is gone. */
function isLeftOver(name: string): boolean {
  const pid = name.startsWith(PREFIX) ? /^\d+(?=-)/.exec(name.slice(PREFIX.length))?.[0] : undefined;
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

async function remove(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isDirectory() || found.uid !== process.getuid?.()) return;
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
