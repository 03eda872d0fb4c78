import { PduFramer } from "../../../src/rpc/framing.js";
import { join } from "../../fuzz/engine/mutations.js";
import { exitCodeOf, problemsOf } from "./accounting.js";
import type { Direction, Fault } from "./proxy.js";
import type { ServerProcess } from "./server-process.js";
import { runSession, type Retrying, type Session, type Through } from "./session.js";

/** Sessions at the same time: most of a session is waiting. */
const SIDE_BY_SIDE = 16;
/** Sessions with problems after which the others are not tried any more. */
const ENOUGH = 10;

/** What a session without faults looks like on the wire, one way. */
export interface Course {
  /** Bytes until logged on, and the last interface known: from there on everything is protected. */
  readonly handshake: number;
  /**
   * The first and the last place of a cut that leaves nothing of the answer to the proof of the password, which has left; null
   * where nobody logs on. What begins to answer does not refuse.
   */
  readonly unanswered: readonly [number, number] | null;
  /** Bytes until everything has been handed out and the client waits: what follows is leaving. */
  readonly leaving: number;
  readonly end: number;
  /** Where PDUs begin, and the end. */
  readonly boundaries: readonly number[];
}

/** bind, bind_ack, alter_context and alter_context_resp: the last of them asks for an interface, without protection. */
const HANDSHAKE_TYPES: readonly number[] = [11, 12, 14, 15];

/** Measures a session without faults; it has to be one without problems. */
export async function measure(
  server: ServerProcess,
  through: Through = "port",
): Promise<Readonly<Record<Direction, Course>>> {
  const session = await runSession(server, null, "never", through);
  const problems = problemsOf(session);
  const told = session.events.filter((event) => event.type === "notification").length;
  if (problems.length > 0 || told !== 5 || session.endedBy !== "done")
    throw new Error(`a session without faults tells ${told} notifications: ${problems.join("; ")}`);
  return { fromClient: courseOf(session, "fromClient"), fromServer: courseOf(session, "fromServer") };
}

function courseOf({ recorded, bytesWhenDone }: Session, direction: Direction): Course {
  const stream = join(...recorded[direction]);
  const boundaries = [0];
  let handshake = 0;
  for (const pdu of new PduFramer().push(stream)) {
    const end = (boundaries.at(-1) ?? 0) + pdu.length;
    boundaries.push(end);
    if (HANDSHAKE_TYPES.includes(pdu[2] ?? 0)) handshake = end;
  }
  // The second PDU of the client is the proof, which is not sent before the first of the server.
  const [, before = 0, behind = 0] = boundaries;
  const unanswered = direction === "fromClient" ? ([before + 1, behind] as const) : ([before, before] as const);
  return { handshake, unanswered, leaving: bytesWhenDone[direction], end: stream.length, boundaries };
}

/** Further rules for a session, beside those that hold for all. */
export type Rule = (session: Session) => readonly string[];

/** Tries all faults; gives what is wrong, one sentence for each session that is not as it must be. */
export async function survey(
  server: ServerProcess,
  faults: readonly Fault[],
  retrying: Retrying,
  rule: Rule,
  through: Through = "port",
): Promise<string[]> {
  const left = [...faults];
  const findings: string[] = [];
  const work = async (): Promise<void> => {
    for (let fault = left.pop(); fault !== undefined && findings.length < ENOUGH; fault = left.pop()) {
      const session = await runSession(server, fault, retrying, through);
      const problems = [...problemsOf(session), ...rule(session)];
      if (problems.length > 0) findings.push(`${JSON.stringify(fault)}: ${problems.join("; ")} (${storyOf(session)})`);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return findings;
}

/** What happened in a session, in short. */
function storyOf(session: Session): string {
  const events = session.events.map((event) => {
    const detail = event.type === "error" || event.type === "reconnecting" ? ` "${messageOf(event)}"` : "";
    return `${event.registration ?? "-"} ${event.type}${detail}`;
  });
  const registrations = session.report.registrations.map(({ kind, handed }) => `${kind} ${handed.join()}`);
  const end = `${session.endedBy}, ${session.outcome.reason}, exit ${exitCodeOf(session)}`;
  return `${events.join(", ")}; ended by ${end}; handed out: ${registrations.join(", ")}`;
}

function messageOf(event: { readonly message: string } | { readonly reason: string }): string {
  return "message" in event ? event.message : event.reason;
}
