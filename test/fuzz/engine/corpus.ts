import { readdirSync, readFileSync } from "node:fs";
import { fromHex } from "../../../src/bytes/hex.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";

const FOLDER = new URL("../", import.meta.url);

/** Bytes with the name of the file that holds them. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The bytes in corpus/<name>; see the README there. */
export function corpus(name: string): Uint8Array[] {
  const found = filesOf(`corpus/${name}/`).map(({ bytes }) => bytes);
  if (found.length === 0) throw new Error(`there is no corpus ${name}`);
  return found;
}

/** Inputs that once broke a target: crashes/<name>/*.hex. */
export function crashes(name: string): NamedBytes[] {
  return filesOf(`crashes/${name}/`);
}

/** `.bin` as it is, `.hex` as digits with white space anywhere, `.xml` as a server would send it: UTF-16LE and a NUL. */
function filesOf(folder: string): NamedBytes[] {
  const url = new URL(folder, FOLDER);
  return names(url).map((name) => {
    const content = readFileSync(new URL(name, url));
    if (name.endsWith(".hex")) return { name, bytes: fromHex(content.toString("latin1")) };
    if (name.endsWith(".xml")) return { name, bytes: encodeUtf16(`${content.toString("utf8")}\0`) };
    return { name, bytes: new Uint8Array(content) };
  });
}

function names(folder: URL): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
