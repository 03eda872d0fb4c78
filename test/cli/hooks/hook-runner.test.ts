import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HookRunner, type HookRunnerOptions } from "../../../src/cli/hooks/hook-runner.js";
import type { EventOrigin, Failed, HookFinished } from "../../../src/watch/events.js";
import { BALLOON, groupIsAlive, notified, processIdIn, Scripts } from "../programs/scripts.js";

class Hooks {
  readonly told: (EventOrigin & (HookFinished | Failed))[] = [];
  readonly warnings: string[] = [];
  readonly stderr: string[] = [];
  readonly runner: HookRunner;

  constructor(command: readonly string[], more: Partial<HookRunnerOptions> = {}) {
    this.runner = new HookRunner({
      command,
      timeoutMs: 20_000,
      tell: (event) => this.told.push(event),
      notice: (text, level) => void (level === "warn" && this.warnings.push(text)),
      stderr: (line) => this.stderr.push(line),
      ...more,
    });
  }

  push(id: string, line = JSON.stringify({ id })): void {
    this.runner.push(notified(BALLOON, { id }), line);
  }

  finished(): HookFinished[] {
    return this.told.filter((event) => event.type === "hook.finished");
  }

  errors(): Failed[] {
    return this.told.filter((event) => event.type === "error");
  }
}

describe("hooks", () => {
  it("run once for each notification, in order, one at a time", async () => {
    using scripts = new Scripts();
    const log = scripts.path("log");
    const script = `read line; echo "begin $line $PANWATCH_EVENT_ID $*" >> ${log}; sleep 0.01; echo end >> ${log}`;
    const hooks = new Hooks([scripts.sh("hook", script), "an argument", "$HOME"]);
    for (const id of ["n1", "n2", "n3"]) hooks.push(id);
    await hooks.runner.drain();
    const lines = ["n1", "n2", "n3"].flatMap((id) => [`begin {"id":"${id}"} ${id} an argument $HOME`, "end"]);
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual(lines);
    expect(hooks.runner.hasFailed).toBe(false);
    expect(hooks.finished()).toMatchObject(["n1", "n2", "n3"].map((id) => ({ for: id, exit: 0, signal: null })));
  });

  it("tell of their end, at the place of the notification", async () => {
    const hooks = new Hooks(["true"]);
    hooks.push("n7");
    await hooks.runner.drain();
    expect(hooks.told).toEqual([
      {
        time: expect.any(Date) as unknown,
        server: "print1",
        printer: "HP4",
        registration: "r1",
        channel: "c1",
        type: "hook.finished",
        for: "n7",
        exit: 0,
        signal: null,
        timedOut: false,
        ms: expect.any(Number) as unknown,
      },
    ]);
  });

  it("print on stderr, whichever way they print", async () => {
    using scripts = new Scripts();
    const hooks = new Hooks([scripts.sh("prints", "echo out; echo err >&2")]);
    hooks.push("n1");
    await hooks.runner.drain();
    expect(hooks.stderr.sort()).toEqual(["err", "out"]);
  });

  it("that fail are warned about, and the others go on", async () => {
    using scripts = new Scripts();
    const script = "case $PANWATCH_EVENT_ID in n1) exit 3;; n2) kill -SEGV $$;; n3) sleep 600;; esac";
    const hooks = new Hooks([scripts.sh("fails", script)], { timeoutMs: 2000 });
    for (const id of ["n1", "n2", "n3", "n4"]) hooks.push(id);
    await hooks.runner.drain();
    expect(hooks.finished()).toMatchObject([
      { for: "n1", exit: 3, signal: null, timedOut: false },
      { for: "n2", exit: null, signal: "SIGSEGV", timedOut: false },
      { for: "n3", exit: null, signal: "SIGTERM", timedOut: true },
      { for: "n4", exit: 0, signal: null, timedOut: false },
    ]);
    expect(hooks.warnings).toEqual([
      "The hook fails ended with exit status 3 (for n1).",
      "The hook fails was ended by SIGSEGV (for n2).",
      "The hook fails had not ended after 2 s and was stopped (for n3).",
    ]);
    expect(hooks.errors()).toEqual([]);
    expect(hooks.runner.hasFailed).toBe(true);
  });

  it("that cannot be started are errors which are not fatal", async () => {
    const hooks = new Hooks(["/nowhere/hook"]);
    hooks.push("n1");
    await hooks.runner.drain();
    expect(hooks.told).toMatchObject(
      [
        { type: "hook.finished", for: "n1", exit: null, signal: null, timedOut: false },
        { type: "error", code: "program", stage: "hook", fatal: false, message: /^hook cannot be started: / },
      ].map((event) =>
        "message" in event ? { ...event, message: expect.stringMatching(event.message) as unknown } : event,
      ),
    );
    expect(hooks.runner.hasFailed).toBe(true);
  });

  it.each(["their time-out", "the end of the watch"])(
    "that ignore SIGTERM are killed at %s with all they started",
    async (when) => {
      using scripts = new Scripts();
      const pid = scripts.path("pid");
      const isTimeOut = when === "their time-out";
      const script = `trap '' TERM; sleep 600 & echo $$ > ${pid}; while :; do sleep 600; done`;
      const hooks = new Hooks([scripts.sh("stubborn", script)], { timeoutMs: isTimeOut ? 1500 : 60_000, graceMs: 100 });
      hooks.push("n1");
      const group = await processIdIn(pid);
      if (!isTimeOut) await hooks.runner.stop();
      await hooks.runner.drain();
      expect(hooks.finished()).toMatchObject([{ for: "n1", exit: null, signal: "SIGKILL", timedOut: isTimeOut }]);
      expect(groupIsAlive(group)).toBe(false);
    },
  );

  it("that print 100 MiB fill neither memory nor stderr", async () => {
    const hooks = new Hooks(["sh", "-c", "yes | head -c 104857600"]);
    hooks.push("n1");
    await hooks.runner.drain();
    expect(hooks.finished()).toMatchObject([{ exit: 0 }]);
    expect(hooks.stderr.at(-1)).toBe("… (the rest of what the program printed is dropped)");
    expect(hooks.stderr.length).toBeLessThan(140_000);
  });

  it("read JSON lines of any length, or do not", async () => {
    using scripts = new Scripts();
    const count = scripts.path("count");
    const line = JSON.stringify({ body: "x".repeat(10_000_000) });
    const hooks = new Hooks([scripts.sh("counts", `[ $PANWATCH_EVENT_ID = n1 ] && wc -c > ${count} || true`)]);
    hooks.push("n1", line);
    hooks.push("n2", line);
    await hooks.runner.drain();
    expect(Number(readFileSync(count, "utf8"))).toBe(line.length + 1);
    expect(hooks.finished()).toMatchObject([{ exit: 0 }, { exit: 0 }]);
  });
});

