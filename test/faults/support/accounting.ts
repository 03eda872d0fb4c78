import { Verdict } from "../../../src/cli/watch/verdict.js";
import type { Notification } from "../../../src/notifications/model.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import type { ServerRegistration } from "./server-process.js";
import type { Session } from "./session.js";

/*
 * What must hold for every session, whatever went wrong on the wire.
 *
 * The server keeps, for each of its registrations, the numbers of the notifications that it handed out, in order: by an
 * answered GetNotification or, on a channel, GetNotificationSendResponse. What was queued for a registration and never asked for is
 * lost with it, and counts as handed out, unless the client unregisters because it was told to leave. The client tells numbers between one `registered` and the next. Then
 *
 * 1. what the client tells after one `registered` is a beginning of what the server handed to one of its registrations,
 *    and no two of the client's belong to the same one of the server's: in order, nothing twice, nothing left out but at the end;
 * 2. where something is left out at the end, a `gap` of the server or that registration follows, which says that something may have been lost, or
 *    the watch ends with an error: told notifications and reported gaps account for all that was handed out;
 * 3. every `registered` after the first is numbered on, and followed by such a `gap` when all are back; under --retry never there is only
 *    the first one, and no `reconnecting`;
 * 4. a reply is told exactly once, as sent, or as rejected with its fate unknown; the server got it at most once, and
 *    exactly once where it was told as sent;
 * 5. a watch that ends by itself ends with one fatal error that says something, is nobody's bug, and has an exit code of
 *    its own; one that the test ends, with 0. Each registration that was told has one `unregistered`, after which it says nothing.
 */

/** The registrations of the client, by the names that it gives them, and what they are to the server. */
const KINDS = { r1: "asyncui", r2: "channels", r3: "configuration" } as const;

/** One registration of the client: what it told, and whether a gap followed. */
interface Told {
  readonly numbers: number[];
  gapAfter: boolean;
}

/** The rules that a session breaks, as sentences. */
export function problemsOf(session: Session): string[] {
  const problems = [...endProblems(session), ...replyProblems(session)];
  for (const [name, kind] of Object.entries(KINDS)) {
    const events = session.events.filter(
      (event) => event.registration === name || (event.registration === null && event.type === "gap"),
    );
    problems.push(...courseProblems(name, events, session));
    const given = session.report.registrations.filter((one) => one.kind === kind);
    problems.push(...lossProblems(name, toldBy(events), given, session));
  }
  return problems;
}

/** The number that a notification carries: in its first byte, or as the text of a question. */
function numberOf(notification: Notification): number {
  if (notification.kind === "unknown") return notification.data[0] ?? 0;
  return notification.kind === "customUi" ? Number(notification.text) : 0;
}

/** The client's registrations under one name, in order. */
function toldBy(events: readonly WatchEvent[]): Told[] {
  const told: Told[] = [];
  for (const event of events) {
    const last = told.at(-1);
    if (event.type === "registered") told.push({ numbers: [], gapAfter: false });
    if (event.type === "notification") last?.numbers.push(numberOf(event.notification));
    // A gap comes when all registrations of the server are back, and is about those before.
    if (event.type === "gap" && event.mayHaveLost) for (const before of told.slice(0, -1)) before.gapAfter = true;
  }
  return told;
}

/** Rules 1 and 2. */
function lossProblems(name: string, told: readonly Told[], given: readonly ServerRegistration[], session: Session) {
  const problems: string[] = [];
  const endedByError = session.outcome.reason === "error";
  let from = 0;
  for (const { numbers, gapAfter } of told) {
    const at = given.findIndex(({ handed }, i) => i >= from && isStart(numbers, handed));
    const match = given[at];
    if (match === undefined) {
      problems.push(`${name} told ${numbers.join()}, which no registration was given so`);
      continue;
    }
    const leaves = session.endedBy !== "itself" && told.at(-1)?.numbers === numbers;
    const lost = [...match.handed.slice(numbers.length), ...(leaves ? [] : match.queued)];
    if (lost.length > 0 && !gapAfter && !endedByError && !saidAtLeaving(session))
      problems.push(`${name} lost ${lost.join()} and did not tell of a gap`);
    from = at + 1;
  }
  return problems;
}

