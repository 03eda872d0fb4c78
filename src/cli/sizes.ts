import { UsageError } from "../errors.js";

const FACTORS: Record<string, number> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
};

/**
 * Reads a number of bytes: `1048576`, `64KiB`, `16M` (binary, as MiB), `10MB` (decimal); a space may stand before the
 * unit. Throws a UsageError that names the option.
 */
export function parseSize(option: string, text: string): number {
  const match = /^(\d{1,15}) ?([a-z]{0,3})$/i.exec(text);
  const factor = FACTORS[match?.[2]?.toLowerCase() ?? "?"];
  const bytes = Number(match?.[1]) * (factor ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new UsageError(`${option} takes a number of bytes, for instance 1048576, 64KiB or 16MiB.`);
  }
  return bytes;
}

/** A number of bytes for people: `1 byte`, `1,536 bytes`, `16 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes >= 2 ** 20 && bytes % 2 ** 20 === 0) return `${(bytes / 2 ** 20).toLocaleString("en-GB")} MiB`;
  return `${bytes.toLocaleString("en-GB")} ${bytes === 1 ? "byte" : "bytes"}`;
}
