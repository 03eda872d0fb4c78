import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PrintedLines } from "../../../src/cli/watch/printed-lines.js";
import type { RunSettings } from "../../../src/cli/watch/settings.js";
import { WatchRun } from "../../../src/cli/watch/watch-run.js";
import { JsonLines } from "../../../src/cli/render/json.js";
import type { Interruption, Stage } from "../../../src/cli/stage.js";
import type { Reply } from "../../../src/notifications/model.js";
import { ASYNC_UI } from "../../../src/pan/types.js";
import { balloonDocument, messageBoxDocument } from "../../../src/print-server/documents/asyncui.js";
import { deferred } from "../../../src/waiting.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import type { Answerer } from "../../../src/watch/options.js";
import { handle, notified, parked } from "../../pan/support/scripted-association.js";
import { scriptedWatch, type Script, type ScriptedWatchOptions } from "../../watch/support/scripted-watch.js";

const BALLOON = balloonDocument({ title: "T", bodies: ["B"] });
const BOX = messageBoxDocument({ title: "T", bodies: ["B"], buttons: [{ id: "IDOK", label: null }] });
const OK: Reply = { kind: "button", button: { index: 1, id: "IDOK", replyValue: 1, label: "OK" } };

interface Given {
  readonly hook?: readonly string[];
  readonly answer?: Answerer;
  readonly watch?: ScriptedWatchOptions;
}

/** A run on a stage that notes everything in the order in which it happens: calls, prints, and when it begins to leave. */
function running(script: Script, { hook, answer, watch }: Given) {
  const log: string[] = [];
  const said: string[] = [];
  const printed: { event: WatchEvent; line: string | null }[] = [];
  const leaving = new AbortController();
  let interruption: Interruption | null = null;
  const stage = {
    leaving: leaving.signal,
    get interruption() {
      return interruption;
    },
    ...{ trace: null, notice: () => undefined, say: (text: string) => said.push(text) },
    diagnostics: { line: (text: string) => said.push(text) },
    leave: (exitCode: number) => {
      log.push(`leave ${exitCode}`);
      leaving.abort();
    },
  } as unknown as Stage;
  const settings = {
    what: { types: [ASYNC_UI], style: "uni" },
    output: { format: "json" },
    run: { count: watch?.limit ?? null, timeoutMs: null, durationMs: null, settleMs: null },
    reply: { reply: "none", errors: "warn" },
    hook: { command: hook ?? null, timeoutMs: 20_000, errors: "fail" },
    announce: false,
  } as unknown as RunSettings;
  const lines = new PrintedLines();
  const run: WatchRun = new WatchRun({
    ...{ settings, stage, recorder: null, resources: { strings: [], drivers: null } as never },
    answering: {
      answerer: null,
      printed: (event, line) => {
        if (event.type === "notification") lines.printed(event, line);
      },
      close: () => Promise.resolve(void log.push("answering closed")),
    },
    printing: {
      json: new JsonLines(() => run.exitCode),
      printer: {
        wants: () => true,
        print: (event: WatchEvent, line: string | null) => {
          log.push(`print ${event.type}`);
          printed.push({ event, line });
        },
      } as never,
    },
  });
  const watcher = scriptedWatch(() => script, {
    ...{ log, beforeLimitEnds: () => run.limitReached() },
    ...{ answer: answer === undefined ? null : lines.afterPrinting(answer) },
    ...watch,
  });
  return {
    ...{ log, said, printed, exitCode: run.follow(watcher) },
    interrupt: (by: Interruption) => {
      interruption = by;
      leaving.abort();
    },
  };
}

/** GetNotification gives these. */
function notifications(...documents: Uint8Array[]): Script {
  return {
    GetNotification: (_values, nth) => {
      const document = documents[nth - 1];
      return document && notified(ASYNC_UI, document);
    },
  };
}

/** GetNewChannel names one channel, which brings the document. */
function channelWith(document: Uint8Array): Script {
  return {
    GetNewChannel: (_values, nth) =>
      nth === 1 ? { pNoOfChannels: 1, ppChannelCtxt: [handle(1)], result: 0 } : undefined,
    GetNotificationSendResponse: () => ({ pChannel: handle(1), ...notified(ASYNC_UI, document) }),
  };
}

