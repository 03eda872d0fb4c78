import stringWidth from "string-width";

/** How many columns of a terminal a text takes that holds no control characters. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

const SEGMENTER = new Intl.Segmenter();

/** The characters of a text as people see them, which a terminal shows whole. */
export function* graphemes(text: string): Generator<string> {
  for (const { segment } of SEGMENTER.segment(text)) yield segment;
}
