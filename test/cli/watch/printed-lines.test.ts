import { describe, expect, it } from "vitest";
import { PrintedLines } from "../../../src/cli/watch/printed-lines.js";
import type { Answer, Question } from "../../../src/watch/options.js";
import type { EventOrigin, Notified } from "../../../src/watch/events.js";
import { NOTIFICATIONS, notified } from "../render/events.js";

const event = notified(NOTIFICATIONS.messageBox, "n7") as EventOrigin & Notified;
const question: Question = { event, notification: NOTIFICATIONS.messageBox };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const { signal } = new AbortController();

describe("questions", () => {
  it("are put when their line has been printed, and get it", async () => {
    const lines = new PrintedLines();
    const seen: string[] = [];
    const answerer = lines.afterPrinting((_question, _signal, line) => {
      seen.push(line);
      return Promise.resolve<Answer | null>(null);
    });
    const answered = answerer(question, signal);
    await turn();
    expect(seen).toEqual([]);
    lines.printed({ ...event, id: "n6" }, "another line");
    await turn();
    expect(seen).toEqual([]);
    lines.printed(event, "the line");
    await answered;
    expect(seen).toEqual(["the line"]);
  });

  it("that nobody waits for any more are not put", async () => {
    const lines = new PrintedLines();
    const gone = new AbortController();
    const answered = lines.afterPrinting(() => Promise.reject(new Error("put")))(question, gone.signal);
    gone.abort();
    expect(await answered).toBeNull();
    expect(await lines.afterPrinting(() => Promise.reject(new Error("put")))(question, gone.signal)).toBeNull();
  });
});
