import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PANWATCH, Server } from "./support/panwatch.js";
import { run } from "./support/run.js";
import { TmuxTerminal } from "./support/tmux.js";

const COMMANDS = {
  doctor: ["doctor", "127.0.0.1/*"],
  printers: ["printers", "127.0.0.1"],
  pending: ["pending", "127.0.0.1/*"],
  "an answer without a box": ["answer", "127.0.0.1", "--match", "title=x", "--button", "IDOK", "--timeout", "1ms"],
  "a field that there is not": ["watch", "127.0.0.1", "--match", "colour=red"],
  "a server that is down": ["watch", "127.0.0.2"],
} as const;
type Name = keyof typeof COMMANDS;

const QUEUE = "A queue with a long name on the second floor";

let server: Server;
/** What each command says in a pipe, where no line is broken. */
let piped: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await Server.start("--printer", "HP4", "--printer", QUEUE);
  const body = "Clear the paper path of tray 2 and press one of the buttons below.";
  await server.tell({ open: "messageBox", printer: "HP4", title: "Paper jam in a place that is far away", body });
  const runs = Object.entries(COMMANDS).map(
    async ([name, args]) => [name, await run([...args, ...server.access])] as const,
  );
  piped = Object.fromEntries((await Promise.all(runs)).map(([name, { stdout, stderr }]) => [name, stdout + stderr]));
});
afterAll(() => server[Symbol.asyncDispose]());

/** A command in a terminal, which says when it has ended. */
function inTerminal(columns: number, args: readonly string[]): TmuxTerminal {
  const command = [process.execPath, PANWATCH, ...args].map((word) => `'${word}'`).join(" ");
  return new TmuxTerminal(`trap : INT\n${command}\necho the end`, { columns, rows: 200 });
}

/** Its text with whatever differs from run to run, or is only there for the layout, made the same. */
function plain(text: string): string {
  return text
    .replace("the end", "")
    .replace(/[\d:.,]+/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}

/** The words that there are: a table may be laid out in another order, but a word that was broken is two others. */
function words(text: string): string[] {
  return [...new Set(plain(text).split(" "))].sort();
}

describe.each([80, 50])("in a terminal of %i columns", (columns) => {
  it.each([
    "doctor",
    "printers",
    "an answer without a box",
    "a field that there is not",
    "a server that is down",
  ] as const)("%s has the words that it has in a pipe, none of them broken", async (name: Name) => {
    using terminal = inTerminal(columns, [...COMMANDS[name], ...server.access]);
    await terminal.shows("the end");
    expect(words(terminal.rows().join("\n"))).toEqual(words(piped[name] ?? ""));
  });

  it("pending leaves the command that answers in one piece, for whoever copies it", async () => {
    using terminal = inTerminal(columns, [...COMMANDS.pending, ...server.access]);
    await terminal.shows("the end");
    const [before = "", answer = ""] = (piped["pending"] ?? "").split("To answer: ");
    // The terminal joins the lines that it has broken itself.
    expect(terminal.screen()).toContain(`To answer: ${answer.trim()}`);
    expect(words(terminal.rows().join("\n").split("To answer: ")[0] ?? "")).toEqual(words(before));
  });

  it("the password is asked for, and a heartbeat told, in whole words", async () => {
    const way = [`alice@127.0.0.1/${QUEUE}`, "--port", String(server.port), "--type", "asyncui"];
    using terminal = inTerminal(columns, ["watch", ...way, "--heartbeat", "300ms"]);
    await terminal.shows("Password of alice: ");
    terminal.type("-l", readFileSync(server.passwordFile, "utf8").trim());
    terminal.type("Enter");
    await terminal.shows("Still watching: alive, 2");
    terminal.type("C-c");
    await terminal.shows("the end");
    const said = plain(terminal.rows().join("\n"));
    expect(said).toContain(
      `Watching ${QUEUE} on # for asyncui (uni# bidi) as alice (NTLM# privacy) — silence is normal until something`,
    );
    expect(said).toContain(
      `# · Still watching# alive# # registrations since #; # notifications so far (${QUEUE} on #)`,
    );
  });
});
