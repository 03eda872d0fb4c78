import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAppending } from "../../src/cli/append-file.js";

let folder: string;
let shared: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-private-"));
  shared = join(folder, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
});
afterEach(() => rmSync(folder, { recursive: true }));

function append(file: string, text: string): void {
  const fd = openAppending(file, "--trace");
  writeSync(fd, text);
  closeSync(fd);
}

describe("a file that an option names, to append to it", () => {
  it("is made for its owner only, and what is in it stays", () => {
    const file = join(shared, "new");
    append(file, "1\n");
    append(file, "2\n");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["1\n2\n", 0o600]);
  });

  it("may be a symbolic link in a folder that only its owner may write", () => {
    symlinkSync(join(folder, "target"), join(folder, "link"));
    append(join(folder, "link"), "1\n");
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("1\n");
  });

  it.each([0o777, 0o1777, 0o775])("must be no symbolic link in a folder of mode %o", (mode) => {
    chmodSync(shared, mode);
    writeFileSync(join(folder, "victim"), "precious");
    symlinkSync(join(folder, "victim"), join(shared, "link"));
    expect(() => openAppending(join(shared, "link"), "--record")).toThrow(
      expect.objectContaining({
        code: "usage",
        message: "The file of --record is a symbolic link, in a folder where others could have put it.",
      }),
    );
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("precious");
  });

  it.runIf(process.getuid?.() === 0)("must not be another user's in a folder that others may write", () => {
    const file = join(shared, "theirs");
    writeFileSync(file, "");
    chownSync(file, 65534, 65534);
    expect(() => openAppending(file, "--record")).toThrow("The file of --record belongs to another user");
    chmodSync(shared, 0o755);
    closeSync(openAppending(file, "--record"));
  });

  it("that cannot be opened is told without its name", () => {
    expect(() => openAppending(join(folder, "no", "such"), "--trace")).toThrow(
      "The file of --trace cannot be opened: there is no such file or folder.",
    );
  });
});
