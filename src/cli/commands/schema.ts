import { Command } from "commander";
import { linesSchema } from "../schema/lines.js";

/** `panwatch schema`. */
export function schemaCommand(): Command {
  return new Command()
    .description("Prints the JSON Schema (draft 07) of the lines that -o json prints: every type with its fields.")
    .action(() => {
      process.stdout.write(`${JSON.stringify(linesSchema(), null, 2)}\n`);
    });
}
