// Asks about message boxes as `panwatch watch -i` does, without a print server. Started by terminal.test.ts in a
// terminal, with stdin and stdout in pipes: JSON lines on stdin, {"ask":{…}}, {"withdraw":"id"} and {"outcome":{…}}; the
// answers on stdout. Ends with stdin.
import { createInterface } from "node:readline";
import { openTerminal, Prompter } from "../../../dist/cli/replies/index.js";

// Nothing else is printed on this terminal.
const openSilence = async () => ({ letThrough: async () => undefined, [Symbol.dispose]: () => undefined });
const prompter = new Prompter(openTerminal(), openSilence);
const asked = new Map();
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

process.on("SIGINT", async () => {
  tell({ signal: "SIGINT" });
  await prompter.close();
  process.exit(130);
});

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, withdraw, outcome, crash } = JSON.parse(line);
  if (ask) {
    const controller = new AbortController();
    asked.set(ask.event.id, controller);
    void prompter.ask(ask, ask.notification, controller.signal).then((reply) => tell({ id: ask.event.id, reply }));
  }
  if (withdraw) asked.get(withdraw).abort(new Error("the connection was lost"));
  if (outcome) prompter.reportOutcome(outcome);
  if (crash) throw new Error("a bug");
  tell({ done: line.length });
}
await prompter.close();
