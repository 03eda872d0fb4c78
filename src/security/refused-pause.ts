/** How long a secret that has worked in this run rests after it was refused, in milliseconds, before it is tried again. */
export const REFUSED_PAUSE_MS = 60_000;
