/** The text with a full stop where it does not end as a sentence does. */
export function asSentence(text: string): string {
  return /[.?!\u2026:]$/.test(text) ? text : `${text}.`;
}

/** The text with a capital letter at its start. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
