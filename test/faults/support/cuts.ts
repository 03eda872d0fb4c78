import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../../../src/cli/exit-codes.js";
import { exitCodeOf } from "./accounting.js";
import type { Direction, Fault } from "./proxy.js";
import { ServerProcess } from "./server-process.js";
import type { Session } from "./session.js";
import { measure, survey, type Course } from "./survey.js";

const TIMEOUT_MS = 900_000;

/** The tests of cutting the connection after each byte that goes one way. */
export function cutEverywhere(direction: Direction): void {
  describe(`a connection that is cut after each byte ${direction === "fromClient" ? "to" : "from"} the server`, () => {
    let server: ServerProcess;
    let course: Course;

    beforeAll(async () => {
      server = await ServerProcess.start();
      course = (await measure(server))[direction];
    });

    afterAll(() => server[Symbol.asyncDispose]());

    const cuts = (kind: "fin" | "rst"): Fault[] =>
      Array.from({ length: course.end + 1 }, (_, offset) => ({ direction, offset, kind }));

    it.each(["fin", "rst"] as const)("by %s, with --retry never", { timeout: TIMEOUT_MS }, async (kind) => {
      expect(await survey(server, cuts(kind), "never", (session) => endsUnreachable(session, course))).toEqual([]);
    });

    it.each(["fin", "rst"] as const)("by %s, with --backoff 1ms..5ms", { timeout: TIMEOUT_MS }, async (kind) => {
      expect(await survey(server, cuts(kind), "backoff", (session) => comesBack(session, course))).toEqual([]);
    });
  });
}

/** While it works, a cut ends the watch with exit code 6; while it leaves anyway, nothing is lost. */
export function endsUnreachable(session: Session, course: Course): string[] {
  if (!isCutAtWork(session, course)) return [];
  if (session.endedBy !== "itself") return ["it goes on without a connection"];
  const exitCode = exitCodeOf(session);
  return exitCode === EXIT.unreachable ? [] : [`it exits with ${exitCode}`];
}

/** Whatever is cut, the watch comes back, and is given what is left of the five. */
export function comesBack(session: Session, course: Course): string[] {
  if (session.endedBy !== "done") return ["it gives up"];
  const reconnects = session.events.filter(({ type }) => type === "reconnecting").length;
  if (!isCutAtWork(session, course)) return [];
  return reconnects === 1 ? [] : [`it reconnects ${reconnects} times`];
}

/** Whether the cut came while there was still something to hand out. */
function isCutAtWork({ fault, fired }: Session, course: Course): boolean {
  return fired && fault !== null && fault.offset < course.leaving;
}