describe("hooks that do not keep up", () => {
  it("keep 1,000 notifications waiting, and what finds no room is told", async () => {
    const hooks = new Hooks(["sleep", "600"]);
    // The first one runs, 1,000 wait, 99 find no room.
    for (let index = 1; index <= 1100; index += 1) hooks.push(`n${index}`);
    await hooks.runner.stop();
    expect(hooks.errors()).toMatchObject(
      [
        "The hook does not keep up: 1000 wait for it, and it is not run for n1002.",
        "While it did not keep up, the hook was not run for 99 notifications, the last of them n1100.",
        "The watch ended before the hook was run for 1000 of the last notifications.",
      ].map((message) => ({ code: "program", stage: "hook", fatal: false, message })),
    );
    expect(hooks.runner.hasFailed).toBe(false);
  });

  it("are given up when the watch ends, and the one that runs is stopped", async () => {
    using scripts = new Scripts();
    const pid = scripts.path("pid");
    const hooks = new Hooks([scripts.sh("slow", `echo $$ > ${pid}; sleep 600`)]);
    for (const id of ["n1", "n2", "n3"]) hooks.push(id);
    const group = await processIdIn(pid);
    await hooks.runner.stop();
    hooks.push("n4");
    await hooks.runner.drain();
    expect(groupIsAlive(group)).toBe(false);
    expect(hooks.finished()).toMatchObject([{ for: "n1", exit: null, signal: "SIGTERM", timedOut: false }]);
    expect(hooks.errors().map(({ message }) => message)).toEqual([
      "The watch ended before the hook was run for 2 of the last notifications.",
    ]);
    expect(hooks.warnings).toEqual([]);
    expect(hooks.runner.hasFailed).toBe(false);
  });

  it("may be drained and stopped when nothing waits", async () => {
    const hooks = new Hooks(["true"]);
    await hooks.runner.drain();
    await hooks.runner.stop();
    expect(hooks.told).toEqual([]);
  });
});
