/** A text of at most `maxLength` UTF-16 units; what is longer is cut between characters and ends with `mark`. */
export function cutText(text: string, maxLength: number, mark = "…"): string {
  if (text.length <= maxLength) return text;
  const end = maxLength - mark.length;
  if (end < 0) return "";
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return text.slice(0, splitsPair ? end - 1 : end) + mark;
}

/**
 * Bounds how long the texts of one notification may become when parameters and string resources are put in: a short
 * document can name a long string many times.
 */
export class TextBudget {
  #left: number;

  /** Room for four times the text of the document, and for what a small one may well need. */
  constructor(documentLength: number) {
    this.#left = 4 * documentLength + 65_536;
  }

  /** Makes a text of at most so many UTF-16 units as are left, and counts it. */
  spend(make: (maxLength: number) => string): string {
    const text = cutText(make(this.#left), this.#left);
    this.#left = Math.max(1, this.#left - text.length);
    return text;
  }
}