const exitCodeOf = (line: string | null | undefined): unknown =>
  (JSON.parse(line ?? "{}") as Record<string, unknown>)["exitCode"];

describe("a run of --count", () => {
  it("polls before it prints, and leaves when all is printed: Unregister, the parked answer, Delete", async () => {
    const run = running(notifications(BALLOON, BALLOON), { watch: { limit: 2 } });
    expect(await run.exitCode).toBe(0);
    expect(run.log).toEqual([
      ...["connect", "Create", "RegisterClient", "GetNotification", "print registered"],
      ...["GetNotification", "print notification", "GetNotification", "print notification"],
      ...["leave 0", "UnregisterClient", "Delete", "print unregistered", "answering closed"],
    ]);
    expect(exitCodeOf(run.printed.at(-1)?.line)).toBe(0);
  });

  it("lets the hook of the last notification end before it leaves, and counts its failure", async () => {
    const run = running(notifications(BALLOON), { hook: ["/bin/sh", "-c", "exit 3"], watch: { limit: 1 } });
    expect(await run.exitCode).toBe(10);
    expect(run.log.slice(-7)).toEqual([
      ...["print notification", "print hook.finished", "leave 10"],
      ...["UnregisterClient", "Delete", "print unregistered", "answering closed"],
    ]);
  });

  it("answers a box after it was printed, and leaves after the reply was told", async () => {
    const asked: (string | undefined)[] = [];
    const run = running(channelWith(BOX), {
      answer: (question) => {
        asked.push(run.printed.at(-1)?.event.type, question.event.id);
        run.log.push("asked");
        return Promise.resolve({ via: "library", reply: OK });
      },
      watch: { limit: 1, style: "bidi" },
    });
    expect(await run.exitCode).toBe(0);
    expect(asked).toEqual(["notification", "n1"]);
    const log = run.log.filter((entry) => entry !== "print channel.closed");
    expect(log.slice(log.indexOf("print notification"))).toEqual([
      ...["print notification", "asked", "CloseChannel", "print reply.sent"],
      ...["leave 0", "UnregisterClient", "Delete", "print unregistered", "answering closed"],
    ]);
  });
});

describe("a run that is interrupted", () => {
  it("releases the box that is open, leaves in order, and ends with the code of the signal", async () => {
    const asked = deferred();
    const run = running(channelWith(BOX), {
      answer: () => {
        asked.resolve();
        return parked();
      },
      watch: { style: "bidi" },
    });
    await asked.promise;
    run.interrupt({ reason: "SIGTERM", exitCode: 143 });
    expect(await run.exitCode).toBe(143);
    expect(run.log.slice(run.log.indexOf("print notification") + 1)).toEqual([
      ...["leave 143", "CloseChannel", "UnregisterClient", "Delete", "print unregistered", "answering closed"],
    ]);
    expect(run.printed.at(-1)?.event).toMatchObject({ type: "unregistered", reason: "SIGTERM", final: true });
    expect(exitCodeOf(run.printed.at(-1)?.line)).toBe(143);
  });
});

describe("a run whose registration fails for good", () => {
  it("deletes the object, tells why, and ends with the code of the error", async () => {
    const refused = { RegisterClient: () => ({ ppRmtServerReferral: null, result: 0x80070005 }) };
    const run = running(refused, {});
    expect(await run.exitCode).toBe(5);
    expect(run.log).toEqual(["connect", "Create", "RegisterClient", "Delete", "print error", "answering closed"]);
  });

  it("lets hooks go on: nobody is in a hurry", async () => {
    const script: Script = {
      GetNotification: (_values, nth) => (nth === 1 ? notified(ASYNC_UI, BALLOON) : notified(null, null, 0x80070005)),
    };
    const folder = await mkdtemp(join(tmpdir(), "panwatch-test-"));
    const hook = ["/bin/sh", "-c", 'until [ -e "$0" ]; do sleep 0.01; done', join(folder, "end")];
    const run = running(script, { hook });
    await expect.poll(() => run.log, { timeout: 20_000 }).toContain("print error");
    await writeFile(join(folder, "end"), "");
    await run.exitCode;
    await rm(folder, { recursive: true });
    const hooks = run.printed.map(({ event }) => event).filter(({ type }) => type === "hook.finished");
    expect(hooks).toMatchObject([{ exit: 0, signal: null }]);
  });
});
