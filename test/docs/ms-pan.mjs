// Writes docs/ms-pan.md from the list of rules beside this file. Run by `npm run docs`; a test holds the page against the list.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format } from "prettier";

/** The rules of [MS-PAN] 2 and 3 for clients: section, force, what a client does, and where that is tested. */
export function rules() {
  const list = readFileSync(new URL("ms-pan-rules.tsv", import.meta.url), "utf8").trimEnd();
  return list.split("\n").map((line) => {
    const [section, force, rule, proof] = line.split("\t");
    return { section, force, rule, proof };
  });
}

const cell = (text) => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|");

function proofCell(proof) {
  if (proof.startsWith("rule ")) return `\`${proof.slice(5)}\``;
  const [file, ...title] = proof.split(": ");
  return `[${cell(title.join(": "))}](../${file})`;
}

export function page() {
  const rows = rules().map(
    ({ section, force, rule, proof }) => `| ${section} | ${force} | ${cell(rule)} | ${proofCell(proof)} |`,
  );
  const text = `# MS-PAN, rule by rule

What [MS-PAN] sections 2 and 3 ask of clients, and the test that holds panwatch to it. A name such as \`PAN-SPN\` is a rule that the independent print
server checks in every session of the interoperation tests ([its table](../test/interop/peer/README.md)); \`test/interop/rules.test.ts\` asserts that it is never broken.

Where the text errs or cannot be followed: the type of printer configuration is 2abad223-b994-4aca-82fc-4571b1b585ac (2.2.1 misprints it); code that a
server names is never called, so a client is always in the case that it cannot be called (3.2.3.4.1, .3, .4); a message box that nobody answers is released.

| section | force | a client shall | test |
| --- | --- | --- | --- |
${rows.join("\n")}

[MS-PAN]: https://learn.microsoft.com/openspecs/windows_protocols/ms-pan/
`;
  return format(text, { parser: "markdown", printWidth: 120 });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  writeFileSync(fileURLToPath(new URL("../../docs/ms-pan.md", import.meta.url)), await page());
