import type { NotificationKind } from "../../notifications/model.js";
import type { WatchEvent } from "../../watch/events.js";

/** A JSON Schema, as much of it as we need. */
export type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const count: Schema = { type: "integer", minimum: 0 };
const whole: Schema = { type: "integer" };
const time: Schema = { type: "string", format: "date-time" };
const hex: Schema = { type: "string", pattern: "^0x[0-9A-F]{8}$" };
const guid: Schema = { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" };
const base64: Schema = { type: "string", contentEncoding: "base64" };

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}

function oneOf(...words: readonly string[]): Schema {
  return { enum: words };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

/** An object that has all of these fields, and `optional` ones where they are wanted. New fields may be added. */
function object(fields: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return { type: "object", required: Object.keys(fields), properties: { ...fields, ...optional } };
}

const resource = orNull(object({ id: whole, dll: orNull(text) }, { png: orNull(base64) }));
const data = object({ text: orNull(text), base64, bytes: count });
const counts = object({ notifications: count, replies: count, errors: count, reconnects: count });
const strings = list(
  object({
    path: text,
    stringId: orNull(whole),
    dll: orNull(text),
    params: list(text),
    text,
    source: oneOf("literal", "default", "resources", "none"),
  }),
);
const worded = { title: text, body: text, bodies: list(text), strings };
const custom = { dll: text, entrypoint: text, bidi: flag };
const setting = object({
  name: text,
  kind: text,
  value: { type: ["string", "number", "boolean", "null"] },
  base64: orNull(base64),
  problem: orNull(text),
});

function notification(fields: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> {
  return { id: { type: "string", pattern: "^n[0-9]+$" }, ...fields, problem: orNull(text) };
}

const channel = { by: oneOf("self", "other", "server"), reason: orNull(text) };
const reply = {
  replyTo: text,
  via: oneOf("button", "rules", "exec", "interactive"),
  button: orNull(object({ id: text, replyValue: whole, label: text })),
  text: orNull(text),
  result: orNull(object({ code: hex, name: text })),
  message: orNull(text),
  latencyMs: { type: "number", minimum: 0 },
};

/** All lines that there are: events, and what `printers` and `resources` list. */
type LineType =
  Exclude<WatchEvent["type"], "notification"> | `notification.${NotificationKind}` | "printer" | "resource";

/** The fields behind the envelope, by the type of the line. */
const TYPES: Readonly<Record<LineType, Readonly<Record<string, Schema>>>> = {
  registered: {
    notificationType: object({ guid, name: orNull(text) }),
    style: oneOf("uni", "bidi"),
    userFilter: oneOf("per-user", "all-users"),
    attempt: { type: "integer", minimum: 1 },
    auth: object({
      mechanism: oneOf("Kerberos", "NTLM"),
      level: oneOf("privacy", "integrity", "packet"),
      user: orNull(text),
    }),
    transferSyntax: oneOf("ndr", "ndr64"),
  },
  "notification.balloon": notification({
    ...worded,
    icon: resource,
    action: orNull(object({ dll: text, entrypoint: text, data: text })),
  }),
  "notification.messageBox": notification({
    ...worded,
    bitmap: resource,
    buttons: list(object({ index: whole, id: text, replyValue: whole, label: text })),
  }),
  "notification.customUi": notification({ ...custom, text }),
  "notification.customData": notification({ ...custom, text: orNull(text), data }),
  "notification.printerConfiguration": notification({
    printerName: text,
    settings: list(setting),
    reduced: list(text),
  }),
  "notification.unknown": notification({ notificationType: guid, data }),
  "channel.opened": channel,
  "channel.acquired": channel,
  "channel.released": channel,
  "channel.closed": channel,
  "reply.sent": reply,
  "reply.rejected": reply,
  "reply.planned": reply,
  "hook.finished": { for: text, exit: orNull(whole), signal: orNull(text), timedOut: flag, ms: count },
  reconnecting: { attempt: { type: "integer", minimum: 1 }, delayMs: { type: "number", minimum: 0 }, reason: text },
  gap: { from: time, to: time, mayHaveLost: flag, cause: oneOf("connection", "registration", "server", "reader") },
  heartbeat: { registered: count, since: orNull(time), attempt: count, counts },
  printer: { name: text, comment: text },
  resource: {
    file: text,
    path: text,
    state: oneOf("fetched", "unchanged", "missing", "too large", "failed", "listed"),
    size: orNull(count),
  },
  error: {
    code: text,
    hresult: orNull(hex),
    message: text,
    hint: orNull(text),
    stage: text,
    fatal: flag,
  },
  unregistered: { reason: text, exitCode: orNull(whole), counts },
};

/** What every line begins with. */
function envelope(type: string): Readonly<Record<string, Schema>> {
  return {
    v: { const: 1 },
    type: { const: type },
    time,
    seq: { type: "integer", minimum: 1 },
    server: orNull(text),
    printer: orNull(text),
    registration: orNull(text),
    channel: orNull(text),
  };
}

/** The JSON Schema of the lines of `-o json`: one of these types each. */
export function linesSchema(): Schema {
  const lines = Object.entries(TYPES).map(
    ([type, fields]) => [type, object({ ...envelope(type), ...fields })] as const,
  );
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Lines of panwatch -o json",
    description: "Absent is null, a field never changes its type; new fields and types may be added.",
    anyOf: lines.map(([type]) => ({ $ref: `#/definitions/${type}` })),
    definitions: Object.fromEntries(lines),
  };
}
