import { UsageError } from "../../errors.js";
import { isObject } from "../json-object.js";

/** The fields of a JSON object. Every reader throws a UsageError that names the field and says what it takes. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #read = new Set<string>();

  /** `path` stands before the names of the fields in errors; empty for the outermost object. */
  constructor(value: unknown, path: string) {
    if (!isObject(value)) throw new UsageError(`${path === "" ? "The line" : path} is no JSON object.`);
    this.#values = value;
    this.#path = path === "" ? "" : `${path}.`;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  text(name: string): string {
    const value = this.#get(name);
    if (typeof value !== "string") throw this.#wrong(name, "a string");
    return value;
  }

  textOr<Absent>(name: string, absent: Absent): string | Absent {
    return this.has(name) ? this.text(name) : absent;
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#get(name);
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
      throw this.#wrong(name, `a whole number from ${min} to ${max}`);
    return value;
  }

  integerOr(name: string, min: number, max: number, absent: number): number {
    return this.has(name) ? this.integer(name, min, max) : absent;
  }

  boolean(name: string): boolean {
    const value = this.#get(name);
    if (typeof value !== "boolean") throw this.#wrong(name, "true or false");
    return value;
  }

  /** The bytes of a field in base64. */
  base64(name: string): Uint8Array {
    const text = this.text(name);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw this.#wrong(name, "bytes in base64");
    return new Uint8Array(Buffer.from(text, "base64"));
  }

  /** A field as it is, for those who know more about it. */
  value(name: string): unknown {
    return this.#get(name);
  }

  object(name: string): Fields {
    return new Fields(this.#get(name), `${this.#path}${name}`);
  }

  /** The items of a list, each with its path for errors; a missing field is an empty list. */
  list(name: string): { readonly value: unknown; readonly path: string }[] {
    const value = this.#get(name) ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, "a list");
    return value.map((item: unknown, i) => ({ value: item, path: `${this.#path}${name}[${i}]` }));
  }

  /** Refuses fields that nobody has asked for: a slip of the pen would go unnoticed. */
  end(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#read.has(name));
    if (unknown !== undefined) throw new UsageError(`There is no field ${this.#path}${unknown} here.`);
  }

  /** A null is the same as nothing. */
  #get(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  #wrong(name: string, wanted: string): UsageError {
    const problem = this.has(name) ? "is not" : "is missing, it is";
    return new UsageError(`${this.#path}${name} ${problem} ${wanted}.`);
  }
}
