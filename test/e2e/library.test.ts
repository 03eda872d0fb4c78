import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Server } from "./support/panwatch.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(new URL("../../docs/library.md", import.meta.url), "utf8");

/** The first example of the page on the library, for this server. */
function example(server: Server): string {
  const [, code = ""] = /^```js\n(.*?)^```$/ms.exec(PAGE) ?? [];
  const here = code.replace("port: 49213", `port: ${server.port}`).replace('"secret"', JSON.stringify(Server.password));
  expect(here).not.toBe(code);
  return here;
}

it("the first example of the library prints a notification, and leaves the server clean", async () => {
  await using server = await Server.start();
  const program = spawn(process.execPath, ["--input-type=module", "-e", example(server)], { cwd: ROOT });
  let printed = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const ended = once(program, "close");
  await server.panwatch.count("client.registered", 3);
  server.panwatch.send({ notify: "balloon", title: "Out of paper", body: "Tray 2" });
  const [exitCode] = (await ended) as [number | null];
  expect(printed).toMatch(/^n1 \{/);
  expect(printed).toContain("title: 'Out of paper'");
  expect(exitCode).toBe(0);
  const left = await server.panwatch.line({ type: "client.disconnected" });
  expect(left["left"]).toEqual({ registrations: 0, objects: 0, channels: 0 });
});
