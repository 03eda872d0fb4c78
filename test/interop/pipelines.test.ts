import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PANWATCH, Server, type Line } from "../e2e/support/panwatch.js";
import { endOf, eventually } from "../support/eventually.js";
import { describePeer } from "./support/peer.js";

const PAGE = readFileSync(new URL("../../docs/pipelines.md", import.meta.url), "utf8");

/** The one block of a language on the page. */
function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(PAGE)?.[1] ?? "";
}

const LOGROTATE = "/usr/sbin/logrotate";
const hasLogrotate = spawnSync(LOGROTATE, ["--version"]).status === 0;

describePeer("a file of JSON lines, as docs/pipelines.md has it", hasLogrotate, () => {
  it("is cut by logrotate while it is written, and loses nothing that came before or after", async () => {
    const folder = mkdtempSync(join(tmpdir(), "panwatch-rotate-"));
    chmodSync(folder, 0o755);
    const file = join(folder, "panwatch.jsonl");
    const config = join(folder, "logrotate.conf");
    writeFileSync(config, block("logrotate").replace("/var/log/panwatch", folder), { mode: 0o644 });
    await using server = await Server.start();
    const words = [process.execPath, PANWATCH, "watch", "127.0.0.1", ...server.access, "-n", "2", "-o", "json"];
    const shell = spawn("sh", ["-c", `${words.map((word) => `'${word}'`).join(" ")} >> '${file}'`], {
      stdio: "ignore",
    });
    const ended = endOf(shell, "close");
    const linesOf = (name: string): Line[] =>
      readFileSync(join(folder, name), "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    await server.panwatch.count("client.registered", 3);
    await server.tell({ notify: "balloon", title: "Before", body: "B" });
    // Nothing more is written until the next balloon: three lines that it is registered, and the first.
    await eventually(() => expect(linesOf("panwatch.jsonl")).toHaveLength(4));
    execFileSync(LOGROTATE, ["--force", "--state", join(folder, "state"), config], { stdio: "pipe" });
    await server.tell({ notify: "balloon", title: "After", body: "B" });
    await ended;
    expect(readdirSync(folder)).toContain("panwatch.jsonl.1");
    const [old, now] = [linesOf("panwatch.jsonl.1"), linesOf("panwatch.jsonl")];
    expect(now.map(({ title }) => title)).toContain("After");
    const all = [...old, ...now];
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
    rmSync(folder, { recursive: true });
  });
});

const hasToml = spawnSync("python3", ["-c", "import tomllib"]).status === 0;

describePeer("the configuration for Vector", hasToml, () => {
  it("is TOML whose parts follow each other", () => {
    const asJson = "import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))";
    const text = execFileSync("python3", ["-c", asJson], { input: block("toml"), encoding: "utf8" });
    expect(JSON.parse(text)).toMatchObject({
      sources: { panwatch: { type: "file" } },
      transforms: { events: { type: "remap", inputs: ["panwatch"] } },
      sinks: { loki: { type: "loki", inputs: ["events"], labels: { server: "{{ server }}", type: "{{ type }}" } } },
    });
  });
});
