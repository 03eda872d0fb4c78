import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { PANWATCH, Server } from "./support/panwatch.js";
import { run } from "./support/run.js";

/** Runs panwatch with a stdout that takes nothing: a disk that is full. */
async function runOnFullDisk(...args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [PANWATCH, ...args], { stdio: ["pipe", full, "pipe"] });
  closeSync(full);
  const [stderr] = await Promise.all([text(child.stderr as Readable), endOf(child, "close")]);
  return { code: child.exitCode, stderr };
}

describe("every command", () => {
  it.each([["demo"], ["serve"], ["strings"], ["doctor", "127.0.0.1", "--epm-port", "1"]])(
    "ends with 1 when stdout cannot be written: %s",
    async (...args) => {
      const { code, stderr } = await runOnFullDisk(...args);
      expect(stderr).toMatch(/panwatch: stdout cannot be written.*ENOSPC/);
      expect(code).toBe(1);
    },
  );

  it("ends with the code of the signal while it waits: decode for its stdin", async () => {
    const child = spawn(process.execPath, [PANWATCH, "decode"], { stdio: ["pipe", "pipe", "pipe"] });
    const printed = Promise.all([text(child.stdout), text(child.stderr), endOf(child, "close")]);
    child.stdin.on("error", () => undefined);
    // More than a pipe holds: once it is gone, decode is reading.
    child.stdin.write(" ".repeat(1 << 20));
    await once(child.stdin, "drain");
    child.kill("SIGINT");
    expect((await printed).slice(0, 2)).toEqual(["", ""]);
    expect(child.exitCode).toBe(130);
  });

  it("takes two signals within 500 ms for one wish, as `timeout` and terminals send them", async () => {
    await using server = await Server.start();
    await using watch = await server.watch();
    watch.kill("SIGINT");
    watch.kill("SIGTERM");
    expect([130, 143]).toContain(await watch.exit());
    expect(watch.ofType("unregistered")).toHaveLength(2);
    const left = await server.panwatch.line({ type: "client.disconnected" });
    expect(left["left"]).toEqual({ registrations: 0, objects: 0, channels: 0 });
  });

  it("has one summary, told by help and completion alike", async () => {
    const { stdout: help } = await run(["--help"]);
    const { stdout: fish } = await run(["completion", "fish"]);
    expect(help).toContain("run a print server of panwatch's own, driven by JSON lines");
    expect(fish).toContain("driven by JSON lines");
  });
});
