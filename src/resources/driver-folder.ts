import { readdirSync, type Dirent } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PanwatchError } from "../errors.js";
import { fileSource, type ByteSource } from "./byte-source.js";
import { DriverFile } from "./driver-file.js";
import { languageId } from "./languages.js";

/** Folders below the one that was given that are looked into, and files that are known in all. */
const MAX_DEPTH = 4;
const MAX_FILES = 20_000;
/** Files that are open at once, language files included. */
const MAX_OPEN = 256;

/** A file that notifications can name, and its language files: paths. */
interface Known {
  readonly path: string;
  readonly languageFiles: string[];
}

/** Driver files of a folder, which are opened when they are asked for. */
export class DriverFolder {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #language: number;
  readonly #warn: (text: string) => void;
  readonly #opened = new Map<string, DriverFile | null>();
  #open = 0;

  /** `warn` is told once of each file that is named and cannot be read. */
  constructor(files: readonly string[], language: number, warn: (text: string) => void) {
    this.#known = filesByName(files);
    this.#language = language;
    this.#warn = warn;
  }

  /** Whether no name can be found. */
  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  /** Whether there is a file of this name, in any ASCII case. */
  has(name: string): boolean {
    return this.#known.has(asciiLower(name));
  }

  /** What `read` finds in the file of this name, in any ASCII case; null when there is no such file or it cannot be read. */
  find<T>(name: string, read: (file: DriverFile) => T | null): T | null {
    const key = asciiLower(name);
    const known = this.#known.get(key);
    if (known === undefined) return null;
    try {
      if (!this.#opened.has(key)) this.#opened.set(key, this.#openFile(known));
      const file = this.#opened.get(key) ?? null;
      return file === null ? null : read(file);
    } catch (error) {
      if (!(error instanceof PanwatchError)) throw error;
      this.#opened.set(key, null);
      this.#warn(`The resources of ${known.path} cannot be used: ${error.message}`);
      return null;
    }
  }

  #openFile({ path, languageFiles }: Known): DriverFile {
    this.#open += 1 + languageFiles.length;
    if (this.#open > MAX_OPEN) throw new PanwatchError("file", `more than ${MAX_OPEN} driver files are in use`);
    const sound = languageFiles.flatMap((file) => this.#languageSource(file));
    return new DriverFile([fileSource(path), ...sound], this.#language);
  }

  /** A language file that is broken says nothing against the file it belongs to. */
  #languageSource(file: string): ByteSource[] {
    try {
      const source = fileSource(file);
      new DriverFile([source], this.#language);
      return [source];
    } catch (error) {
      if (!(error instanceof PanwatchError)) throw error;
      this.#warn(`The language file ${file} cannot be used: ${error.message}`);
      return [];
    }
  }
}

/** The regular files of a folder and of the folders in it; symbolic links are not followed, for they may lead out of it. */
export function filesBelow(folder: string, depth = MAX_DEPTH): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
  const files = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    return entry.isDirectory() && depth > 0 ? filesBelow(path, depth - 1) : [];
  });
  if (files.length <= MAX_FILES) return files;
  throw new PanwatchError("file", `The folder ${folder} holds more than ${MAX_FILES} files.`);
}

/** The language files beside one file: `xx-XX/NAME.mui`. */
export function languageFilesOf(file: string): string[] {
  const folder = dirname(file);
  const wanted = asciiLower(`${basename(file)}.mui`);
  const languages = readdirSync(folder, { withFileTypes: true }).filter(
    (one) => one.isDirectory() && isLanguage(one.name),
  );
  return languages.sort(byName).flatMap(({ name }) => {
    const entries = readdirSync(join(folder, name), { withFileTypes: true });
    return entries
      .filter((one) => one.isFile() && asciiLower(one.name) === wanted)
      .map((one) => join(folder, name, one.name));
  });
}

/** By the name in lower case. Of several files with one name the first counts; a language file belongs to the file beside it. */
function filesByName(files: readonly string[]): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  const byPath = new Map<string, Known>();
  for (const path of files.filter((one) => !isLanguageFile(one))) {
    const entry: Known = { path, languageFiles: [] };
    byPath.set(asciiLower(path), entry);
    if (!known.has(asciiLower(basename(path)))) known.set(asciiLower(basename(path)), entry);
  }
  for (const path of files.filter(isLanguageFile)) {
    const owner = join(dirname(dirname(path)), basename(path).slice(0, -".mui".length));
    byPath.get(asciiLower(owner))?.languageFiles.push(path);
  }
  return known;
}

function isLanguageFile(path: string): boolean {
  return asciiLower(path).endsWith(".mui") && isLanguage(basename(dirname(path)));
}

function isLanguage(name: string): boolean {
  return /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(name) && languageId(name) !== null;
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
