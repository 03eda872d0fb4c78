import { PanwatchError } from "../errors.js";

/** A notification or reply breaks a rule of its format: which one, and the section of [MS-PAN] that says so. */
export class NoncomplianceError extends PanwatchError {
  constructor(problem: string, section: string) {
    super("decode", `${problem} ([MS-PAN] ${section})`);
  }
}

/** Text of the sender for a message: in quotes, control characters escaped, cut after 60 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
