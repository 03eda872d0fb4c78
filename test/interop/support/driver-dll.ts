import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Prefixes of mingw-w64's programs. */
const TOOLS = { 32: "i686-w64-mingw32", 64: "x86_64-w64-mingw32" } as const;
export type Bits = keyof typeof TOOLS;

/** Whether mingw-w64's compilers and windres are there. */
export function hasMingw(): boolean {
  try {
    for (const prefix of Object.values(TOOLS))
      for (const tool of ["gcc", "windres", "windmc"])
        execFileSync(`${prefix}-${tool}`, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export interface DllSource {
  readonly bits: Bits;
  /** The resource script, in UTF-8. */
  readonly script: string;
  /** A message file, for windmc. */
  readonly messages?: string;
  /** Other files that the script names. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** Builds a DLL with these resources and one function, as a driver's developer would. */
export function buildDll({ bits, script, messages, files = {} }: DllSource): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-dll-"));
  const tool = (name: string, ...args: string[]): void => {
    execFileSync(`${TOOLS[bits]}-${name}`, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  };
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const include = messages === undefined ? "" : '#include "messages.rc"\n';
    if (messages !== undefined) {
      writeFileSync(join(folder, "messages.mc"), messages, "utf16le");
      tool("windmc", "-u", "-U", "messages.mc");
    }
    writeFileSync(join(folder, "driver.rc"), `${include}#pragma code_page(65001)\n${script}`);
    tool("windres", "-c", "65001", "driver.rc", "driver.o");
    writeFileSync(join(folder, "driver.c"), "__declspec(dllexport) int DriverEntry(void) { return 1; }\n");
    tool("gcc", "-shared", "-s", "-o", "driver.dll", "driver.c", "driver.o");
    return readFileSync(join(folder, "driver.dll"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
