import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { Server } from "./support/panwatch.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(new URL("../../docs/library.md", import.meta.url), "utf8");
const EXAMPLES = [...PAGE.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => code);

const BALLOON = { notify: "balloon", title: "Out of paper", body: "Tray 2" };
const BOX = { open: "messageBox", title: "Paper jam", body: "Clear it.", buttons: ["IDOK", "IDCANCEL"] };

/** The examples of the page, in its order: what the server does once this many are registered, and what is printed. */
const COURSES = [
  { example: "watch", registered: 3, send: BALLOON, printed: /^n1 \{[^]*title: 'Out of paper'/ },
  { example: "targets and answers", registered: 6, send: { ...BOX, printer: "HP4" }, printed: /^(null|HP4) S_OK\n$/ },
  { example: "a registration in one direction", registered: 1, send: BALLOON, printed: /title: 'Out of paper'/ },
  {
    ...{ example: "a registration in both directions", registered: 1, send: { ...BOX, printer: "HP4" } },
    printed: /^Paper jam true\n$/,
  },
  { example: "decoding", registered: 0, send: null, printed: /^Out of paper Tray 2\n$/ },
  { example: "texts of drivers", registered: 0, send: null, printed: /^Papier fehlt E_ACCESSDENIED\n$/ },
];

const DRIVERS = mkdtempSync(join(tmpdir(), "panwatch-test-"));
writeFileSync(join(DRIVERS, "driver.json"), JSON.stringify({ "driver.dll": { 7: "Papier fehlt" } }));
afterAll(() => rmSync(DRIVERS, { recursive: true }));

/** An example for this server. */
function forServer(code: string, server: Server): string {
  const port = code.replaceAll("port: 49213", `port: ${server.port}`);
  return port.replaceAll('"secret"', JSON.stringify(Server.password)).replaceAll('"drivers"', JSON.stringify(DRIVERS));
}

describe("the examples of the library", () => {
  it("are all run here", () => {
    expect(EXAMPLES).toHaveLength(COURSES.length);
  });

  it.each(COURSES.map((course, i) => ({ ...course, code: EXAMPLES[i] ?? "" })))(
    "$example prints what came, and leaves the server clean",
    async ({ registered, send, printed, code }) => {
      await using server = await Server.start("--printer", "HP4");
      const program = spawn(process.execPath, ["--input-type=module", "-e", forServer(code, server)], { cwd: ROOT });
      let output = "";
      for (const stream of [program.stdout, program.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      const ended = endOf(program, "close");
      if (send !== null) {
        await server.panwatch.count("client.registered", registered);
        server.panwatch.send(send);
      }
      const [exitCode] = await ended;
      expect(output).toMatch(printed);
      expect(exitCode).toBe(0);
      if (send === null) return;
      const left = await server.panwatch.line({ type: "client.disconnected" });
      expect(left["left"]).toEqual({ registrations: 0, objects: 0, channels: 0 });
    },
  );
});

it("the package holds every file that the library imports", () => {
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    ...{ cwd: ROOT, encoding: "utf8" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = JSON.parse(packed) as [{ files: readonly { path: string }[] }];
  const held = new Set(files.map(({ path }) => path));
  const wanted = ["dist/index.js"];
  for (const file of wanted) {
    for (const [, name = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const path = normalize(join(dirname(file), name));
      if (!wanted.includes(path)) wanted.push(path);
    }
  }
  expect(wanted.length).toBeGreaterThan(50);
  expect(wanted.filter((file) => !held.has(file))).toEqual([]);
});
