import { ByteReader } from "../bytes/reader.js";
import { DecodeError } from "../errors.js";
import type { PeImage } from "./pe-image.js";

/** Types of resources that notifications can name, by their numbers. */
export const RESOURCE_TYPES = { bitmap: 2, icon: 3, string: 6, messageTable: 11, groupIcon: 14 } as const;
export type ResourceType = (typeof RESOURCE_TYPES)[keyof typeof RESOURCE_TYPES];

/** Where a resource in one language lies in the image. */
export interface ResourceEntry {
  /** The language identifier, 0 for neutral. */
  readonly language: number;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** The resources of an image by type and id, each in its languages, in the order of the file. */
export type ResourceIndex = ReadonlyMap<number, ReadonlyMap<number, readonly ResourceEntry[]>>;

/** Most entries of all directories together: a file of Windows with tens of thousands of strings has some thousands. */
const MAX_ENTRIES = 100_000;

const DIRECTORY_BYTES = 16;
const ENTRY_BYTES = 8;
const DATA_ENTRY_BYTES = 16;
const HIGH_BIT = 0x8000_0000;

/** An entry of a directory: its id, and where it leads to from the start of all directories. */
interface DirectoryEntry {
  readonly id: number;
  readonly offset: number;
  readonly isDirectory: boolean;
}

/**
 * Reads the directories of an image's resources: types, then ids, then languages, and nothing below them, so that no cycle
 * is followed. Resources with names instead of numbers, and other types, are left out.
 *
 * @throws {DecodeError} when a directory is not where it should be, too deep or not deep enough, or has too many entries.
 */
export function readResourceIndex(image: PeImage): ResourceIndex {
  const { resources } = image;
  return resources === null ? new Map() : new DirectoryReader(image, resources).read();
}

class DirectoryReader {
  readonly #image: PeImage;
  readonly #start: number;
  #entries = 0;

  constructor(image: PeImage, start: number) {
    this.#image = image;
    this.#start = start;
  }

  read(): ResourceIndex {
    const wanted = new Set<number>(Object.values(RESOURCE_TYPES));
    const index = new Map<number, Map<number, ResourceEntry[]>>();
    for (const type of this.#directory(0, "types")) {
      if (!wanted.has(type.id) || index.has(type.id)) continue;
      index.set(type.id, this.#ids(type));
    }
    return index;
  }

  #ids(type: DirectoryEntry): Map<number, ResourceEntry[]> {
    const ids = new Map<number, ResourceEntry[]>();
    for (const id of this.#directory(this.#below(type, "type"), "ids")) {
      if (!ids.has(id.id)) ids.set(id.id, this.#languages(id));
    }
    return ids;
  }

  #languages(id: DirectoryEntry): ResourceEntry[] {
    return this.#directory(this.#below(id, "id"), "languages").map((language) => {
      if (language.isDirectory) throw new DecodeError("resource language", language.offset, "is a directory, not data");
      const data = this.#image.read(this.#start + language.offset, DATA_ENTRY_BYTES, "resource data entry");
      const reader = new ByteReader(data, "resource data entry");
      return { language: language.id, address: reader.u32("address"), size: reader.u32("size") };
    });
  }

  #below(entry: DirectoryEntry, level: string): number {
    if (entry.isDirectory) return entry.offset;
    throw new DecodeError(`resource ${level}`, entry.offset, "is data, not a directory");
  }

  /** The numbered entries of the directory at an offset from the start of all. */
  #directory(offset: number, level: string): DirectoryEntry[] {
    const field = `resource directory of ${level}`;
    const header = new ByteReader(this.#image.read(this.#start + offset, DIRECTORY_BYTES, field), field, 12);
    const count = header.u16("named entries") + header.u16("numbered entries");
    this.#entries += count;
    if (this.#entries > MAX_ENTRIES) throw new DecodeError(field, offset, `more than ${MAX_ENTRIES} entries in all`);
    const table = this.#image.read(this.#start + offset + DIRECTORY_BYTES, count * ENTRY_BYTES, field);
    const reader = new ByteReader(table, field);
    const entries = Array.from({ length: count }, () => {
      const name = reader.u32("id");
      const target = reader.u32("offset");
      return { id: name, offset: target % HIGH_BIT, isDirectory: target >= HIGH_BIT };
    });
    return entries.filter(({ id }) => id < HIGH_BIT);
  }
}
