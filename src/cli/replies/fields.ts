import { UsageError } from "../../errors.js";
import { FIELD_NAMES, fieldOf } from "../../notifications/kinds.js";
import type { EventOrigin, Notified } from "../../watch/events.js";
import { excerpt } from "./decision.js";
import { parsePattern, Patience, type Pattern } from "./pattern.js";

type NotificationEvent = EventOrigin & Notified;
type FieldReader = (event: NotificationEvent) => string | boolean | null;

/** The fields of a JSON line that can be matched; null where a notification has no such field. */
const FIELDS: Readonly<Record<string, FieldReader>> = {
  type: ({ notification }) => `notification.${notification.kind}`,
  id: ({ id }) => id,
  server: ({ server }) => server,
  printer: ({ printer }) => printer,
  registration: ({ registration }) => registration,
  channel: ({ channel }) => channel,
  ...Object.fromEntries(
    FIELD_NAMES.map((name): [string, FieldReader] => [name, ({ notification }) => fieldOf(notification, name)]),
  ),
};

export const MATCHABLE: readonly string[] = Object.keys(FIELDS);

/** What one field must look like. */
export interface FieldMatch {
  readonly read: FieldReader;
  readonly pattern: Pattern;
}

/**
 * A field with what it must be: the whole value, or `/regex/flags`.
 *
 * @throws {UsageError} that begins with `where` for a field that there is not, with `whereValue` for a wrong expression.
 */
export function fieldMatch(
  field: string,
  value: string | number | boolean | null,
  where: string,
  whereValue: string,
): FieldMatch {
  const read = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined) {
    throw new UsageError(`${where}: there is no field "${excerpt(field)}".`, {
      hint: `Fields that can be matched: ${MATCHABLE.join(", ")}.`,
    });
  }
  try {
    return { read, pattern: parsePattern(value) };
  } catch (error) {
    throw new UsageError(`${whereValue}: ${(error as Error).message}.`, { cause: error });
  }
}

/** Reads `FIELD=TEXT` and `FIELD=/regex/flags` of the option `name`. Throws a UsageError. */
export function parseFieldMatch(name: string, text: string): FieldMatch {
  const [, field, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined) {
    throw new UsageError(`${name} takes FIELD=TEXT or FIELD=/regex/flags.`, {
      hint: `Its fields are ${MATCHABLE.join(", ")}; for instance ${name} 'title=/paper jam/i'.`,
    });
  }
  return fieldMatch(field, value, name, `${name} ${field}`);
}

/**
 * Whether all of the fields are as they must be.
 *
 * @throws {PanwatchError} `reply` when regular expressions take too long.
 */
export function matchesAll(
  wanted: readonly FieldMatch[],
  event: NotificationEvent,
  patience: Patience = new Patience(),
): boolean {
  return wanted.every(({ read, pattern }) => patience.matches(pattern, read(event)));
}
