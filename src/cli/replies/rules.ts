import { readFileSync } from "node:fs";
import { fileProblem, UsageError } from "../../errors.js";
import { NOTIFICATION_KINDS } from "../../notifications/kinds.js";
import type { Question } from "../../watch/options.js";
import { isObject } from "../json-object.js";
import { readDecision, type Decision } from "./decision.js";
import { fieldMatch, matchesAll, type FieldMatch } from "./fields.js";
import { JsonError, lineAndColumn, readJsonText } from "./json-text.js";
import { Patience } from "./pattern.js";

/** One entry of a rules file: all of its patterns must match. */
export interface Rule {
  /** Its place in the file, from 1. */
  readonly number: number;
  readonly match: readonly FieldMatch[];
  readonly decision: Decision;
}

/** Begins an error about what a path of the file leads to: `rules.json:3:14, entry 2`. */
type Where = (...path: readonly (string | number)[]) => string;

/**
 * Reads a rules file, all of it.
 *
 * @throws {UsageError} that names the file, line and column, the entry and the field that is wrong.
 */
export function loadRules(file: string): readonly Rule[] {
  const text = readText(file);
  const at = (offset: number): string => `${file}:${lineAndColumn(text, offset)}`;
  try {
    const { value, offsetOf } = readJsonText(text);
    if (!Array.isArray(value)) {
      throw new UsageError(`The rules file ${file} must hold a JSON list of rules.`, {
        hint: 'For instance [{"match":{"title":"/paper jam/i"},"button":"IDOK"}].',
      });
    }
    return value.map((entry: unknown, index) => {
      const where: Where = (...path) => `${at(offsetOf(index, ...path))}, entry ${index + 1}`;
      return { number: index + 1, ...readRule(entry, where) };
    });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UsageError(`${at(error.offset)}: the rules file is not valid JSON: ${error.message}.`, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch (error) {
    throw new UsageError(`The rules file ${file} cannot be read: ${fileProblem(error)}.`, { cause: error });
  }
}

/**
 * The first rule that matches; null when none does. A rule that holds a button is for message boxes, one that holds a
 * text for custom UI and data.
 *
 * @throws {PanwatchError} `reply` when regular expressions take too long.
 */
export function findRule(rules: readonly Rule[], question: Question): Rule | null {
  const patience = new Patience();
  const fits = ({ match, decision }: Rule): boolean =>
    canAnswer(decision, question) && matchesAll(match, question.event, patience);
  return rules.find(fits) ?? null;
}

function canAnswer(decision: Decision, { notification }: Question): boolean {
  return decision.kind === "skip" || decision.kind === NOTIFICATION_KINDS[notification.kind].answer;
}

function readRule(entry: unknown, where: Where): Omit<Rule, "number"> {
  if (!isObject(entry)) throw new UsageError(`${where()}: a rule must be a JSON object.`);
  const { match, ...fields } = entry;
  if (!isObject(match)) {
    throw new UsageError(
      `${where("match")}: "match" must be an object of fields, for instance {"title":"Paper jam"}.`,
      {
        hint: 'Write "match":{} for a rule that matches everything.',
      },
    );
  }
  const decision = readDecision(fields);
  if (decision.kind === "invalid") {
    const [field] = Object.keys(fields);
    throw new UsageError(`${field === undefined ? where() : where(field)}: ${decision.problem}.`);
  }
  return { match: Object.entries(match).map(([field, value]) => readField(field, value, where)), decision };
}

function readField(field: string, value: unknown, where: Where): FieldMatch {
  const place = where("match", field);
  const whereValue = `${place}, match.${field}`;
  if (typeof value === "object" && value !== null) {
    throw new UsageError(`${whereValue}: it must be a text, or "/regex/flags".`);
  }
  return fieldMatch(field, value as string | number | boolean | null, `${place}, match`, whereValue);
}
