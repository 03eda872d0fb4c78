import { describe, expect, it } from "vitest";
import { Random } from "../fuzz/engine/random.js";
import { comesBack, endsUnreachable } from "./support/cuts.js";
import type { Fault } from "./support/proxy.js";
import { ServerProcess } from "./support/server-process.js";
import { measure, survey } from "./support/survey.js";

const TIMEOUT_MS = 900_000;
const DIRECTIONS = ["fromClient", "fromServer"] as const;
const CUTS = ["fin", "rst"] as const;

describe("a connection to the endpoint mapper that is cut after each byte", () => {
  it.each(DIRECTIONS)("%s", { timeout: TIMEOUT_MS }, async (direction) => {
    await using server = await ServerProcess.start({ epmPort: 0 });
    // Once the answer is there, nothing more is needed of this connection.
    const { end } = (await measure(server, "mapper"))[direction];
    const course = { handshake: 0, unanswered: null, leaving: end, end, boundaries: [] };
    const faults: Fault[] = CUTS.flatMap((kind) =>
      Array.from({ length: end }, (_, offset) => ({ direction, offset, kind })),
    );
    const never = await survey(server, faults, "never", (session) => endsUnreachable(session, course), "mapper");
    expect(never).toEqual([]);
    const backoff = await survey(server, faults, "backoff", (session) => comesBack(session, course), "mapper");
    expect(backoff).toEqual([]);
  });
});

/** Connections that a session without multiplexing has at least: each parked call has its own. */
const CONNECTIONS = 4;
const SEEDED = 300;
/** Within the bytes of a connection with a few calls. */
const LONGEST = 1600;

describe("several connections, without multiplexing", () => {
  it.each(["never", "backoff"] as const)(
    "of which one is cut, with --retry %s",
    { timeout: TIMEOUT_MS },
    async (retrying) => {
      await using server = await ServerProcess.start({ multiplexing: false });
      await measure(server);
      const random = new Random(2);
      const faults: Fault[] = Array.from({ length: SEEDED }, () => ({
        direction: random.pick(DIRECTIONS),
        offset: random.below(LONGEST),
        kind: random.pick(CUTS),
        connection: 1 + random.below(CONNECTIONS),
      }));
      expect(await survey(server, faults, retrying, () => [])).toEqual([]);
    },
  );
});
