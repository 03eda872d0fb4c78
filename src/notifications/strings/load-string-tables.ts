import { readFile, readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { UsageError } from "../../errors.js";
import { stringTables, type StringTable, type StringTables } from "./string-tables.js";

/** Reads the string resources of the resource files that a file describes or is. */
type TableReader = (bytes: Uint8Array, path: string) => ReadonlyMap<string, StringTable>;

/** By extension, in lower case. A reader of DLLs would stand here too. */
const readers: ReadonlyMap<string, TableReader> = new Map([[".json", readJsonTables]]);

const FORM = 'A string table is a JSON file of the form { "IHV.dll": { "1234": "text" } }.';

/**
 * Loads string tables from a file, or from every file in a directory that has a known extension (in the order of their
 * names; what comes later replaces what came before).
 *
 * @throws {UsageError} naming the file that cannot be read or is none.
 */
export async function loadStringTables(path: string): Promise<StringTables> {
  const tables = new Map<string, StringTable>();
  for (const file of await filesOf(path)) {
    const read = readers.get(extname(file).toLowerCase()) ?? readJsonTables;
    for (const [dll, table] of read(await bytesOf(file), file))
      tables.set(dll, new Map([...(tables.get(dll) ?? []), ...table]));
  }
  return stringTables(tables);
}

async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => readers.has(extname(name).toLowerCase()));
    if (names.length > 0) return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
  throw new UsageError(`The directory ${path} holds no string tables.`, { hint: FORM });
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(path: string, cause: unknown): UsageError {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
  return new UsageError(`The string tables in ${path} cannot be read (${code}).`, { cause });
}

function readJsonTables(bytes: Uint8Array, path: string): ReadonlyMap<string, StringTable> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new UsageError(`The string table ${path} is no JSON in UTF-8.`, { hint: FORM, cause });
  }
  return new Map(entriesOf(value, path).map(([dll, table]) => [dll, readTable(table, path, dll)]));
}

function readTable(value: unknown, path: string, dll: string): StringTable {
  return new Map(
    entriesOf(value, path).map(([key, text]) => {
      if (!/^-?\d{1,15}$/.test(key))
        throw new UsageError(`In ${path}, ${dll} has a key that is no integer: "${key}".`, { hint: FORM });
      if (typeof text !== "string")
        throw new UsageError(`In ${path}, string ${key} of ${dll} is no text.`, { hint: FORM });
      return [Number(key), text];
    }),
  );
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`The string table ${path} does not have the right form.`, { hint: FORM });
  return Object.entries(value);
}
