import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { PANWATCH, Server } from "./support/panwatch.js";
import { endOf, eventually } from "../support/eventually.js";

const GUIDE = readFileSync(new URL("../../docs/guide.md", import.meta.url), "utf8");

/** What the guide tells people to paste into a shell, below a heading. */
function example(heading: string): string {
  const [, section = ""] = GUIDE.split(`\n## ${heading}\n`);
  const [ownText = ""] = section.split(/\n#{1,3} /);
  const blocks = [...ownText.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  expect(blocks, `one block of shell below "${heading}"`).toHaveLength(1);
  return blocks[0] ?? "";
}

let scripts: Scripts;
let server: Server;
let shell: ChildProcess | null = null;
let stderr = "";

/** Runs an example in a folder of its own, where `panwatch` finds the way to our print server by itself. */
async function paste(heading: string, registrations = 3): Promise<void> {
  const access = server.access.map((word) => `'${word}'`).join(" ");
  scripts.sh(
    "panwatch",
    `command=$1; shift
     exec ${process.execPath} ${PANWATCH} "$command" --target-ip 127.0.0.1 ${access} "$@"`,
  );
  const path = [scripts.folder, process.env["PATH"]].join(delimiter);
  shell = spawn("sh", ["-c", example(heading)], {
    cwd: scripts.folder,
    env: { ...process.env, PATH: path },
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  shell.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  await server.panwatch.count("client.registered", registrations);
}

/** Waits until a file that an example writes holds what is wanted, and gives it. */
async function written(name: string, isComplete: (text: string) => boolean): Promise<string> {
  const file = scripts.path(name);
  return eventually(() => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (!isComplete(text)) throw new Error(`${name} holds ${JSON.stringify(text)}; on stderr: ${stderr}`);
    return text;
  });
}

beforeEach(async () => {
  scripts = new Scripts();
  server = await Server.start();
});

afterEach(async () => {
  if (shell?.pid !== undefined && shell.exitCode === null && shell.signalCode === null) {
    const ended = endOf(shell, "close");
    process.kill(-shell.pid, "SIGTERM");
    await ended;
  }
  shell = null;
  stderr = "";
  await server[Symbol.asyncDispose]();
  scripts[Symbol.dispose]();
});

describe("the guide", () => {
  it("answers a paper jam with a rule", async () => {
    await paste("Answer a paper jam with a rule", 6);
    const buttons = ["IDCANCEL", { id: "4", label: "Try again" }];
    await server.tell({ open: "messageBox", printer: "HP4", title: "Paper jam in tray 1", body: "B", buttons });
    await server.panwatch.line({ type: "client.replied", buttonId: 4 });
    await server.tell({ open: "messageBox", printer: "HP5", title: "Paper jam", body: "B", buttons });
    await server.panwatch.line({ type: "client.replied", buttonId: 2 });
    await server.tell({ open: "messageBox", printer: "HP4", title: "Toner low", body: "B", buttons });
    await server.panwatch.line({ type: "client.released", reason: "released" });
    expect(server.panwatch.ofType("client.replied")).toHaveLength(2);
  });

  it("asks a human on a chat", async () => {
    // A chat that remembers what was posted, and whose answers a test taps.
    scripts.node(
      "curl",
      `const { appendFileSync, existsSync, readFileSync } = require("node:fs");
       const url = new URL(process.argv.at(-1));
       if (process.argv.includes("@-")) appendFileSync("posted", readFileSync(0, "utf8"));
       else appendFileSync("asked", "?");
       if (!process.argv.includes("@-") && existsSync("tapped")) console.log(JSON.stringify({ event: "message", topic: url.pathname.split("/")[1], message: readFileSync("tapped", "utf8") }));`,
    );
    await paste("Ask a human on a chat");
    const buttons = ["IDOK", { id: "4", label: "Try again" }];
    await server.tell({ open: "messageBox", title: "Paper jam", body: "What now?", buttons });
    const posted = JSON.parse(await written("posted", (text) => text.endsWith("}\n"))) as Record<string, unknown>;
    expect(posted).toMatchObject({
      title: "Paper jam",
      message: "What now?",
      actions: [
        { action: "http", label: "OK", body: "IDOK" },
        { action: "http", label: "Try again", body: "4" },
      ],
    });
    await written("asked", (text) => text.length >= 2);
    expect(server.panwatch.ofType("client.replied")).toEqual([]);
    scripts.file("tapped", "4");
    await server.panwatch.line({ type: "client.replied", buttonId: 4 });
  });

  it("logs everything into a file with jq", async () => {
    await paste("Log everything into a file with jq");
    await server.tell({ notify: "balloon", title: "Toner low", body: "Order a new one." });
    await written("printers.log", (text) => text.endsWith("\n"));
    const settings = [{ name: "\\Printer.X:Y", kind: "BIDI_INT", value: 1 }];
    await server.tell({ notify: "printerConfiguration", printerName: "HP4", settings });
    const log = await written("printers.log", (text) => text.split("\n").length === 3);
    expect(log.replaceAll(/^[^\t]+Z\t/gm, "TIME\t")).toBe(
      "TIME\t-\tballoon\tToner low\tOrder a new one.\nTIME\tHP4\tprinterConfiguration\t-\t\n",
    );
    const lines = readFileSync(scripts.path("printers.jsonl"), "utf8").trim().split("\n");
    // The server may have registered the last one before the line about it is out.
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type).sort()).toEqual([
      "notification.balloon",
      "notification.printerConfiguration",
      "registered",
      "registered",
      "registered",
    ]);
  });

  it("sends balloons to the desktop", async () => {
    scripts.sh("notify-send", `for argument in "$@"; do printf '<%s>' "$argument"; done >> shown; echo >> shown`);
    await paste("Send balloons to the desktop");
    await server.tell({ notify: "balloon", title: "-Toner <low>", body: "Black & yellow\n<b>now</b>" });
    const shown = await written("shown", (text) => text.endsWith("\n"));
    expect(shown).toBe("<--><-Toner <low>><Black &amp; yellow &lt;b&gt;now&lt;/b&gt;>\n");
  });

  it("answers a driver's custom entry point", async () => {
    await paste("Answer a driver's custom entry point");
    const question = { open: "customUi", dll: "ContosoUI.dll", entrypoint: "ChooseTray" };
    await server.tell({ ...question, text: "Page size A3" });
    await server.panwatch.line({ type: "client.replied", text: "Tray 2" });
    await server.tell({ ...question, text: "Page size A4" });
    await server.panwatch.line({ type: "client.replied", text: "Tray 1" });
    await server.tell({ ...question, entrypoint: "ChooseColour", text: "Page size A3" });
    await server.panwatch.line({ type: "client.released", reason: "released" });
  });
});
