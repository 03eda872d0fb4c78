import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that only this user can enter, for tickets; removed when it is disposed of and when the process exits. */
export class PrivateDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #removeAtExit: () => void;

  private constructor(path: string) {
    this.path = path;
    this.#removeAtExit = () => {
      rmSync(path, { recursive: true, force: true });
    };
    process.once("exit", this.#removeAtExit);
  }

  static async create(): Promise<PrivateDirectory> {
    // mkdtemp gives mode 0700 whatever the umask.
    return new PrivateDirectory(await mkdtemp(join(tmpdir(), "panwatch-")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.removeListener("exit", this.#removeAtExit);
    await rm(this.path, { recursive: true, force: true });
  }
}
