import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PanwatchError } from "../../errors.js";
import type { ShareFile } from "./share-files.js";

/** Runs commands of smbclient and gives what it says. */
export type RunCommands = (commands: readonly string[]) => Promise<string>;

/** What came of a file. */
export interface Fetched {
  readonly file: ShareFile;
  readonly state: "fetched" | "unchanged" | "missing" | "too large";
  /** Bytes; null where the share does not have it. */
  readonly size: number | null;
}

/** A file as the share lists it: when one of the two changes, it is another file. */
interface Listed {
  readonly size: number;
  readonly time: string;
}

/** Bytes of a file, and of all that is fetched in one run. */
export const MAX_FILE = 200 * 2 ** 20;
const MAX_TOTAL = 2 ** 30;
/** Remembers size and time of what was fetched. */
const STATE = ".panwatch-resources.json";

/** Fetches what is new or changed into a folder, each file whole or not at all. */
export async function fetchFiles(files: readonly ShareFile[], folder: string, run: RunCommands): Promise<Fetched[]> {
  await mkdir(folder, { recursive: true });
  const known = await readState(folder);
  const listings = await list(files, run);
  let left = MAX_TOTAL;
  const plans = await Promise.all(
    files.map(async (file) => ({
      file,
      listed: listings.get(file) ?? null,
      have: await has(folder, file, known, listings),
    })),
  );
  const wanted = plans.filter(({ listed, have }) => {
    if (listed === null || have || listed.size > MAX_FILE || listed.size > left) return false;
    left -= listed.size;
    return true;
  });
  const came = await download(
    wanted.map(({ file }) => file),
    listings,
    folder,
    run,
  );
  for (const file of came) known[file.target] = listings.get(file) ?? { size: 0, time: "" };
  if (came.size > 0) await writeState(folder, known);
  return plans.map(({ file, listed, have }) => {
    if (listed === null) return { file, state: "missing", size: null };
    const state = have
      ? "unchanged"
      : came.has(file)
        ? "fetched"
        : wanted.some((one) => one.file === file)
          ? "missing"
          : "too large";
    return { file, state, size: listed.size };
  });
}

/** The command that gets a file; names hold no quotation mark. */
export function getCommand({ path }: ShareFile, local: string): string {
  return `get "${path}" "${local}"`;
}

async function list(files: readonly ShareFile[], run: RunCommands): Promise<Map<ShareFile, Listed>> {
  const listings = new Map<ShareFile, Listed>();
  if (files.length === 0) return listings;
  const said = await run(files.map(({ path }) => `ls "${path}"`));
  for (const file of files) {
    const name = (file.path.split("\\").at(-1) ?? "").toLowerCase();
    // "  IHV.dll      A    12345  Sat Nov 21 15:00:00 2026"
    for (const [, listedName = "", size = "", time = ""] of said.matchAll(
      /^ {2}(.+?) +[A-Z]* +(\d+) {2}(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})$/gm,
    ))
      if (listedName.toLowerCase() === name) listings.set(file, { size: Number(size), time });
  }
  return listings;
}

/** Fetches into a folder of its own and moves what came whole into its place. */
async function download(
  files: readonly ShareFile[],
  listings: ReadonlyMap<ShareFile, Listed>,
  folder: string,
  run: RunCommands,
): Promise<Set<ShareFile>> {
  const came = new Set<ShareFile>();
  if (files.length === 0) return came;
  const staging = await mkdtemp(join(folder, ".panwatch-"));
  try {
    if (staging.includes('"'))
      throw new PanwatchError("file", "smbclient takes no folder with a quotation mark in its name.");
    await run(files.map((file, i) => getCommand(file, join(staging, `${i}`))));
    for (const [i, file] of files.entries()) {
      const staged = join(staging, `${i}`);
      const size = await sizeOf(staged);
      if (size === null || size !== listings.get(file)?.size) continue;
      const target = join(folder, file.target);
      await mkdir(dirname(target), { recursive: true });
      await rename(staged, target);
      came.add(file);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return came;
}

async function has(
  folder: string,
  file: ShareFile,
  known: Readonly<Record<string, Listed>>,
  listings: ReadonlyMap<ShareFile, Listed>,
): Promise<boolean> {
  const [before, now] = [known[file.target], listings.get(file)];
  if (before === undefined || before.size !== now?.size || before.time !== now.time) return false;
  return (await sizeOf(join(folder, file.target))) === now.size;
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/** What was fetched before; a file that is missing or cannot be read means that everything is fetched anew. */
async function readState(folder: string): Promise<Record<string, Listed>> {
  try {
    const state = JSON.parse(await readFile(join(folder, STATE), "utf8")) as unknown;
    return typeof state === "object" && state !== null ? { ...(state as Record<string, Listed>) } : {};
  } catch {
    return {};
  }
}

async function writeState(folder: string, state: Readonly<Record<string, Listed>>): Promise<void> {
  const file = join(folder, STATE);
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}
