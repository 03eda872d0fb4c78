/** 100 ns ticks from 1601-01-01 to 1970-01-01, both UTC. */
const UNIX_EPOCH = 116_444_736_000_000_000n;
const TICKS_PER_MS = 10_000n;

/** The present time as a FILETIME: 100 ns since 1601, UTC ([MS-DTYP] 2.3.3). */
export function filetimeNow(): bigint {
  return BigInt(Date.now()) * TICKS_PER_MS + UNIX_EPOCH;
}

/** How far apart two FILETIMEs are, in hours. */
export function hoursBetween(a: bigint, b: bigint): number {
  const ticks = a > b ? a - b : b - a;
  return Number(ticks / TICKS_PER_MS) / 3_600_000;
}
