import type { ByteSource } from "./byte-source.js";
import { byPreference } from "./languages.js";
import { openPeImage, type PeImage } from "./pe-image.js";
import {
  readResourceIndex,
  RESOURCE_TYPES,
  type ResourceEntry,
  type ResourceIndex,
  type ResourceType,
} from "./resource-directory.js";
import { messageText, readMessageTable, readStringBlock, stringBlock, type Message } from "./strings.js";

/** UTF-16 units of strings that are kept for the next time. */
const MAX_KEPT = 4 * 2 ** 20;

/** Languages that are looked into at most: the wanted one, another form of it, neutral, English. */
const MAX_LANGUAGES = 4;

interface Found extends ResourceEntry {
  readonly image: PeImage;
}

/**
 * The resources of a driver's file together with those of the language files beside it (`.mui`), in one language where
 * there are several. What is read is small: the directories at the beginning, later what is asked for.
 */
export class DriverFile {
  readonly #parts: readonly { readonly image: PeImage; readonly index: ResourceIndex }[];
  readonly #language: number;
  readonly #blocks = new Map<number, readonly (string | null)[]>();
  #kept = 0;
  #messages: ReadonlyMap<number, Message> | null = null;

  /** The file itself first. Throws a DecodeError when one is no portable executable or its directories are broken. */
  constructor(sources: readonly ByteSource[], language: number) {
    this.#language = language;
    this.#parts = sources.map((source) => {
      const image = openPeImage(source);
      return { image, index: readResourceIndex(image) };
    });
  }

  /** The string with this id: a string resource, or else a message. Throws a DecodeError when it cannot be read. */
  string(id: number): string | null {
    const { block, place } = stringBlock(id);
    const text = this.#block(block)[place] ?? null;
    if (text !== null) return text;
    const message = this.#messageTable().get(id);
    return message === undefined ? null : messageText(message);
  }

  /** The bytes of a resource in the language to take; null when there is none. Throws a DecodeError. */
  resource(type: ResourceType, id: number): Uint8Array | null {
    return this.#inLanguages(type, id)[0]?.() ?? null;
  }

  /** What reads a resource in the few languages that come into question, the best first. */
  #inLanguages(type: ResourceType, id: number): (() => Uint8Array)[] {
    const all = this.#parts.flatMap(({ image, index }) =>
      (index.get(type)?.get(id) ?? []).map((entry): Found => ({ ...entry, image })),
    );
    const best = byPreference(all, this.#language).slice(0, MAX_LANGUAGES);
    return best.map(
      ({ image, address, size }) =>
        () =>
          image.read(address, size, `resource ${id} of type ${type}`),
    );
  }

  /** A block of strings; one that the best language lacks is taken from the next. */
  #block(block: number): readonly (string | null)[] {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const strings: (string | null)[] = [];
    for (const read of this.#inLanguages(RESOURCE_TYPES.string, block)) {
      const bytes = read();
      this.#kept += bytes.length;
      for (const [place, text] of readStringBlock(bytes).entries()) strings[place] ??= text;
    }
    if (this.#kept > MAX_KEPT) this.#forget();
    // Of what is not there nothing is kept: a server can name as many numbers as it likes.
    if (strings.length > 0) this.#blocks.set(block, strings);
    return strings;
  }

  #forget(): void {
    this.#blocks.clear();
    this.#kept = 0;
  }

  /** A file has one table of messages, with the id 1; of the languages the best one's message counts. */
  #messageTable(): ReadonlyMap<number, Message> {
    if (this.#messages !== null) return this.#messages;
    const messages = new Map<number, Message>();
    for (const read of this.#inLanguages(RESOURCE_TYPES.messageTable, 1).reverse())
      for (const [id, message] of readMessageTable(read())) messages.set(id, message);
    this.#messages = messages;
    return messages;
  }
}
