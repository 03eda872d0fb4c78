import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodeOf } from "./support/accounting.js";
import type { Direction, Fault } from "./support/proxy.js";
import { ServerProcess } from "./support/server-process.js";
import type { Retrying, Session } from "./support/session.js";
import { measure, survey, type Course } from "./support/survey.js";
import { Random } from "../fuzz/engine/random.js";

const TIMEOUT_MS = 900_000;
/** Places besides the PDU boundaries. */
const SEEDED = 500;
const DIRECTIONS = ["fromClient", "fromServer"] as const;
/** Bytes that a truncated PDU lacks. */
const TAIL = 4;
const DELAY_MS = 3;

let server: ServerProcess;
let courses: Readonly<Record<Direction, Course>>;

beforeAll(async () => {
  server = await ServerProcess.start();
  courses = await measure(server);
});

afterAll(() => server[Symbol.asyncDispose]());

/** A fault at a place, and what it needs: `length` bytes, of which some are at the mercy of `random`. */
type MakeFault = (place: { direction: Direction; offset: number }, length: number, random: Random) => Fault;

const FAULTS: Readonly<Record<"delay" | "duplicate" | "corrupt" | "truncate", MakeFault>> = {
  delay: (place) => ({ ...place, kind: "delay", ms: DELAY_MS }),
  duplicate: (place, length) => ({ ...place, kind: "duplicate", length }),
  corrupt: (place, _length, random) => ({ ...place, kind: "corrupt", bit: random.below(8) }),
  truncate: (place, length) => ({ ...place, kind: "truncate", length }),
};

/** At each boundary: the PDU delayed, twice, with its first byte changed, without its last bytes. */
function atBoundaries(kind: keyof typeof FAULTS, random: Random): Fault[] {
  return DIRECTIONS.flatMap((direction) => {
    const { boundaries } = courses[direction];
    return boundaries.slice(1).map((end, i) => {
      const start = boundaries[i] ?? 0;
      const offset = kind === "truncate" ? end - TAIL : start;
      return FAULTS[kind]({ direction, offset }, kind === "truncate" ? TAIL : end - start, random);
    });
  });
}

function atSeededPlaces(kind: keyof typeof FAULTS, random: Random): Fault[] {
  return Array.from({ length: SEEDED }, () => {
    const direction = random.pick(DIRECTIONS);
    return FAULTS[kind]({ direction, offset: random.below(courses[direction].end) }, random.length(64), random);
  });
}

function faultsOf(kind: keyof typeof FAULTS): Fault[] {
  const random = new Random(1);
  return [...atBoundaries(kind, random), ...atSeededPlaces(kind, random)];
}

describe.each(["never", "backoff"] as const)("with --retry %s, bytes", (retrying: Retrying) => {
  it("that come late change nothing", { timeout: TIMEOUT_MS }, async () => {
    expect(await survey(server, faultsOf("delay"), retrying, changesNothing)).toEqual([]);
  });

  it.each(["duplicate", "corrupt", "truncate"] as const)("are changed (%s)", { timeout: TIMEOUT_MS }, async (kind) => {
    expect(await survey(server, faultsOf(kind), retrying, isNoticed)).toEqual([]);
  });
});

function changesNothing({ events, endedBy, report }: Session): string[] {
  const problems = events.filter(({ type }) => type === "error" || type === "gap" || type === "reconnecting");
  const told = events.filter(({ type }) => type === "notification").length;
  return problems.length === 0 && endedBy === "done" && told === 5 && report.replies === 1 ? [] : ["it is disturbed"];
}

/**
 * Between logon and leaving, where everything is signed and sealed, no change goes unnoticed: there is an error, or the watch comes
 * back, at the latest with the next PDU. Only where bytes to the server are missing may both sides wait: the client cannot know.
 */
function isNoticed(session: Session): string[] {
  const { fault, fired, endedBy, events } = session;
  if (fault === null || !fired) return [];
  if (endedBy === "quiet") return fault.direction === "fromClient" ? [] : ["it waits for ever"];
  const { handshake, leaving } = courses[fault.direction];
  if (fault.offset < handshake || fault.offset >= leaving) return [];
  if (endedBy === "itself") return exitCodeOf(session) === 0 ? ["it exits with 0"] : [];
  const noticed = events.some(({ type }) => type === "gap" || type === "reconnecting" || type === "error");
  return noticed ? [] : ["it did not notice"];
}
