import type { Guid } from "../../bytes/guid.js";
import { UsageError } from "../../errors.js";
import { decodeNotification } from "../../notifications/decode.js";
import { defaultStringTables } from "../../notifications/strings/string-tables.js";
import { type Content, instructionsFor } from "./contents.js";
import { Fields } from "./fields.js";

/** Raises a notification, or opens a channel with it as the first one. */
export interface RaiseInstruction {
  readonly kind: "notify" | "open";
  readonly type: Guid;
  readonly data: Uint8Array;
  /** Null for the whole server. */
  readonly printer: string | null;
  /** Null for all users. */
  readonly user: string | null;
  readonly repeat: number;
  readonly intervalMs: number;
}

/** Closes a channel that nobody has answered. */
export interface CloseInstruction {
  readonly kind: "close";
  readonly channel: string;
}

export type Instruction = RaiseInstruction | CloseInstruction;

const MAX_REPEAT = 1_000_000;
const MAX_INTERVAL_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a line of input. Throws a UsageError in one sentence for what is no JSON, no instruction, or would make a document that
 * clients have to refuse.
 */
export function parseInstruction(line: string): Instruction {
  const fields = new Fields(parseJson(line), "");
  const instruction = fields.has("close") ? closeOf(fields) : raiseOf(fields);
  fields.end();
  return instruction;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new UsageError("The line is no JSON.", { cause: error });
  }
}

function closeOf(fields: Fields): CloseInstruction {
  return { kind: "close", channel: fields.text("close") };
}

function raiseOf(fields: Fields): RaiseInstruction {
  const kind = fields.has("open") ? "open" : "notify";
  if (!fields.has(kind) || (kind === "open" && fields.has("notify")))
    throw new UsageError(
      `The line has to hold one of notify, open and close. What there is to notify: ${[...instructionsFor("notify").keys()].join(", ")}.`,
    );
  const name = fields.text(kind);
  const instructions = instructionsFor(kind);
  const read = instructions.get(name);
  if (read === undefined) {
    const hint = `What there is to ${kind}: ${[...instructions.keys()].join(", ")}.`;
    throw new UsageError(`There is nothing called ${JSON.stringify(name)} to ${kind}. ${hint}`);
  }
  const content = read(fields, kind === "open");
  refuseFaulty(content);
  return {
    kind,
    type: content.type,
    data: content.data,
    printer: fields.textOr("printer", null),
    user: fields.textOr("user", null),
    repeat: fields.integerOr("repeat", 1, MAX_REPEAT, 1),
    intervalMs: fields.integerOr("intervalMs", 0, MAX_INTERVAL_MS, 0),
  };
}

/** What we make ourselves has to be what clients accept: names, numbers and texts may still break a rule. */
function refuseFaulty({ type, data, made }: Content): void {
  if (!made) return;
  const decoded = decodeNotification(type, data, { strings: defaultStringTables, printerName: null });
  const settings = decoded.kind === "printerConfiguration" ? decoded.settings : [];
  const faulty = [decoded, ...settings].find(({ problem }) => problem !== null);
  if (faulty !== undefined) throw new UsageError(`Clients would refuse this notification: ${faulty.problem}.`);
}
