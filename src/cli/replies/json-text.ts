/** Where JSON is wrong: the offset in its text. */
export class JsonError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** What was read from a JSON text, and where each of its values stands. */
export interface JsonText {
  readonly value: unknown;
  /** The offset of the value that this path of keys and indices leads to, or of what should hold it. */
  readonly offsetOf: (...path: readonly (string | number)[]) => number;
}

/** How deep lists and objects may stand in each other. */
const MAX_DEPTH = 100;

const TOKEN = /[ \t\r\n]*("(?:[^"\\\u0000-\u001f]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+)/y;

/**
 * Reads JSON as `JSON.parse` does, and remembers where everything stands, for errors that lead a person there.
 *
 * @throws {JsonError}
 */
export function readJsonText(text: string): JsonText {
  const reader = new Reader(text);
  const value = reader.value([]);
  reader.end();
  const offsetOf: JsonText["offsetOf"] = (...path) =>
    reader.offsets.get(JSON.stringify(path)) ?? (path.length === 0 ? 0 : offsetOf(...path.slice(0, -1)));
  return { value, offsetOf };
}

/** `3:14`: line and column, both from 1, as editors count them. */
export function lineAndColumn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

class Reader {
  readonly #text: string;
  readonly offsets = new Map<string, number>();
  #offset = 0;
  #start = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: readonly (string | number)[]): unknown {
    const token = this.#next("a value");
    this.offsets.set(JSON.stringify(path), this.#start);
    if (path.length > MAX_DEPTH) throw new JsonError("too many lists and objects in each other", this.#start);
    if (token === "[") return this.#list(path);
    if (token === "{") return this.#object(path);
    return this.#literal(token, "a value");
  }

  end(): void {
    const rest = this.#text.slice(this.#offset).search(/[^ \t\r\n]/);
    if (rest >= 0) throw new JsonError("nothing may follow", this.#offset + rest);
  }

  #list(path: readonly (string | number)[]): unknown[] {
    const list: unknown[] = [];
    if (this.#skip("]")) return list;
    for (;;) {
      list.push(this.value([...path, list.length]));
      if (this.#delimiter("]")) return list;
    }
  }

  #object(path: readonly (string | number)[]): object {
    const entries: [string, unknown][] = [];
    if (this.#skip("}")) return {};
    for (;;) {
      const token = this.#next("a name in quotes");
      if (!token.startsWith('"')) throw this.#expected("a name in quotes");
      const name = this.#literal(token, "a name in quotes") as string;
      if (this.#next('":"') !== ":") throw this.#expected('":"');
      entries.push([name, this.value([...path, name])]);
      if (this.#delimiter("}")) return Object.fromEntries(entries);
    }
  }

  /** Whether the list or object ends here; else a comma follows. */
  #delimiter(end: string): boolean {
    const token = this.#next(`"," or "${end}"`);
    if (token !== "," && token !== end) throw this.#expected(`"," or "${end}"`);
    return token === end;
  }

  /** Takes this token if it is the next. */
  #skip(wanted: string): boolean {
    const before = this.#offset;
    if (this.#next(`"${wanted}"`) === wanted) return true;
    this.#offset = before;
    return false;
  }

  #literal(token: string, wanted: string): unknown {
    try {
      return JSON.parse(token);
    } catch {
      throw this.#expected(wanted);
    }
  }

  #next(wanted: string): string {
    TOKEN.lastIndex = this.#offset;
    const [all, token] = TOKEN.exec(this.#text) ?? [];
    if (all === undefined || token === undefined) {
      const rest = this.#text.slice(this.#offset);
      this.#start = this.#offset + rest.length - rest.trimStart().length;
      throw this.#expected(wanted);
    }
    this.#offset += all.length;
    this.#start = this.#offset - token.length;
    return token;
  }

  #expected(wanted: string): JsonError {
    return new JsonError(`expected ${wanted}`, this.#start);
  }
}
