import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { PANWATCH, Server } from "./support/panwatch.js";
import { endOf, eventually } from "../support/eventually.js";

const ROOT = new URL("../../", import.meta.url);

/**
 * The guide's examples have tests of their own, and driver files need a server that has some; npm's commands are what `.ci/run`
 * itself does.
 */
const ELSEWHERE = ["docs/guide.md", "docs/resources.md"];
const NPM = /^(npm|npx) /;

/** Every command that README and docs print: each shell block whole, and each line behind a prompt. */
function examples(): { page: string; script: string }[] {
  const pages = ["README.md", ...readdirSync(new URL("docs/", ROOT)).map((name) => `docs/${name}`)];
  return pages
    .filter((page) => page.endsWith(".md") && !ELSEWHERE.includes(page))
    .flatMap((page) => {
      const text = readFileSync(new URL(page, ROOT), "utf8");
      const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block.trim());
      const lines = [...text.matchAll(/^\$ (.*)$/gm)].map(([, line = ""]) => line.trim());
      return [...blocks, ...lines].map((script) => ({ page, script }));
    })
    .filter(({ script }) => !NPM.test(script));
}

/** What an example must bring about before it is stopped. */
type Proof = "watches" | "ends";

function proofOf(script: string): Proof {
  return /panwatch (watch|serve)\b/.test(script) ? "watches" : "ends";
}

let server: Server;
let scripts: Scripts;

beforeAll(async () => {
  server = await Server.start("--printer", "HP4", "--printer", "HP5");
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  scripts = new Scripts();
  const access = server.access.map((word) => `'${word}'`).join(" ");
  // On the way to our own print server; the commands that need none are left as they are.
  scripts.sh(
    "panwatch",
    `command=$1; shift
     case $command in
       watch|doctor|printers|pending|answer|resources) exec ${process.execPath} ${PANWATCH} "$command" --target-ip 127.0.0.1 ${access} "$@" ;;
       *) exec ${process.execPath} ${PANWATCH} "$command" "$@" ;;
     esac`,
  );
  for (const name of ["notify-send", "mosquitto_pub"]) scripts.sh(name, `cat > '${scripts.path(name)}.input'`);
  scripts.sh("choose", "echo IDOK");
  scripts.file("rules.json", "[]");
  scripts.file("password", readFileSync(server.passwordFile, "utf8"));
});
afterEach(() => scripts[Symbol.dispose]());

describe("every command that README and docs print", () => {
  it.each(examples())("$page: $script", async ({ script }) => {
    const path = [scripts.folder, process.env["PATH"]].join(delimiter);
    // The page of `serve` shows a fixed port; here any number of tests run side by side.
    const port = script.includes("serve") ? 0 : server.port;
    const shell = spawn("sh", ["-c", script.replace("--port 49213", `--port ${port}`)], {
      cwd: scripts.folder,
      env: { ...process.env, PATH: path },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = endOf(shell, "close");
    const group = -(shell.pid ?? 0);
    try {
      if (proofOf(script) === "watches") {
        await eventually(() => expect(output).toMatch(/silence is normal|"type":"ready"/));
        expect(shell.exitCode, output).toBeNull();
        process.kill(group, "SIGTERM");
        await ended;
      } else {
        await ended;
        expect(shell.exitCode, output).toBe(0);
      }
      expect(output).not.toMatch(/^panwatch: .*(unknown|option|argument)/m);
    } finally {
      if (shell.exitCode === null && shell.signalCode === null) process.kill(group, "SIGKILL");
    }
  });
});
