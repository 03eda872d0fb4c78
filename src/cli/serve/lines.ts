/** A line of input without its line end, or one that was longer than the limit and is lost. */
export type InputLine = { readonly kind: "line"; readonly text: string } | { readonly kind: "too-long" };

const LINE_FEED = 0x0a;

/**
 * The lines of a stream of UTF-8, as they come. Of a line longer than `limit` bytes nothing is kept but that it was there.
 * The stream is read no faster than the lines are taken.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<InputLine> {
  let line = new PartialLine(limit);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      line.add(chunk.subarray(start, end));
      yield line.finish();
      line = new PartialLine(limit);
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (!line.empty) yield line.finish();
}

/** A line whose end has not come yet. */
class PartialLine {
  readonly #limit: number;
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get empty(): boolean {
    return this.#size === 0;
  }

  add(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > this.#limit) this.#parts.length = 0;
    else this.#parts.push(part);
  }

  finish(): InputLine {
    if (this.#size > this.#limit) return { kind: "too-long" };
    return { kind: "line", text: Buffer.concat(this.#parts).toString("utf8").replace(/\r$/, "") };
  }
}
