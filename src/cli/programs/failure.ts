import { formatDuration } from "../durations.js";
import type { ProgramEnd } from "./run.js";

/** What went wrong, to follow the program's name; null for a program that ended by itself with exit status 0. */
export function programFailure(end: ProgramEnd, timeoutMs: number): string | null {
  if (end.cause === "timeout") return `had not ended after ${formatDuration(timeoutMs)} and was stopped`;
  if (end.cause === "aborted") return "was stopped";
  if (end.signal !== null) return `was ended by ${end.signal}`;
  return end.exit === 0 ? null : `ended with exit status ${end.exit}`;
}
