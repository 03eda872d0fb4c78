import type { Notification } from "../../notifications/model.js";
import type { Answerer } from "../../watch/options.js";
import type { Notified } from "../../watch/events.js";

/**
 * The JSON lines of questions, for the programs that answer them: a question is only put when its line has been printed,
 * so that what is printed stays in order, and the program reads the very same line.
 */
export class PrintedLines {
  /** By the notification's id, until it is answered. */
  readonly #lines = new Map<string, string>();
  readonly #waiting = new Map<string, () => void>();

  /** A notification was printed; `line` is its JSON line where one was made. */
  printed({ id, notification }: Notified, line: string | null): void {
    if (!mayBeAnswered(notification)) return;
    this.#lines.set(id, line ?? "");
    this.#waiting.get(id)?.();
  }

  /** The line of a question that is being answered. */
  line(id: string): string {
    return this.#lines.get(id) ?? "";
  }

  /** The same answerer, which begins when the question has been printed. */
  afterPrinting(answerer: Answerer): Answerer {
    return async (question, signal) => {
      const { id } = question.event;
      try {
        await this.#isPrinted(id, signal);
        return signal.aborted ? null : await answerer(question, signal);
      } finally {
        this.#lines.delete(id);
      }
    };
  }

  async #isPrinted(id: string, signal: AbortSignal): Promise<void> {
    if (this.#lines.has(id) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => resolve();
      this.#waiting.set(id, done);
      signal.addEventListener("abort", done, { once: true });
    });
    this.#waiting.delete(id);
  }
}

function mayBeAnswered(notification: Notification): boolean {
  return notification.kind === "messageBox" || ("bidi" in notification && notification.bidi);
}
