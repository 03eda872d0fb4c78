// `npm run bench [-- [--json] [NAME…]]`: how fast things are, on the built project, each figure beside a reference that was
// measured in the same run and in turns with it. NAMEs choose the rows that begin with them. See README.md.
import * as decode from "./rows/decode.mjs";
import * as endToEnd from "./rows/end-to-end.mjs";
import * as hooks from "./rows/hooks.mjs";
import * as idle from "./rows/idle.mjs";
import * as latency from "./rows/latency.mjs";
import * as registrations from "./rows/registrations.mjs";
import * as reply from "./rows/reply.mjs";
import * as seal from "./rows/seal.mjs";
import * as startup from "./rows/startup.mjs";
import * as worst from "./rows/worst.mjs";
import * as xml from "./rows/xml.mjs";
import { HEADING, jsonLine, tableLine } from "./support/figures.mjs";

const GROUPS = { decode, seal, xml, worst, startup, hooks, latency, reply, registrations, idle, endToEnd };

const names = process.argv.slice(2).filter((arg) => arg !== "--json");
const json = process.argv.includes("--json");
if (!json) console.log(HEADING);
for (const [group, { rows }] of Object.entries(GROUPS)) {
  if (names.length > 0 && !names.some((name) => name.startsWith(group))) continue;
  const wanted = (row) => names.length === 0 || names.some((name) => row.startsWith(name));
  for await (const row of rows(wanted)) console.log(json ? jsonLine(row) : tableLine(row));
}
