import type { ByteSource } from "./byte-source.js";
import { chooseLanguage } from "./languages.js";
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
    const all = this.#parts.flatMap(({ image, index }) =>
      (index.get(type)?.get(id) ?? []).map((entry): Found => ({ ...entry, image })),
    );
    const found = chooseLanguage(all, this.#language);
    return found === null ? null : found.image.read(found.address, found.size, `resource ${id} of type ${type}`);
  }

  #block(block: number): readonly (string | null)[] {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const bytes = this.resource(RESOURCE_TYPES.string, block);
    const strings = bytes === null ? [] : readStringBlock(bytes);
    this.#kept += bytes?.length ?? 0;
    if (this.#kept > MAX_KEPT) this.#blocks.clear();
    if (this.#kept > MAX_KEPT) this.#kept = 0;
    this.#blocks.set(block, strings);
    return strings;
  }

  /** A file has one table of messages, with the id 1. */
  #messageTable(): ReadonlyMap<number, Message> {
    if (this.#messages !== null) return this.#messages;
    const bytes = this.resource(RESOURCE_TYPES.messageTable, 1);
    this.#messages = bytes === null ? new Map<number, Message>() : readMessageTable(bytes);
    return this.#messages;
  }
}
