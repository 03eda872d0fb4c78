import { describe, expect, it } from "vitest";
import { PrintedLines } from "../../../src/cli/watch/printed-lines.js";
import type { Answer, Question } from "../../../src/watch/options.js";
import type { EventOrigin, Notified } from "../../../src/watch/events.js";
import { NOTIFICATIONS, notified } from "../render/events.js";

const event = notified(NOTIFICATIONS.messageBox, "n7") as EventOrigin & Notified;
const question: Question = { event, notification: NOTIFICATIONS.messageBox };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("questions", () => {
  it("are put when their line has been printed, and know it", async () => {
    const lines = new PrintedLines();
    const seen: string[] = [];
    const answerer = lines.afterPrinting(({ event: { id } }) => {
      seen.push(lines.line(id));
      return Promise.resolve<Answer | null>(null);
    });
    const answered = answerer(question, new AbortController().signal);
    await turn();
    expect(seen).toEqual([]);
    lines.printed(event, "the line");
    await answered;
    expect(seen).toEqual(["the line"]);
    expect(lines.line("n7")).toBe("");
  });

  it("that are printed already are put at once", async () => {
    const lines = new PrintedLines();
    lines.printed(event, "the line");
    const answerer = lines.afterPrinting(() => Promise.resolve<Answer | null>(null));
    expect(await answerer(question, new AbortController().signal)).toBeNull();
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
