import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { COMMANDS } from "../../src/cli/commands.js";
import { PANWATCH, type Line } from "./support/panwatch.js";
import { cleanEnvironment, run } from "./support/run.js";

/** One line of stderr that begins as all of them do, and nothing else. */
const ONE_SENTENCE = /^panwatch: [^\n]+[.?]\n$/;

describe("help", () => {
  it.each(COMMANDS.map(({ name }) => name))("of %s is on stdout, and exits with 0", async (name) => {
    const { code, stdout, stderr } = await run([name, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: panwatch ${name}`));
    expect(await run(["help", name])).toEqual({ code, stdout, stderr });
  });

  it("lists the commands", async () => {
    const { code, stdout } = await run(["--help"]);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name}.*${summary.slice(0, 20)}`, "m"));
  });

  it("without any argument is on stderr, and exits with 2", async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Usage: panwatch/);
  });

  it("of watch names every exit code, and has examples", async () => {
    const { stdout } = await run(["watch", "--help"]);
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) expect(stdout).toMatch(new RegExp(`^  ${code} +\\S`, "m"));
    expect(stdout).toContain("129, 130, 143");
    expect(stdout).toContain("Examples:");
  });

  it.each(COMMANDS.map(({ name }) => name))(
    "of %s fits into 80 columns, but for what is to be pasted",
    async (name) => {
      const { stdout } = await run([name, "--help"]);
      const [options = ""] = stdout.split(/^Examples/m);
      expect(options.split("\n").filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it("has colours where they are wanted, and none under NO_COLOR", async () => {
    const coloured = await run(["--help"], { env: { FORCE_COLOR: "1" } });
    expect(coloured.stdout).toContain("\u001b[");
    expect((await run(["--help"], { env: { NO_COLOR: "1" } })).stdout).not.toContain("\u001b[");
  });

  it("does not mind a reader who has gone", async () => {
    const child = spawn(process.execPath, [PANWATCH, "watch", "--help"], { env: cleanEnvironment() });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await endOf(child, "close");
    expect([child.exitCode, stderr]).toEqual([0, ""]);
  });

  it("tells the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as Line;
    expect(await run(["--version"])).toEqual({ code: 0, stdout: `${String(version)}\n`, stderr: "" });
  });

  it("loads nothing that only watching needs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "panwatch-loaded-"));
    // As tsc made it: the files of the bundle do not tell which rooms they are made of.
    const main = new URL("../../dist/cli/main.js", import.meta.url).href;
    const program = `const { main } = await import("${main}"); await main(["watch", "--help"]);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env: { ...cleanEnvironment(), NODE_V8_COVERAGE: folder },
      stdio: "ignore",
    });
    await endOf(child, "close");
    const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    rmSync(folder, { recursive: true });
    const files = [...reports.join("\n").matchAll(/\/dist\/([\w/-]+)\.js"/g)].map(([, file = ""]) => file);
    expect(files).toContain("cli/commands/watch");
    // How options are written: accounts, languages, a default.
    const needed = ["security/account", "security/refused-pause", "resources/languages"];
    const rooms = /^(watch|rpc|transport|security|print-server|spooler|resources)\//;
    expect(files.filter((file) => rooms.test(file) && !needed.includes(file))).toEqual([]);
  });
});

describe("wrong usage exits with 2 and one sentence", () => {
  it.each([
    [["wach", "srv"]],
    [["alice@srv"]],
    [["watch"]],
    [["watch", "srv", "--prot", "1"]],
    [["watch", "srv", "--port"]],
    [["watch", "srv", "--port", "x"]],
    [["watch", "srv", "-o", "xml"]],
    [["watch", "srv", "--timeout", "1s"]],
    [["watch", "srv", "--"]],
    [["watch", "srv", "-i"]],
    [["watch", "srv", "--reply", "yes"]],
    [["watch", "srv", "--reply", "rules=/nowhere"]],
    [["watch", "srv", "--reply", "exec=/nowhere"]],
    [["watch", "srv", "--reply", "exec=no-such-program"]],
    [["watch", "srv", "--match", "title=/a/I"]],
    [["watch", "srv", "--", "no-such-program"]],
    [["watch", "srv", "--resources", "/nowhere"]],
    [["watch", "srv", "--trace", "/nowhere/trace"]],
    [["watch", "srv", "--password-file", "/nowhere"]],
    [["watch", "srv", "-A", "/nowhere"]],
    [["completion", "tcsh"]],
    [["demo", "now"]],
  ])("%j", async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(ONE_SENTENCE);
  });

  it.each([
    [["watch", "alice%Sesame@srv"]],
    [["watch", "alice:Sesame@srv"]],
    [["watch", "-U", "alice%Sesame", "srv"]],
    [["watch", "-Ualice%Sesame", "srv"]],
    [["watch", "--user=alice:Sesame", "srv"]],
    [["watch", "--password", "Sesame", "srv"]],
    [["watch", "--password=Sesame", "srv"]],
    [["watch", "--passphrase=Sesame", "srv"]],
    [["watch", "-pSesame", "srv"]],
    [["watch", "-ZSesame", "srv"]],
    [["watch", "--pw-nt-hash=Sesame", "srv"]],
    [["watch", "--password-file", "Sesame", "srv"]],
    [["watch", "--auth-file", "Sesame", "srv"]],
    [["watch", "--port", "Sesame", "srv"]],
    [["alice%Sesame@srv"]],
  ])("and never repeats a password: %j", async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(ONE_SENTENCE);
    expect(stderr).not.toContain("Sesame");
  });
});

describe("what cannot work ends with its exit code and one sentence", () => {
  it.each(["srv/a,b", "srv/a\\b", "//srv/a,b"])("7: the printer of %s", async (target) => {
    const { code, stdout, stderr } = await run(["watch", target]);
    expect([code, stdout]).toEqual([7, ""]);
    expect(stderr).toMatch(ONE_SENTENCE);
  });

  it.each([
    ["6: a closed port", ["127.0.0.1", "-U", "alice", "--port", "PORT"], 6],
    ["6: a name that does not exist", ["printsrv.invalid", "-U", "alice"], 6],
    ["4: no password, and nobody to ask", ["alice@127.0.0.1", "--port", "PORT"], 4],
    ["4: no password, and --no-input", ["alice@127.0.0.1", "--port", "PORT", "--no-input"], 4],
    ["4: no user without Kerberos", ["127.0.0.1", "--kerberos", "off", "--port", "PORT"], 4],
  ])("%s", async (_what, args, expected) => {
    const port = await closedPort();
    const env: Record<string, string> = expected === 6 ? { PANWATCH_PASSWORD: "Sesame" } : {};
    const { code, stdout, stderr } = await run(["watch", ...args.map((arg) => arg.replace("PORT", port))], { env });
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(ONE_SENTENCE);
  });

  it("as a JSON line too under -o json", async () => {
    const args = ["watch", "127.0.0.1", "-U", "alice", "-o", "json", "--port", await closedPort()];
    const { code, stdout, stderr } = await run(args, { env: { PANWATCH_PASSWORD: "Sesame" } });
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({
      type: "error",
      seq: 1,
      code: "unreachable",
      stage: "connect",
      fatal: true,
    });
    expect(stderr).toMatch(ONE_SENTENCE);
  });
});

describe("completion", () => {
  it.each(["bash", "zsh", "fish"])("%s: knows all commands and their options", async (shell) => {
    const { code, stdout, stderr } = await run(["completion", shell]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const { name } of COMMANDS) expect(stdout).toContain(name);
    expect(stdout).toContain("wait-for-server");
  });
});

describe("demo", () => {
  it("shows a balloon, a configuration change, a message box that is answered and custom data", async () => {
    const { code, stdout, stderr } = await run(["demo"]);
    expect(code).toBe(0);
    const headings = [...stdout.matchAll(/^[\d:]{8} . (\D+?) n?\d/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["Balloon", "Configuration change", "Message box", "Reply to", "Custom data"]);
    expect(stdout).toContain("Printer paper jam");
    expect(stdout).toContain("OK (IDOK), accepted");
    expect(stderr).toMatch(/NTLM.*panwatch watch/s);
  });

  it("as JSON lines, with nothing on stderr under -q", async () => {
    const { code, stdout, stderr } = await run(["demo", "-o", "json", "-q"]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, i) => i + 1));
    expect(lines.map(({ type }) => type)).toEqual([
      "registered",
      "registered",
      "registered",
      "notification.balloon",
      "notification.printerConfiguration",
      "channel.opened",
      "notification.messageBox",
      "reply.sent",
      "channel.closed",
      "notification.customData",
      "unregistered",
      "unregistered",
      "unregistered",
    ]);
    expect(lines.filter(({ type }) => type === "unregistered").every(({ exitCode }) => exitCode === 0)).toBe(true);
    expect(lines[0]).toMatchObject({ auth: { mechanism: "NTLM", level: "privacy", user: "alice" } });
  });
});

/** A port of 127.0.0.1 on which nothing listens. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return String(typeof address === "object" ? address?.port : 0);
}
