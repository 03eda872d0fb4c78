import { displayWidth } from "./width.js";
import { wrap } from "./wrap.js";

/** Terms with what they mean beside them, or below them where they take more than a third of the columns. */
export function termList(
  rows: readonly (readonly [term: string, meaning: string])[],
  columns: number,
  paint: (term: string) => string = (term) => term,
): string[] {
  const width = Math.max(...rows.map(([term]) => displayWidth(term)));
  const isBeside = width <= columns / 3;
  const indent = " ".repeat(isBeside ? width + 4 : 6);
  return rows.flatMap(([term, meaning]) => {
    const lines = wrap(meaning, columns - indent.length).map((line) => indent + line);
    if (!isBeside) return [...wrap(term, columns - 2).map((line) => `  ${paint(line)}`), ...lines];
    const [first = "", ...rest] = lines;
    return [`  ${paint(term)}${" ".repeat(width - displayWidth(term))}  ${first.slice(indent.length)}`, ...rest];
  });
}
