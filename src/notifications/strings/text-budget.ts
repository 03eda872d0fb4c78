import { PanwatchError } from "../../errors.js";

/** Pieces that the texts of one notification may have put in: parameters, string resources and escape sequences. */
export const MAX_INSERTIONS = 50_000;

/**
 * Bounds what parameters and string resources may make of the texts of one notification: a short document can name a
 * long string many times.
 */
export class TextBudget {
  readonly #mostCharacters: number;
  #characters = 0;
  #insertions = 0;

  /** Room for four times the text of the document, and for what a small one may well need. */
  constructor(documentLength: number) {
    this.#mostCharacters = 4 * documentLength + 65_536;
  }

  /**
   * Counts a piece that is put in; a conversion pads to a bounded width before it is counted.
   *
   * @throws {PanwatchError} `decode` when the notification asks for more than it may.
   */
  spend(piece: string): string {
    if (++this.#insertions > MAX_INSERTIONS) throw tooMuch(`${MAX_INSERTIONS} pieces`);
    this.#characters += piece.length;
    if (this.#characters > this.#mostCharacters) throw tooMuch(`${this.#mostCharacters} characters`);
    return piece;
  }
}

function tooMuch(bound: string): PanwatchError {
  return new PanwatchError("decode", `parameters and string resources would put in more than ${bound}`);
}
