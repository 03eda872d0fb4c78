// Writes dist/man/panwatch.1 from what `panwatch help` prints: the commands' own definitions, and the chapters in docs/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { CHAPTERS } from "../dist/cli/chapters.js";
import { COMMANDS } from "../dist/cli/commands.js";
import { buildProgram, loadCommand } from "../dist/cli/program.js";
import { bold, entry, example, fromMarkdown, line, literal, plain, quoted } from "./roff.mjs";

const root = new URL("../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

/** The sections that a command adds behind its options, without colours: title and lines of each. */
function sectionsOf(command) {
  let text = "";
  command.emit("afterHelp", { error: false, command, write: (more) => (text += more) });
  return stripVTControlCharacters(text)
    .split(/\n(?=\S)/)
    .map((section) => section.trimEnd().split("\n"))
    .filter(([title = ""]) => title.endsWith(":") && title !== "Exit codes:")
    .map(([title, ...lines]) => ({ title, lines: lines.map((row) => row.replace(/^ {2}/, "")) }));
}

const key = ({ flags, description }) => `${flags}: ${description}`;

/** The options of a command in their groups; those that mean the same for `watch` are only named, behind the others. */
function optionsOf(command, known) {
  const options = command.options.filter(({ hidden }) => !hidden);
  const own = new Map();
  for (const option of options.filter((one) => !known.has(key(one)))) {
    const title = option.helpGroupHeading ?? "Options:";
    own.set(title, [...(own.get(title) ?? []), option]);
  }
  const shared = options.filter((option) => known.has(key(option))).map(({ flags }) => bold(flags));
  return [
    ...[...own].flatMap(([title, group]) => [
      ".PP",
      line(plain(title)),
      ...group.flatMap(({ flags, description }) => entry(bold(flags), plain(description))),
    ]),
    ...(shared.length === 0 ? [] : entry(`As for ${bold("panwatch watch")}:`, shared.join(", "))),
  ];
}

function commandPart(command, known) {
  return [
    `.SS ${quoted(`panwatch ${command.name()}`)}`,
    line(`${bold(`panwatch ${command.name()}`)} ${literal(command.usage())}`),
    ".PP",
    line(plain(command.description())),
    ...optionsOf(command, known),
    ...sectionsOf(command).flatMap(({ title, lines }) => [".PP", line(plain(title)), ...example(lines)]),
  ];
}

const context = { args: [], hook: null, passwords: {}, commands: COMMANDS };
const program = await buildProgram(null, context);
const commands = await Promise.all(COMMANDS.map((command) => loadCommand(command, context)));
const known = new Set();
const parts = commands.map((command) => {
  const part = commandPart(command, known);
  if (command.name() === "watch") for (const option of command.options) known.add(key(option));
  return part;
});
const examples = sectionsOf(program).flatMap(({ lines }) => example(lines));
const chapters = CHAPTERS.flatMap((name) => fromMarkdown(readFileSync(new URL(`docs/${name}.md`, root), "utf8")));

const page = [
  '.\\" Made by build/man.mjs from the help of the commands and the pages in docs/.',
  `.TH PANWATCH 1 ${new Date().toISOString().slice(0, 10)} "panwatch ${version}"`,
  // Neither hyphens that nobody has typed, nor gaps.
  ".nh",
  ".ad l",
  ".SH NAME",
  "panwatch \\- hear what Windows print servers tell people",
  ".SH SYNOPSIS",
  ...COMMANDS.map(({ name, usage }) =>
    line(`${bold(`panwatch ${name}`)} ${literal(`[options] ${usage}`.trimEnd())}`),
  ).flatMap((text, i) => (i === 0 ? [text] : [".br", text])),
  ".SH DESCRIPTION",
  line(plain(program.description())),
  ".SH COMMANDS",
  ...parts.flat(),
  ".SH EXAMPLES",
  ...examples,
  ...chapters,
  ".SH SEE ALSO",
  "README.md and docs/ in the package hold more pages: a guide, troubleshooting, services, pipelines, the library.",
  ".PP",
  "\\fBkinit\\fR(1), \\fBsmbclient\\fR(1), \\fBsystemd.service\\fR(5)",
  "",
];
mkdirSync(new URL("dist/man/", root), { recursive: true });
// A heading begins a paragraph itself.
const lines = page.filter((text, i) => text !== ".PP" || !/^\.S[HS] /.test(page[i - 1]));
writeFileSync(new URL("dist/man/panwatch.1", root), lines.join("\n"));
