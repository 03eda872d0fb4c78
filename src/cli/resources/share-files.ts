import type { PrinterDriver } from "../../spooler/driver-info.js";
import { sanitise } from "../sanitise.js";

/** A file of the share `print$` that notifications can name. */
export interface ShareFile {
  /** Below the share, with backslashes: `x64\3\IHV.dll`. */
  readonly path: string;
  /** Below the folder it is fetched into: the name that notifications use, language files in a folder of their own. */
  readonly target: string;
}

/** Files that one server may have fetched at most. */
export const MAX_FILES = 1000;
/** Environments in the order of preference: where several have a file of one name, its texts are the same. */
const ENVIRONMENTS = ["Windows x64", "Windows ARM64"];
const RESOURCE_FILES = /\.(?:dll|exe|drv|cpl|mui)$/i;
/** The share as clients name it, and the folder that it is on the server's own disk. */
const SHARE = /^(?:\\\\[^\\]+\\print\$|[a-z]:\\(?:[^\\]+\\)*spool\\drivers)\\(.+)$/i;
/** What smbclient takes between quotation marks, and every file system as a name. */
const HARMLESS = /^(?!\.\.?$)[^\x00-\x1f\x7f"*/:;<>?\\|]{1,255}$/u;
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})+$/i;

/** What notifications can name of the files of drivers, each name once. Paths that do not lie in `print$` are left out. */
export function shareFiles(drivers: readonly PrinterDriver[]): ShareFile[] {
  const found = new Map<string, ShareFile>();
  for (const { files } of drivers.toSorted((a, b) => rank(a) - rank(b)))
    for (const one of files.flatMap((file) => shareFile(file) ?? [])) {
      const name = one.target.toLowerCase();
      if (!found.has(name)) found.set(name, one);
    }
  return [...found.values()];
}

function rank({ environment }: PrinterDriver): number {
  const place = ENVIRONMENTS.indexOf(environment);
  return place < 0 ? ENVIRONMENTS.length : place;
}

/** `\\server\print$\x64\3\IHV.dll`; null for any other place, and for names that could mean more than a file. */
function shareFile(file: string): ShareFile | null {
  const path = SHARE.exec(file)?.[1] ?? "";
  const parts = path.split("\\");
  const name = parts.at(-1) ?? "";
  if (!RESOURCE_FILES.test(name) || !parts.every(isHarmless)) return null;
  const folder = parts.at(-2) ?? "";
  return { path, target: LANGUAGE.test(folder) ? `${folder}/${name}` : name };
}

function isHarmless(part: string): boolean {
  return HARMLESS.test(part) && sanitise(part) === part;
}
