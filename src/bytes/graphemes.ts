/** Made when it is first needed: it loads data, which takes 9 ms. */
let segmenter: Intl.Segmenter | undefined;

/** A text in characters as people see them: an emoji of several code points is one, a letter with its accents too. */
export function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}
