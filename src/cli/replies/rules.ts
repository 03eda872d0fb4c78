import { readFileSync } from "node:fs";
import { UsageError } from "../../errors.js";
import type { Question } from "../../watch/options.js";
import { excerpt, readDecision, type Decision } from "./decision.js";
import { matches, parsePattern, type Pattern } from "./pattern.js";

type FieldReader = (question: Question) => string | boolean | null;

/** The fields of a JSON line that a rule can match; null where a notification has no such field. */
const FIELDS: Readonly<Record<string, FieldReader>> = {
  type: ({ notification }) => `notification.${notification.kind}`,
  id: ({ event }) => event.id,
  server: ({ event }) => event.server,
  printer: ({ event }) => event.printer,
  registration: ({ event }) => event.registration,
  channel: ({ event }) => event.channel,
  title: ({ notification }) => (notification.kind === "messageBox" ? notification.title : null),
  body: ({ notification }) => (notification.kind === "messageBox" ? notification.body : null),
  dll: ({ notification }) => (notification.kind === "messageBox" ? null : notification.dll),
  entrypoint: ({ notification }) => (notification.kind === "messageBox" ? null : notification.entrypoint),
  bidi: ({ notification }) => (notification.kind === "messageBox" ? null : notification.bidi),
  text: ({ notification }) => (notification.kind === "customUi" ? notification.text : null),
};

/** One entry of a rules file: all of its patterns must match. */
export interface Rule {
  readonly match: readonly { readonly read: FieldReader; readonly pattern: Pattern }[];
  readonly decision: Decision;
}

/**
 * Reads a rules file, all of it.
 *
 * @throws {UsageError} that names the file, the entry and the field that is wrong.
 */
export function loadRules(file: string): readonly Rule[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8").replace(/^\ufeff/, ""));
  } catch (error) {
    const problem = (error as Error).message;
    const what = error instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new UsageError(`The rules file ${file} ${what}: ${problem}.`, { cause: error });
  }
  if (!Array.isArray(value)) {
    throw new UsageError(`The rules file ${file} must hold a JSON list of rules.`, {
      hint: 'For instance [{"match":{"title":"/paper jam/i"},"button":"IDOK"}].',
    });
  }
  return value.map((entry: unknown, index) => readRule(entry, `${file}, entry ${index + 1}`));
}

/**
 * What the first matching rule decides; null when none matches. A rule that holds a button is for message boxes, one that
 * holds a text for custom UI and data.
 *
 * @throws {PanwatchError} `reply` when a regular expression takes too long.
 */
export function decide(rules: readonly Rule[], question: Question): Decision | null {
  const rule = rules.find(
    ({ match, decision }) =>
      canAnswer(decision, question) && match.every(({ read, pattern }) => matches(pattern, read(question))),
  );
  return rule?.decision ?? null;
}

function canAnswer(decision: Decision, { notification }: Question): boolean {
  return decision.kind === "skip" || (decision.kind === "button") === (notification.kind === "messageBox");
}

function readRule(entry: unknown, where: string): Rule {
  if (!isObject(entry)) throw new UsageError(`${where}: a rule must be a JSON object.`);
  const { match, ...fields } = entry;
  if (!isObject(match)) {
    throw new UsageError(`${where}: "match" must be an object of fields, for instance {"title":"Paper jam"}.`, {
      hint: 'Write "match":{} for a rule that matches everything.',
    });
  }
  const decision = readDecision(fields);
  if (decision.kind === "invalid") throw new UsageError(`${where}: ${decision.problem}.`);
  return { match: Object.entries(match).map(([field, value]) => readField(field, value, where)), decision };
}

function readField(field: string, value: unknown, where: string): Rule["match"][number] {
  const read = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined) {
    throw new UsageError(`${where}, match: there is no field "${excerpt(field)}".`, {
      hint: `Fields that can be matched: ${Object.keys(FIELDS).join(", ")}.`,
    });
  }
  if (typeof value === "object" && value !== null) {
    throw new UsageError(`${where}, match.${field}: it must be a text, or "/regex/flags".`);
  }
  try {
    return { read, pattern: parsePattern(value as string | number | boolean | null) };
  } catch (error) {
    throw new UsageError(`${where}, match.${field}: ${(error as Error).message}.`, { cause: error });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
