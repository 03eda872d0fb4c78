// The library's side of end to end: counts what it is told, and does nothing else with it.
import { ASYNC_UI, watch } from "../../../dist/index.js";
import { serveRequests } from "../support/child.mjs";
import { PASSWORD, USER } from "../support/command.mjs";

const [port, level] = process.argv.slice(2);
const account = { user: USER, password: PASSWORD, kerberos: "off" };
const connection = { port: Number(port), level };
const watcher = watch({ server: "127.0.0.1", ...account, connection, types: [ASYNC_UI], style: "uni" });
let count = 0;
let wanted = Infinity;
let reached = () => undefined;
void read();

serveRequests({
  leave: () => watcher.close("done"),
  until(total) {
    wanted = total;
    return count >= wanted ? null : new Promise((resolve) => (reached = () => resolve(null)));
  },
});

async function read() {
  for await (const event of watcher) {
    if (event.type === "error") throw new Error(event.message);
    if (event.type !== "notification" && event.type !== "registered") continue;
    count += 1;
    if (count >= wanted) reached();
  }
}
