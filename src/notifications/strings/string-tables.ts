import type { DriverFolder } from "../../resources/driver-folder.js";
import { DEFAULT_STRINGS } from "./default-strings.js";

/** A string resource, and which kind of table it was found in. */
export interface FoundString {
  readonly text: string;
  readonly source: "default" | "resources";
}

/** Where the texts come from that notifications only name by a key. */
export interface StringTables {
  /** The string with this key in a resource file of the driver, or in the default resource file when `dll` is null. */
  lookup(dll: string | null, id: number): FoundString | null;
}

/** The strings of one resource file, by key. */
export type StringTable = ReadonlyMap<number, string>;

/** What Windows calls the default resource file; a driver may name it, and a user may replace its strings. */
export const DEFAULT_RESOURCE_FILE = "Prnntfy.dll";

/**
 * Begins the name of a resource file that is no file: the rest of the name is its only string. The embedded print server
 * labels buttons with it, where MS-PAN knows no literal text.
 */
export const INLINE_TEXT_PREFIX = "text=";

/**
 * The strings of resource files by the files' names, then those of driver files, in front of the default strings ([MS-PAN] 2.2.6). File names are
 * compared without regard to case, as Windows does.
 */
export function stringTables(
  tables: ReadonlyMap<string, StringTable>,
  drivers: Pick<DriverFolder, "find"> | null = null,
): StringTables {
  const byFile = new Map<string, StringTable>();
  for (const [file, table] of tables) {
    const key = fileKey(file);
    byFile.set(key, new Map([...(byFile.get(key) ?? []), ...table]));
  }
  return {
    lookup(dll, id) {
      if (dll?.startsWith(INLINE_TEXT_PREFIX) === true) {
        return { text: dll.slice(INLINE_TEXT_PREFIX.length), source: "resources" };
      }
      const name = dll ?? DEFAULT_RESOURCE_FILE;
      const file = fileKey(name);
      const text = byFile.get(file)?.get(id) ?? drivers?.find(name, (driver) => driver.string(id)) ?? null;
      if (text !== null) return { text, source: "resources" };
      const fallback = file === fileKey(DEFAULT_RESOURCE_FILE) ? DEFAULT_STRINGS.get(id) : undefined;
      return fallback === undefined ? null : { text: fallback, source: "default" };
    },
  };
}

/** The default strings alone. */
export const defaultStringTables: StringTables = stringTables(new Map());

function fileKey(name: string): string {
  return name.toLowerCase();
}
