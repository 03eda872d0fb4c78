import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DecodeError, fileProblem, PanwatchError } from "../errors.js";

/** Bytes that are read in slices: a file may be larger than what anybody would hold in memory. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** A copy of `length` bytes from `offset`. Throws a DecodeError that names `field` where they are not all there. */
  read(offset: number, length: number, field: string): Uint8Array;
}

/** Most bytes of one slice; no table and no picture that is shown needs more. */
const MAX_SLICE = 16 * 2 ** 20;

/**
 * A file, which stays open: what replaces it later does not change what is read. Throws a PanwatchError (`file`) when it
 * cannot be opened or is no regular file.
 */
export function fileSource(path: string): ByteSource {
  const fd = openRegular(path);
  const { size } = fstatSync(fd);
  return {
    size,
    read(offset, length, field) {
      checkSlice(size, offset, length, field);
      const bytes = new Uint8Array(length);
      if (readAll(fd, bytes, offset, path) < length)
        throw new DecodeError(field, offset, "the file has become shorter");
      return bytes;
    },
  };
}

function openRegular(path: string): number {
  try {
    const fd = openSync(path, "r");
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new PanwatchError("file", `The file ${path} is no regular file.`);
}

function readAll(fd: number, bytes: Uint8Array, offset: number, path: string): number {
  try {
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(fd, bytes, done, bytes.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): PanwatchError {
  return new PanwatchError("file", `The file ${path} cannot be read: ${fileProblem(cause)}.`, { cause });
}

/** Throws the DecodeError of a slice that is no part of a source of `size` bytes, or too large. */
export function checkSlice(size: number, offset: number, length: number, field: string): void {
  if (length > MAX_SLICE) throw new DecodeError(field, offset, `${length} bytes are more than ${MAX_SLICE}`);
  if (offset + length > size)
    throw new DecodeError(field, offset, `needs ${length} bytes, ${Math.max(0, size - offset)} left`);
}
