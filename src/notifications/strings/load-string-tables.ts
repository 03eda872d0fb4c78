import { readFile, stat } from "node:fs/promises";
import { dirname, extname, normalize } from "node:path";
import { fileProblem, UsageError } from "../../errors.js";
import { fileSource } from "../../resources/byte-source.js";
import { DriverFile } from "../../resources/driver-file.js";
import { DriverFolder, filesBelow, languageFilesOf } from "../../resources/driver-folder.js";
import { stringTables, type StringTable, type StringTables } from "./string-tables.js";

const FORM = 'A string table is a JSON file of the form { "IHV.dll": { "1234": "text" } }; driver files are DLLs.';

/** What `--resources` names: the strings, and the driver files themselves for icons and bitmaps. */
export interface Resources {
  readonly strings: StringTables;
  readonly drivers: DriverFolder;
}

export interface ResourceOptions {
  /** The language to take where a driver's file has several, as an identifier ([MS-LCID] 2.2). */
  readonly language?: number;
  /** Told once of each file that a notification names and that cannot be used. */
  readonly warn?: (text: string) => void;
}

/** English, as of the default strings. */
const DEFAULT_LANGUAGE = 0x409;

/**
 * Loads the string tables (`.json`) and finds the driver files of a folder and the folders in it, or takes one file of
 * either kind. Of tables, what comes later by its name replaces what came before. Driver files of a folder are opened
 * when a notification names them.
 *
 * @throws {UsageError} naming the file that cannot be read or is none.
 */
export async function loadResources(path: string, options: ResourceOptions = {}): Promise<Resources> {
  const { language = DEFAULT_LANGUAGE, warn = () => undefined } = options;
  const { tableFiles, driverFiles } = await filesOf(path, language);
  const tables = new Map<string, StringTable>();
  for (const file of tableFiles) {
    for (const [dll, table] of readJsonTables(await bytesOf(file), file))
      tables.set(dll, new Map([...(tables.get(dll) ?? []), ...table]));
  }
  const drivers = new DriverFolder(driverFiles, language, warn);
  return { strings: stringTables(tables, drivers), drivers };
}

/** The strings of {@link loadResources}. */
export async function loadStringTables(path: string, options?: ResourceOptions): Promise<StringTables> {
  return (await loadResources(path, options)).strings;
}

interface Files {
  readonly tableFiles: readonly string[];
  readonly driverFiles: readonly string[];
}

async function filesOf(path: string, language: number): Promise<Files> {
  let found: readonly string[];
  try {
    if (!(await stat(path)).isDirectory()) return fileOf(path, language);
    found = filesBelow(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unreadable(path, error);
  }
  const tableFiles = found.filter((file) => dirname(file) === normalize(`${path}/.`) && isTable(file));
  const driverFiles = found.filter((file) => !isTable(file));
  if (tableFiles.length + driverFiles.length > 0) return { tableFiles, driverFiles };
  throw new UsageError(`The directory ${path} holds no string tables and no driver files.`, { hint: FORM });
}

/** One file: what begins like a portable executable is one, and must be sound; everything else is a table. */
function fileOf(path: string, language: number): Files {
  const source = fileSource(path);
  const isDriver = source.size > 2 && Buffer.from(source.read(0, 2, "file")).toString("latin1") === "MZ";
  if (!isDriver) return { tableFiles: [path], driverFiles: [] };
  try {
    new DriverFile([source], language);
  } catch (cause) {
    throw new UsageError(`The driver file ${path} cannot be used: ${(cause as Error).message}.`, { cause });
  }
  return { tableFiles: [], driverFiles: [path, ...languageFilesOf(path)] };
}

function isTable(path: string): boolean {
  return extname(path).toLowerCase() === ".json";
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(path: string, cause: unknown): UsageError {
  return new UsageError(`The string tables in ${path} cannot be read: ${fileProblem(cause)}.`, { cause });
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
