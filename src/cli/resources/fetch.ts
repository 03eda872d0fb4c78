import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PanwatchError } from "../../errors.js";
import type { ShareFile } from "./share-files.js";

/** Runs commands of smbclient and gives what it says. */
export type RunCommands = (commands: readonly string[]) => Promise<string>;

/** What became of a file; `missing` on the share, `failed` while it was fetched. */
export type FetchState = "fetched" | "unchanged" | "missing" | "too large" | "failed";

export interface Fetched {
  readonly file: ShareFile;
  readonly state: FetchState;
  /** Bytes; null where the share does not have it. */
  readonly size: number | null;
}

/** A file as the share lists it: when one of the two changes, it is another file. */
interface Listed {
  readonly size: number;
  readonly time: string;
}

/** What was fetched before, by the name in the folder. */
type Known = Readonly<Record<string, Listed>>;

/** Bytes of a file, and of all that is fetched in one run. */
export const MAX_FILE = 200 * 2 ** 20;
const MAX_TOTAL = 2 ** 30;
/** Remembers what was fetched; no name that `--resources` takes for a string table. */
const STATE = ".panwatch-resources";
/** Begins the name of the folder that files are fetched into first. */
const STAGING = ".panwatch-fetching-";
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Fetches what is new or changed into a folder, each file whole or not at all. Throws a PanwatchError (`file`) where the folder
 * cannot be written, and what `run` throws.
 */
export async function fetchFiles(files: readonly ShareFile[], folder: string, run: RunCommands): Promise<Fetched[]> {
  try {
    return await fetchInto(files, folder, run);
  } catch (error) {
    if (error instanceof PanwatchError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PanwatchError("file", `The folder ${folder} cannot be written (${code ?? message}).`, { cause: error });
  }
}

async function fetchInto(files: readonly ShareFile[], folder: string, run: RunCommands): Promise<Fetched[]> {
  await mkdir(folder, { recursive: true });
  const known = await readState(folder);
  const listed = await list(files, run);
  const wanted = new Map<ShareFile, Listed>();
  let left = MAX_TOTAL;
  const planned: Fetched[] = [];
  for (const [i, file] of files.entries()) {
    const found = listed[i] ?? null;
    const size = found?.size ?? null;
    if (found === null) planned.push({ file, state: "missing", size });
    else if (await isKept(folder, file, found, known)) planned.push({ file, state: "unchanged", size });
    else if (found.size > Math.min(MAX_FILE, left)) planned.push({ file, state: "too large", size });
    else {
      left -= found.size;
      wanted.set(file, found);
      planned.push({ file, state: "failed", size });
    }
  }
  const came = await download(wanted, folder, run);
  const fetched = came.map((file) => [file.target, wanted.get(file)] as const);
  if (came.length > 0) await writeState(folder, { ...known, ...Object.fromEntries(fetched) });
  return planned.map((one) => (came.includes(one.file) ? { ...one, state: "fetched" } : one));
}

/** The command that gets a file; names hold no quotation mark. */
export function getCommand({ path }: ShareFile, local: string): string {
  return `get "${path}" "${local}"`;
}

/** Looks up each file on the share; null for one that is not there. */
async function list(files: readonly ShareFile[], run: RunCommands): Promise<(Listed | null)[]> {
  if (files.length === 0) return [];
  const said = await run(files.map(({ path }) => `ls "${path}"`));
  // Each listing ends with one line about the disk, or about what went wrong.
  const listings = said.split(/^(?:\t\t\d+ blocks of size .*|NT_STATUS_\w+ listing .*|Error in dskattr.*)$/m);
  // "  IHV.dll      A    12345  Sat Nov 21 15:00:00 2026"
  const entry = /^ {2}(.+?) +[A-Za-z]* +(\d+) {2}(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})$/m;
  return files.map(({ path }, i) => {
    const [, name = "", size = "", time = ""] = entry.exec(listings[i] ?? "") ?? [];
    return `\\${path}`.toLowerCase().endsWith(`\\${name.toLowerCase()}`) ? { size: Number(size), time } : null;
  });
}

/** Fetches into a folder of its own, moves what came whole into its place, and gives that. */
async function download(
  wanted: ReadonlyMap<ShareFile, Listed>,
  folder: string,
  run: RunCommands,
): Promise<ShareFile[]> {
  if (wanted.size === 0) return [];
  await sweep(folder);
  const staging = await mkdtemp(join(folder, STAGING));
  try {
    if (/["\n]/.test(staging))
      throw new PanwatchError("file", "smbclient takes no folder with a quotation mark or a line break in its name");
    await run([...wanted.keys()].map((file, i) => getCommand(file, join(staging, `${i}`))));
    const came: ShareFile[] = [];
    for (const [i, [file, { size }]] of [...wanted].entries()) {
      const staged = join(staging, `${i}`);
      if ((await sizeOf(staged)) !== size) continue;
      const target = join(folder, file.target);
      await mkdir(dirname(target), { recursive: true });
      await rename(staged, target);
      came.push(file);
    }
    return came;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Removes what runs that were killed have left behind; one that still goes on has begun today. */
async function sweep(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(STAGING));
  for (const path of names.map((name) => join(folder, name))) {
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - DAY_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Whether the folder holds the file as the share lists it. */
async function isKept(folder: string, { target }: ShareFile, { size, time }: Listed, known: Known): Promise<boolean> {
  const before = known[target];
  return before?.size === size && before.time === time && (await sizeOf(join(folder, target))) === size;
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/** A file of the state that is missing or cannot be read means that everything is fetched anew. */
async function readState(folder: string): Promise<Known> {
  try {
    const state = JSON.parse(await readFile(join(folder, STATE), "utf8")) as unknown;
    return typeof state === "object" && state !== null ? (state as Known) : {};
  } catch {
    return {};
  }
}

async function writeState(folder: string, state: object): Promise<void> {
  const file = join(folder, STATE);
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}