function isStart(numbers: readonly number[], handed: readonly number[]): boolean {
  return numbers.every((number, i) => handed[i] === number);
}

/** What is lost while the watch leaves is told as an error of unregistering. */
function saidAtLeaving({ events }: Session): boolean {
  return events.some((event) => event.type === "error" && event.stage === "unregister");
}

/** Rule 3, and the last event of rule 5. */
function courseProblems(name: string, events: readonly WatchEvent[], { retrying, endedBy }: Session): string[] {
  const problems: string[] = [];
  const attempts = events.filter((event) => event.type === "registered").map(({ attempt }) => attempt);
  if (attempts.some((attempt, i) => attempt !== i + 1)) problems.push(`${name} counts ${attempts.join()}`);
  const gaps = events.filter((event) => event.type === "gap");
  if (attempts.length > 1 && gaps.length === 0 && endedBy !== "itself")
    problems.push(`${name} registered ${attempts.length} times and told ${gaps.length} gaps`);
  if (gaps.some(({ from, to }) => from > to)) problems.push(`${name} told a gap that ends before it begins`);
  if (retrying === "never" && attempts.length > 1) problems.push(`${name} registered again`);
  const ends = events.filter((event) => event.type === "unregistered").length;
  if (ends !== (attempts.length === 0 ? 0 : 1)) problems.push(`${name} has ${ends} ends`);
  if (ends > 0 && events.at(-1)?.type !== "unregistered") problems.push(`${name} goes on after its end`);
  return problems;
}

/** Rule 4. */
function replyProblems({ events, report }: Session): string[] {
  const questions = events.filter((event) => event.type === "notification" && event.channel !== null).length;
  const sent = events.filter((event) => event.type === "reply.sent").length;
  const unknown = events.filter((event) => event.type === "reply.rejected" && event.result === null).length;
  const problems: string[] = [];
  if (report.replies > 1) problems.push(`the server got ${report.replies} replies`);
  if (sent > report.replies) problems.push("a reply was told as sent that the server did not get");
  if (report.replies > sent + unknown) problems.push("the server got a reply that was not told");
  if (sent + unknown > questions) problems.push(`${questions} questions got ${sent + unknown} replies`);
  return problems;
}

/** Rule 5. */
function endProblems({ events, outcome, endedBy, retrying }: Session): string[] {
  const problems: string[] = [];
  const verdict = new Verdict({ replyErrors: "warn", hookErrors: "warn", hookHasFailed: () => false });
  events.forEach((event) => verdict.see(event));
  const exitCode = verdict.exitCode(outcome);
  const fatal = events.filter((event) => event.type === "error" && event.fatal);
  if (events.some((event) => event.type === "error" && event.code === "internal")) problems.push("it hit a bug");
  if (outcome.reason === "error" ? fatal.length !== 1 : fatal.length > 0)
    problems.push(`it ended with ${outcome.reason} and ${fatal.length} fatal errors`);
  if (outcome.reason === "error" && (outcome.error === null || exitCode === 0)) problems.push("its error is lost");
  if (outcome.error?.message === "") problems.push("its error says nothing");
  if (endedBy === "done" && outcome.reason !== "error" && exitCode !== 0) problems.push(`it exits with ${exitCode}`);
  if (retrying === "never" && events.some(({ type }) => type === "reconnecting")) problems.push("it reconnects");
  return problems;
}

/** The exit code that the command would have. */
export function exitCodeOf({ events, outcome }: Session): number {
  const verdict = new Verdict({ replyErrors: "warn", hookErrors: "warn", hookHasFailed: () => false });
  events.forEach((event) => verdict.see(event));
  return verdict.exitCode(outcome);
}
