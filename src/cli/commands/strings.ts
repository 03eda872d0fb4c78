import { Command } from "commander";
import { PanwatchError, UsageError } from "../../errors.js";
import { DEFAULT_STRINGS } from "../../notifications/strings/default-strings.js";
import { choice } from "../options/parsers.js";

/** `panwatch strings [ID…]`. */
export function stringsCommand(): Command {
  return new Command()
    .description(
      "Prints the texts of the default resource file, which notifications name by number ([MS-PAN] 2.2.6): all of them, " +
        "or those with these numbers. Line feeds stand as \\n; in JSON each line is " +
        '{"v":1,"type":"string","id":…,"text":…}.',
    )
    .argument("[id...]", "numbers of strings")
    .addOption(choice("-o, --output <format>", "pretty (default) or json: one object per line", ["pretty", "json"]))
    .action((ids: readonly string[], flags: { output?: "pretty" | "json" }) => {
      const wanted = ids.length === 0 ? [...DEFAULT_STRINGS.keys()] : ids.map(idOf);
      const found = wanted.filter((id) => DEFAULT_STRINGS.has(id));
      const line = flags.output === "json" ? jsonLine : prettyLine;
      process.stdout.write(found.map((id) => `${line(id, DEFAULT_STRINGS.get(id) ?? "")}\n`).join(""));
      const missing = wanted.filter((id) => !DEFAULT_STRINGS.has(id));
      if (missing.length > 0) {
        throw new PanwatchError("file", `The default resource file has no string ${missing.join(", ")}.`);
      }
    });
}

function idOf(argument: string): number {
  if (/^\d{1,15}$/.test(argument)) return Number(argument);
  throw new UsageError("The numbers of strings are whole numbers.");
}

function jsonLine(id: number, text: string): string {
  return JSON.stringify({ v: 1, type: "string", id, text });
}

function prettyLine(id: number, text: string): string {
  return `${String(id).padStart(4)}  ${text.replaceAll("\n", "\\n")}`;
}
