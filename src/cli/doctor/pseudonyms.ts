import { familyOf } from "../../transport/resolve.js";

/** What a name is one of. */
export type NameKind = "user" | "domain" | "host" | "printer" | "address";

/** What may be an IPv6 address, and IPv4 addresses. */
const ADDRESSES = /[0-9a-f:.]*:[0-9a-f.]*:[0-9a-f:.]*(?<![.])(?:%\w+)?|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\w)/gi;

/**
 * Replaces names of people, hosts and printers by others that say only which of them are the same: `user1`, `host1`.
 * Names are told first, texts are replaced afterwards; addresses are recognised by their form.
 */
export class Pseudonyms {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<NameKind, number>();

  /** A name that must not be told. What nobody is called (null, empty) is left alone; so is an address, which is found anyway. */
  add(kind: NameKind, name: string | null): void {
    if (name === null || name === "" || familyOf(name) !== 0 || this.#names.has(name.toLowerCase())) return;
    this.#names.set(name.toLowerCase(), this.#next(kind));
  }

  /** The text with every name and address replaced, whatever its case, where it stands as a word of its own. */
  replace(text: string): string {
    const longestFirst = [...this.#names.keys()].sort((a, b) => b.length - a.length);
    const known = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const named =
      known === ""
        ? text
        : text.replace(
            new RegExp(`(?<![\\p{L}\\p{N}])(?:${known})(?![\\p{L}\\p{N}])`, "giu"),
            (name) => this.#names.get(name.toLowerCase()) ?? name,
          );
    return named.replace(ADDRESSES, (found) => this.#address(found));
  }

  #address(found: string): string {
    const address = found.toLowerCase();
    if (familyOf(address.replace(/%.*$/, "")) === 0) return found;
    const known = this.#names.get(address) ?? this.#next("address");
    this.#names.set(address, known);
    return known;
  }

  #next(kind: NameKind): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}${count}`;
  }
}
