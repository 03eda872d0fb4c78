/** How a text is meant; the palette decides about its colour. Nothing is told by colour alone. */
export type Tone = "title" | "plain" | "quiet" | "good" | "warning" | "bad";

/** A text under a heading. It may hold line feeds, and whatever a server put into it: the layout cleans it. */
export interface EntryText {
  /** Of a given width where it can be laid out in more than one way. */
  readonly text: string | ((columns: number) => string);
  readonly tone: Tone;
  /** A command to be copied: no line is broken in it, as terminals copy only what they have broken themselves as one. */
  readonly isCommand?: boolean;
}

/** The text for so many columns. */
export function textFor({ text }: EntryText, columns: number): string {
  return typeof text === "string" ? text : text(columns);
}

/** What an event looks like to people, before it is laid out: a heading with the words for it, and texts under it. */
export interface Entry {
  /** One character, for the eye; the label says the same. */
  readonly icon: string;
  readonly label: string;
  readonly tone: Tone;
  readonly texts: readonly EntryText[];
  /** Lines of a picture above the texts, as a terminal paints them. */
  readonly picture?: readonly string[];
}

export const plain = (text: EntryText["text"]): EntryText => ({ text, tone: "plain" });
export const quiet = (text: string): EntryText => ({ text, tone: "quiet" });
export const commandLine = (text: string): EntryText => ({ text, tone: "quiet", isCommand: true });
export const title = (text: string): EntryText => ({ text, tone: "title" });

/** `text` as an entry's text if there is any. */
export function unlessEmpty(text: string, make: (text: string) => EntryText): EntryText[] {
  return text.trim() === "" ? [] : [make(text)];
}
