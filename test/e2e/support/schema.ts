import { Ajv, type ValidateFunction } from "ajv";
import { linesSchema, type Schema } from "../../../src/cli/schema/lines.js";

const ajv = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  formats: { "date-time": (time: string) => !Number.isNaN(Date.parse(time)) },
});

/** Our own lines have no fields that the schema does not know, although it allows new ones to those who read it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return inner["type"] === "object" ? { ...inner, additionalProperties: false } : inner;
}

const definitions = linesSchema()["definitions"] as Readonly<Record<string, Schema>>;
const validators = new Map<string, ValidateFunction>(
  Object.entries(definitions).map(([type, schema]) => [type, ajv.compile(closed(schema) as Schema)]),
);

/** What breaks the schema in a line of `-o json`; null when nothing does. Lines of serve and doctor are others. */
export function violationOf(line: Readonly<Record<string, unknown>>): string | null {
  const type = String(line["type"]);
  if (line["seq"] === undefined || /^(doctor|replay)\./.test(type)) return null;
  const validate = validators.get(type);
  if (validate === undefined) return `the schema knows no lines of type ${type}`;
  return validate(line)
    ? null
    : `a line breaks the schema: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(line)}`;
}
