import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../../../src/cli/exit-codes.js";
import { exitCodeOf } from "./accounting.js";
import type { WatchEvent } from "../../../src/watch/events.js";
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

/** While it works, a cut ends the watch with exit code 6 and one error; while it leaves anyway, nothing is lost. */
export function endsUnreachable(session: Session, course: Course): string[] {
  if (!isCutAtWork(session, course)) return [];
  return endsWith(isLogonUnanswered(session, course) ? EXIT.authentication : EXIT.unreachable, session);
}

/**
 * Whatever is cut, the watch comes back, and is given what is left of the five. The loss is told once for the server,
 * without an error: that it reconnects, and one gap, if anything was registered before. But a logon whose proof was not
 * answered at all is taken for a refused one, which is not tried again: it may lock the account.
 */
export function comesBack(session: Session, course: Course): string[] {
  if (isLogonUnanswered(session, course)) return endsWith(EXIT.authentication, session);
  if (session.endedBy !== "done") return ["it gives up"];
  if (!isCutAtWork(session, course)) return [];
  const first = session.events.find(({ type }) => type === "registered" || type === "reconnecting");
  return tellsTheLossAs(session, first?.type === "registered" ? ["reconnecting", "gap"] : ["reconnecting"]);
}

function endsWith(expected: number, session: Session): string[] {
  if (session.endedBy !== "itself") return ["it goes on without a connection"];
  const exitCode = exitCodeOf(session);
  return exitCode === expected ? tellsTheLossAs(session, ["error"]) : [`it exits with ${exitCode}`];
}

/** Of errors, retries and gaps, whether just these are told, all of them for the server. */
function tellsTheLossAs({ events }: Session, expected: readonly WatchEvent["type"][]): string[] {
  const told = events.filter(({ type }) => ["error", "reconnecting", "gap"].includes(type));
  const names = told.map(({ registration, type }) => (registration === null ? type : `${type} of ${registration}`));
  return names.join() === expected.join() ? [] : [`it tells the loss as ${names.join()}`];
}

/** Whether the cut came while there was still something to hand out. */
function isCutAtWork({ fault, fired }: Session, course: Course): boolean {
  return fired && fault !== null && fault.offset < course.leaving;
}

function isLogonUnanswered({ fault, fired }: Session, { unanswered }: Course): boolean {
  if (!fired || fault === null || unanswered === null) return false;
  const [first, last] = unanswered;
  return fault.offset >= first && fault.offset <= last;
}
