// Draws docs/demo.svg: what a terminal shows of `panwatch demo`. Run by `npm run docs`; a test holds the picture against the command.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PANWATCH = fileURLToPath(new URL("../../bin/panwatch.js", import.meta.url));
const COLUMNS = 92;
const ROWS = 50;

/** The colours of a common dark terminal theme, by SGR number. */
const COLOURS = {
  31: "#e06c75",
  32: "#98c379",
  33: "#e5c07b",
  34: "#61afef",
  35: "#c678dd",
  36: "#56b6c2",
  90: "#7f848e",
};
const [CELL, LINE, MARGIN] = [8.4, 19, 16];

/** What the screen holds after the command, escape sequences included. */
function capture() {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-picture-"));
  const tmux = (...args) => execFileSync("tmux", ["-S", join(folder, "socket"), ...args], { encoding: "utf8" });
  try {
    const script = join(folder, "script");
    const done = `tmux -S '${join(folder, "socket")}' wait-for -S done; sleep 60`;
    writeFileSync(script, `'${process.execPath}' '${PANWATCH}' demo --color always; ${done}`);
    tmux("-f", "/dev/null", "new-session", "-d", "-x", `${COLUMNS}`, "-y", `${ROWS}`, `exec sh '${script}'`);
    tmux("wait-for", "done");
    return tmux("capture-pane", "-e", "-p");
  } finally {
    try {
      tmux("kill-server");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What changes from run to run takes one value: the time, the ports, how long the answer took. */
function steady(screen) {
  return screen
    .replace(/\d\d:\d\d:\d\d/g, "12:40:27")
    .replace(/port \d+/g, "port 49152")
    .replace(/at \d{4,5}\)/g, "at 49153)")
    .replace(/after \d+ ms/g, "after 2 ms")
    .trimEnd();
}

const escapeXml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One line of the screen as spans, each with the look that the sequences before it ask for. */
function spans(line) {
  let look = {};
  let column = 0;
  const found = [];
  for (const [, codes, text] of line.matchAll(/(?:\x1b\[([\d;]*)m)|([^\x1b]+)/g)) {
    if (text === undefined) {
      for (const code of (codes || "0").split(";").map(Number)) {
        if (code === 0) look = {};
        else if (code === 1) look = { ...look, bold: true };
        else if (code === 2) look = { ...look, dim: true };
        else if (code === 22) look = { ...look, bold: false, dim: false };
        else if (code === 39) look = { ...look, colour: undefined };
        else if (code in COLOURS) look = { ...look, colour: COLOURS[code] };
      }
      continue;
    }
    const style = [
      look.colour ? ` fill="${look.colour}"` : "",
      look.bold ? ' font-weight="bold"' : "",
      look.dim ? ' opacity="0.65"' : "",
    ].join("");
    if (text.trim() !== "") {
      const indent = text.length - text.trimStart().length;
      found.push(
        `<tspan x="${(MARGIN + (column + indent) * CELL).toFixed(1)}"${style}>${escapeXml(text.trim())}</tspan>`,
      );
    }
    column += text.length;
  }
  return found.join("");
}

export function picture(screen = steady(capture())) {
  const lines = ["\x1b[32m$\x1b[0m panwatch demo", ...screen.split("\n")];
  const width = Math.ceil(COLUMNS * CELL + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.flatMap((line, index) =>
    line === "" ? [] : [`<text y="${MARGIN + (index + 1) * LINE - 5}">${spans(line)}</text>`],
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What a terminal shows of panwatch demo">
<rect width="100%" height="100%" rx="8" fill="#21252b"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#d7dae0" xml:space="preserve">
${rows.join("\n")}
</g>
</svg>
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  writeFileSync(new URL("../../docs/demo.svg", import.meta.url), picture());
