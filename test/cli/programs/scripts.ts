import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Balloon, Notification } from "../../../src/notifications/model.js";
import type { EventOrigin, Notified } from "../../../src/watch/events.js";
import { eventually } from "../../support/eventually.js";

/** A folder of small programs that a test writes; it goes with the test. */
export class Scripts implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "panwatch-programs-"));

  /** Writes a shell script. */
  sh(name: string, body: string): string {
    return this.#write(name, `#!/bin/sh\n${body}\n`);
  }

  /** Writes a program for Node (CommonJS). */
  node(name: string, body: string): string {
    return this.#write(name, `#!${process.execPath}\n${body}\n`);
  }

  /** Writes a script whose interpreter is missing: it can be found, and not be started. */
  noProgram(name: string): string {
    return this.#write(name, "#!/nowhere/interpreter\n");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  file(name: string, text: string | Uint8Array): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  #write(name: string, text: string): string {
    const path = this.file(name, text);
    chmodSync(path, 0o755);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A notification as the watcher tells it. */
export function notified(
  notification: Notification,
  more: Partial<EventOrigin & Notified> = {},
): EventOrigin & Notified {
  return {
    type: "notification",
    id: "n1",
    time: new Date("2026-03-01T12:00:00.000Z"),
    server: "print1",
    printer: "HP4",
    registration: "r1",
    channel: "c1",
    ...more,
    notification,
  };
}

export const BALLOON: Balloon = {
  kind: "balloon",
  title: "Toner low",
  body: "Order a new cartridge.",
  bodies: ["Order a new cartridge."],
  icon: null,
  action: null,
  strings: [],
  problem: null,
};

/** Waits until a program has written its process id, as a line, and gives it. */
export function processIdIn(path: string): Promise<number> {
  return eventually(() => {
    const line = readFileSync(path, "utf8");
    expect(line).toMatch(/^\d+\n$/);
    return Number(line);
  });
}

/** Whether anything of a process group still runs; the dead that init has not reaped do not. */
export function groupIsAlive(leader: number): boolean {
  const states = execFileSync("ps", ["-A", "-o", "pgid=,stat="], { encoding: "utf8" });
  return states.split("\n").some((line) => {
    const [group, state = ""] = line.trim().split(/\s+/);
    return Number(group) === leader && !state.startsWith("Z");
  });
}
