import { execFileSync } from "node:child_process";

/** Debian's own interpreter first: it is the one that Debian's python3-* packages belong to. */
const CANDIDATES = ["/usr/bin/python3", "python3"];

/** The first Python that can import all of the modules; null when there is none. */
export function pythonWith(modules: readonly string[]): string | null {
  return CANDIDATES.find((python) => canImport(python, modules)) ?? null;
}

function canImport(python: string, modules: readonly string[]): boolean {
  try {
    execFileSync(python, ["-c", modules.map((module) => `import ${module}`).join("\n")], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
