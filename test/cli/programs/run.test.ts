import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PanwatchError } from "../../../src/errors.js";
import { runProgram, type ProgramEnd, type ProgramOptions } from "../../../src/cli/programs/run.js";
import { groupIsAlive, Scripts } from "./scripts.js";
import { eventually } from "../../support/eventually.js";

interface Ran extends ProgramEnd {
  readonly stdout: string;
  readonly stderr: string;
}

async function run(program: string, more: Partial<ProgramOptions> = {}): Promise<Ran> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const end = await runProgram({
    program,
    args: [],
    environment: { PATH: process.env["PATH"] ?? "" },
    input: "{}\n",
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    onStdout: (chunk) => stdout.push(chunk) > 0,
    onStderr: (chunk) => stderr.push(chunk),
    ...more,
  });
  return { ...end, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Stops a program as soon as it prints something. */
async function runUntilItPrints(program: string, more: Partial<ProgramOptions> = {}): Promise<Ran> {
  const controller = new AbortController();
  let stdout = "";
  const ended = await run(program, {
    ...more,
    signal: controller.signal,
    onStdout: (chunk) => {
      stdout += Buffer.from(chunk).toString();
      controller.abort();
      return true;
    },
  });
  return { ...ended, stdout };
}

/** Pipes and processes that this process holds on to. */
function held(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name === "PipeWrap" || name === "ProcessWrap");
}

/** What the test runner itself holds. */
const HELD = held();

/** A closed handle goes with the next turn of the event loop. */
async function expectNothingHeld(): Promise<void> {
  await eventually(() => expect(held()).toEqual(HELD));
}

