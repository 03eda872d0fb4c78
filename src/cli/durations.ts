import { UsageError } from "../errors.js";

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a duration as the options take it: a number and its unit (`500ms`, `10s`, `1.5m`, `1h`, `2d`). The result is in
 * whole milliseconds. Throws a UsageError that names the option.
 */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  if (!match) {
    throw new UsageError(`${option} takes a duration with its unit, for instance 500ms, 10s, 5m or 1h.`);
  }
  const milliseconds = Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
  if (!Number.isSafeInteger(milliseconds)) throw new UsageError(`The duration of ${option} is too long.`);
  return milliseconds;
}

/** Like {@link parseDuration}, for options where no time at all makes no sense. */
export function parsePositiveDuration(option: string, text: string): number {
  const milliseconds = parseDuration(option, text);
  if (milliseconds < 1) throw new UsageError(`The duration of ${option} must be longer than nothing.`);
  return milliseconds;
}

/** Reads a range of durations, `1s..60s`: the shortest and the longest, in milliseconds. Throws a UsageError. */
export function parseDurationRange(option: string, text: string): { minMs: number; maxMs: number } {
  const parts = text.split("..");
  if (parts.length !== 2) {
    throw new UsageError(`${option} takes the shortest and the longest interval, for instance 1s..60s.`);
  }
  const [minMs = 0, maxMs = 0] = parts.map((part) => parsePositiveDuration(option, part));
  if (minMs > maxMs) throw new UsageError(`The shortest interval of ${option} is longer than its longest.`);
  return { minMs, maxMs };
}

/** A length of time for people: `340 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 59_950) return `${trimmed(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
