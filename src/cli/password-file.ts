import { open } from "node:fs/promises";
import { fileProblem, UsageError } from "../errors.js";

const MAX_BYTES = 64 * 1024;

/**
 * The first line of a file that holds a password, without its line end and byte order mark; `-` is standard input. The
 * rest is not read. Throws a UsageError that repeats neither the content nor the name, which may be the password itself.
 */
export async function readPasswordFile(name: string, option: string): Promise<string> {
  const bytes = name === "-" ? await firstLine(process.stdin) : await readFirstLine(name, option);
  const text = new TextDecoder("utf-8").decode(bytes);
  if (text === "") throw new UsageError(`The first line of what ${option} names is empty, so it holds no password.`);
  return text;
}

async function readFirstLine(name: string, option: string): Promise<Uint8Array> {
  return readSecretFile(name, option, (chunks) => firstLine(chunks));
}

/** Opens a file for `read`, and turns what the system has against it into a UsageError without the name. */
export async function readSecretFile<T>(
  name: string,
  option: string,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  try {
    await using file = await open(name, "r");
    return await read(file.createReadStream({ autoClose: false, highWaterMark: 4096 }));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`The file that ${option} names cannot be read: ${fileProblem(error)}.`, {
      // Without the cause, whose message repeats the name.
      hint: `${option} takes the name of a file, never the password itself.`,
    });
  }
}

/** The bytes of the first line, without its end; what follows is not read. */
export async function firstLine(chunks: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    const end = bytes.indexOf(0x0a);
    parts.push(end < 0 ? bytes : bytes.subarray(0, end));
    size += bytes.length;
    if (end >= 0 || size > MAX_BYTES) break;
  }
  const line = Buffer.concat(parts).subarray(0, MAX_BYTES);
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
