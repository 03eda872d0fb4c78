import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Those that are not disposed of yet. */
const existing = new Set<string>();

function removeAll(): void {
  for (const path of existing) rmSync(path, { recursive: true, force: true });
}

/** A directory that only this user can enter, for tickets; removed when it is disposed of and when the process exits. */
export class PrivateDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<PrivateDirectory> {
    // mkdtemp gives mode 0700 whatever the umask.
    const path = await mkdtemp(join(tmpdir(), "panwatch-"));
    if (existing.size === 0) process.once("exit", removeAll);
    existing.add(path);
    return new PrivateDirectory(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    existing.delete(this.path);
    if (existing.size === 0) process.removeListener("exit", removeAll);
  }
}
