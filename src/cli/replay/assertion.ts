import { readFileSync } from "node:fs";
import { fileProblem, UsageError } from "../../errors.js";
import type { WatchEvent } from "../../watch/events.js";

/** An expected answer: the button's id or the text; null to leave the question to others. */
interface Expected {
  readonly replyTo: string;
  readonly answer: string | null;
}

const FORM =
  'Its lines are {"replyTo":"n1","button":"IDOK"}, {"replyTo":"n2","text":"…"}, {"replyTo":"n3","skip":true}, or reply.planned lines.';

/** What rules and programs are expected to answer (`--assert`), and what they did. */
export class Assertion {
  readonly #expected: ReadonlyMap<string, string | null>;
  readonly #answered = new Map<string, string>();

  /** Reads the file of expected answers. Throws a UsageError that names the line that is wrong. */
  constructor(file: string) {
    const expected = linesOf(file).flatMap((line, i) => readExpected(line, `${file}, line ${i + 1}`) ?? []);
    this.#expected = new Map(expected.map(({ replyTo, answer }) => [replyTo, answer]));
  }

  see(event: WatchEvent): void {
    if (event.type !== "reply.planned") return;
    this.#answered.set(event.replyTo, event.button === null ? `the text ${event.text ?? ""}` : event.button.id);
  }

  /** What differs, a sentence each; none when everything was answered as expected. */
  differences(): string[] {
    const wrong = [...this.#expected].flatMap(([id, expected]) => {
      const answered = this.#answered.get(id) ?? null;
      return answered === expected ? [] : [`${id}: expected ${expected ?? "no answer"}, got ${answered ?? "none"}`];
    });
    const unexpected = [...this.#answered].filter(([id]) => !this.#expected.has(id));
    return [...wrong, ...unexpected.map(([id, answered]) => `${id}: expected no answer, got ${answered}`)];
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split(/\r?\n/);
  } catch (error) {
    throw new UsageError(`The file of --assert cannot be read: ${fileProblem(error)}.`, { cause: error });
  }
}

/** Null for the lines of a replay that are no answers. */
function readExpected(line: string, where: string): Expected | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new UsageError(`${where} is no JSON.`, { hint: FORM, cause });
  }
  const { type, replyTo, button, text, skip } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof type === "string" && type !== "reply.planned") return null;
  if (typeof replyTo !== "string") throw new UsageError(`${where}: "replyTo" is missing.`, { hint: FORM });
  if (skip === true) return { replyTo, answer: null };
  const id = typeof button === "object" && button !== null ? (button as { id?: unknown }).id : button;
  if (typeof id === "string") return { replyTo, answer: id };
  if (typeof text === "string") return { replyTo, answer: `the text ${text}` };
  throw new UsageError(`${where}: neither "button", "text" nor "skip" is given.`, { hint: FORM });
}
