import { expect, it } from "vitest";
import { blocksOf } from "../../src/cli/markdown.js";
import { termList } from "../../src/cli/render/term-list.js";

it("a page is cut into headings, code, tables, lists and paragraphs", () => {
  const page = `# Top

One
two.

| a | b   |
| - | --- |
| x | y \\| z |

- first
  and more
- second

\`\`\`sh
code

more
\`\`\`

1. one
`;
  expect(blocksOf(page)).toEqual([
    { kind: "heading", level: 1, text: "Top" },
    { kind: "paragraph", text: "One two." },
    { kind: "terms", rows: [["x", "y | z"]] },
    {
      kind: "list",
      items: [
        { mark: "-", text: "first and more" },
        { mark: "-", text: "second" },
      ],
    },
    { kind: "code", lines: ["code", "", "more"] },
    { kind: "list", items: [{ mark: "1.", text: "one" }] },
  ]);
});

it("terms stand beside what they mean, or above where they are long", () => {
  const rows = [
    ["a", "one two three"],
    ["bcd", "x"],
  ] as const;
  expect(termList([["one two", "x"]], 8)).toEqual(["  one", "  two", "      x"]);
  expect(termList(rows, 16)).toEqual(["  a    one two", "       three", "  bcd  x"]);
  expect(termList(rows, 8)).toEqual([
    "  a",
    "      on",
    "      e",
    "      tw",
    "      o",
    "      th",
    "      re",
    "      e",
    "  bcd",
    "      x",
  ]);
});
