import type { Notified } from "../../watch/events.js";
import type { Answerer } from "../../watch/options.js";
import { deferred, onAbort } from "../../waiting.js";
import type { LineAnswerer } from "../replies/index.js";

/**
 * Makes questions wait until their notification has been printed, so that what is printed stays in order, and a program
 * that answers reads the very same line. A question waits from when it is asked; lines of other notifications are not kept.
 */
export class PrintedLines {
  /** What each question waits for, by the notification's id. */
  readonly #waiting = new Map<string, (line: string) => void>();

  /** A notification was printed; `line` is its JSON line where one was made. */
  printed({ id }: Notified, line: string | null): void {
    this.#waiting.get(id)?.(line ?? "");
  }

  /** The same answerer, which begins when the question has been printed. */
  afterPrinting(answerer: LineAnswerer): Answerer {
    return async (question, signal) => {
      const { id } = question.event;
      const printed = deferred<string>();
      this.#waiting.set(id, printed.resolve);
      using _ = onAbort(signal, () => printed.resolve(""));
      try {
        const line = await printed.promise;
        return signal.aborted ? null : await answerer(question, signal, line);
      } finally {
        this.#waiting.delete(id);
      }
    };
  }
}
