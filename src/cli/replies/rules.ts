import { readFileSync } from "node:fs";
import { UsageError } from "../../errors.js";
import type { Question } from "../../watch/options.js";
import { readDecision, type Decision } from "./decision.js";
import { fieldMatch, matchesAll, type FieldMatch } from "./fields.js";

/** One entry of a rules file: all of its patterns must match. */
export interface Rule {
  readonly match: readonly FieldMatch[];
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
  const rule = rules.find(({ match, decision }) => canAnswer(decision, question) && matchesAll(match, question.event));
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

function readField(field: string, value: unknown, where: string): FieldMatch {
  const whereValue = `${where}, match.${field}`;
  if (typeof value === "object" && value !== null) {
    throw new UsageError(`${whereValue}: it must be a text, or "/regex/flags".`);
  }
  return fieldMatch(field, value as string | number | boolean | null, `${where}, match`, whereValue);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