describe("running a program", () => {
  it("hands over arguments untouched, without a shell", async () => {
    using scripts = new Scripts();
    const program = scripts.sh("args", 'for argument in "$@"; do echo "<$argument>"; done');
    const { stdout, exit } = await run(program, { args: ["a b", "$HOME", "; exit 3", ""] });
    expect(stdout).toBe("<a b>\n<$HOME>\n<; exit 3>\n<>\n");
    expect(exit).toBe(0);
  });

  it("gives the input and then the end of file", async () => {
    const input = `${JSON.stringify({ body: "x".repeat(3_000_000) })}\n`;
    const { stdout, cause } = await run("cat", { input });
    expect(stdout).toBe(input);
    expect(cause).toBe("itself");
  });

  it("does not mind a program that does not read, or that closes its stdin", async () => {
    using scripts = new Scripts();
    const input = "x".repeat(2_000_000);
    expect(await run("true", { input })).toMatchObject({ exit: 0, cause: "itself" });
    const closes = scripts.sh("closes", "exec 0<&-\necho done");
    expect(await run(closes, { input })).toMatchObject({ exit: 0, stdout: "done\n" });
  });

  it("tells the exit status, and the signal that ended the program", async () => {
    using scripts = new Scripts();
    expect(await run(scripts.sh("three", "exit 3"))).toMatchObject({ exit: 3, signal: null, cause: "itself" });
    const crash = scripts.sh("crash", "kill -SEGV $$");
    expect(await run(crash)).toMatchObject({ exit: null, signal: "SIGSEGV", cause: "itself" });
  });

  it("reads everything that was printed before the end", async () => {
    const { stdout } = await run("sh", { args: ["-c", "yes 0123456789 | head -c 1000000"] });
    expect(stdout.length).toBe(1_000_000);
  });

  it("says what is wrong with a program that cannot be started", async () => {
    using scripts = new Scripts();
    await expect(run(scripts.path("missing"))).rejects.toThrow(/^missing cannot be started: there is no such program/);
    await expect(run(scripts.file("plain.txt", "no program"))).rejects.toThrow(
      /^plain\.txt cannot be started: it is not an executable file/,
    );
    await expect(run("a\0b")).rejects.toThrow(PanwatchError);
    await expectNothingHeld();
  });

  it("stops a program that takes too long", async () => {
    const ended = await run("sleep", { args: ["600"], timeoutMs: 50 });
    expect(ended).toMatchObject({ cause: "timeout", exit: null, signal: "SIGTERM" });
  });

  it("lets a program that is stopped end by itself", async () => {
    using scripts = new Scripts();
    const polite = scripts.sh("polite", "trap 'exit 7' TERM\necho ready\nwhile :; do sleep 0.05; done");
    expect(await runUntilItPrints(polite)).toMatchObject({ cause: "aborted", exit: 7, signal: null });
  });

  it("kills a program and its children that ignore SIGTERM", async () => {
    using scripts = new Scripts();
    const stubborn = scripts.sh("stubborn", "trap '' TERM\nsleep 600 &\necho $$\nwhile :; do sleep 600; done");
    const ended = await runUntilItPrints(stubborn, { graceMs: 100 });
    expect(ended).toMatchObject({ cause: "aborted", exit: null, signal: "SIGKILL" });
    expect(groupIsAlive(Number(ended.stdout))).toBe(false);
    await expectNothingHeld();
  });

  it("gives the children of a program that ends on SIGTERM the same time to end", async () => {
    using scripts = new Scripts();
    const child = scripts.sh(
      "child",
      `trap 'sleep 0.2; echo child >> ${scripts.path("ended")}; exit' TERM
      echo ready
      while :; do sleep 0.05; done`,
    );
    const parent = scripts.sh("parent", `${child}`);
    expect(await runUntilItPrints(parent)).toMatchObject({ cause: "aborted", signal: "SIGTERM" });
    expect(readFileSync(scripts.path("ended"), "utf8")).toBe("child\n");
  });

  it("kills what a program leaves behind in its process group, and does not wait for the pipes it holds", async () => {
    using scripts = new Scripts();
    const forks = scripts.sh("forks", "trap '' TERM\nsleep 600 &\necho $$");
    const ended = await run(forks);
    expect(ended).toMatchObject({ cause: "itself", exit: 0 });
    expect(groupIsAlive(Number(ended.stdout))).toBe(false);
    await expectNothingHeld();
  });

  it("is not held up by a child that left the process group with our pipes", async () => {
    using scripts = new Scripts();
    const escapes = scripts.node(
      "escapes",
      `const child = require("node:child_process").spawn("sleep", ["600"], { detached: true, stdio: "inherit" });
       child.unref();
       console.log(child.pid);`,
    );
    const ended = await run(escapes);
    expect(ended).toMatchObject({ cause: "itself", exit: 0 });
    await expectNothingHeld();
    process.kill(Number(ended.stdout), "SIGKILL");
  });

  it("stops a program at once when the signal had aborted before", async () => {
    const ended = await run("sleep", { args: ["600"], signal: AbortSignal.abort() });
    expect(ended).toMatchObject({ cause: "aborted", signal: "SIGTERM" });
  });

  it("stops a program that has said enough, however much more it wants to say", async () => {
    let taken = 0;
    const ended = await run("sh", {
      args: ["-c", "cat /dev/zero"],
      onStdout: (chunk) => {
        taken += chunk.length;
        return false;
      },
    });
    expect(ended).toMatchObject({ cause: "enough" });
    expect(taken).toBeGreaterThan(0);
    await expectNothingHeld();
  });

  it("leaves no program running when this process exits in the middle", async () => {
    using scripts = new Scripts();
    const run = fileURLToPath(new URL("../../../dist/cli/programs/run.js", import.meta.url));
    const driver = scripts.file(
      "driver.mjs",
      `import { runProgram } from ${JSON.stringify(run)};
       runProgram({
         program: "sh", args: ["-c", "trap '' TERM; echo $$; sleep 600"], environment: process.env, input: "",
         timeoutMs: 60000, signal: new AbortController().signal, onStderr() {},
         onStdout(chunk) { process.stdout.write(chunk); setImmediate(() => process.exit(1)); return true; },
       });`,
    );
    const child = spawn(process.execPath, [driver], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    await eventually(() => expect(groupIsAlive(Number(line))).toBe(false));
  });

  it("takes a time-out that no timer of Node can hold", async () => {
    expect(await run("sleep", { args: ["0.1"], timeoutMs: 2 ** 40 })).toMatchObject({ cause: "itself", exit: 0 });
  });

  it("measures how long it took, in whole milliseconds", async () => {
    const { ms } = await run("true");
    expect(Number.isInteger(ms)).toBe(true);
  });
});
