/*
 * The embedded print server in a process of its own, as built, with a source of notifications for each run. A run is
 * told by its printer. Five notifications come, each as soon as the client waits on all three registrations: two at
 * once for AsyncUI in one direction, one configuration change, one channel that wants a reply, and a last one for AsyncUI. What was
 * handed out is kept for each registration, for the report.
 */
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../../dist/pan/types.js";
import { PrintServer } from "../../../dist/print-server/print-server.js";

const KINDS = ["asyncui", "channels", "configuration"];

/** The number of the notification that comes on a channel. */
const CHANNEL = 4;

const question = (id) =>
  `<asyncPrintUIRequest><requestOpen><customUI dll="d" entrypoint="e" bidi="true">${id}</customUI></requestOpen></asyncPrintUIRequest>`;

class Run {
  /** By the server's number of the registration: what it is, and what was handed to it. */
  registrations = new Map();
  replies = 0;
  #name;
  #server;
  #tell;
  #channel = null;
  #steps;

  constructor(name, server, tell) {
    this.#name = name;
    this.#server = server;
    this.#tell = tell;
    this.#steps = [
      () => [1, 2].forEach((id) => this.#notify("asyncui", id)),
      () => this.#notify("configuration", 3),
      () => this.#open(CHANNEL),
      () => this.#notify("asyncui", 5),
    ];
  }

  see(event) {
    const known = this.registrations.get(event.registration);
    switch (event.type) {
      case "client.registered":
        this.registrations.set(event.registration, {
          kind: kindOf(event),
          queued: [],
          handed: [],
          parked: false,
          over: false,
        });
        break;
      case "client.waiting":
        if (event.channel === null) known.parked = true;
        break;
      case "client.received":
        if (event.channel !== null) {
          known.handed.push(CHANNEL);
          break;
        }
        known.handed.push(known.queued.shift());
        known.parked = false;
        break;
      case "client.opened":
        known.parked = false;
        break;
      case "client.replied":
        this.replies += 1;
        break;
      case "client.unregistered":
        known.over = true;
        known.parked = false;
        break;
      default:
    }
    this.#advance();
  }

  /** One more notification of each type: one side may be waiting for bytes that were taken away, and never says so. */
  nudge(id) {
    this.#notify("configuration", id);
    this.#notify("asyncui", id);
  }

  report() {
    return { replies: this.replies, registrations: [...this.registrations.values()] };
  }

  #advance() {
    const live = KINDS.map((kind) =>
      [...this.registrations.values()].findLast((one) => one.kind === kind && !one.over),
    );
    if (!live.every((one) => one?.parked) || this.#channel?.state === "open") return;
    const step = this.#steps.shift();
    // Not from inside the call that made the client wait.
    if (step !== undefined) setImmediate(step);
    else this.#tell("done");
  }

  #notify(kind, id) {
    for (const one of this.registrations.values()) if (one.kind === kind && !one.over) one.queued.push(id);
    const type = kind === "asyncui" ? ASYNC_UI : PRINTER_CONFIGURATION;
    this.#server.notify({ type, data: Uint8Array.of(id, 0, 0, 0), printer: this.#name });
  }

  #open(id) {
    const data = new Uint8Array(Buffer.from(question(id), "utf16le"));
    this.#channel = this.#server.openChannel({ type: ASYNC_UI, data, printer: this.#name });
  }
}

function kindOf({ notificationType, style }) {
  if (style === "bidi") return "channels";
  return notificationType === ASYNC_UI ? "asyncui" : "configuration";
}

const options = JSON.parse(process.argv[2] ?? "{}");
const server = await PrintServer.start({
  users: [{ name: "alice", password: "x" }],
  maxRegistrations: 1e6,
  ...options,
});
const runs = new Map();
/** Runs that have been reported: what their connections still bring is of no interest. */
const ended = new Set();
server.on((event) => {
  const { printer: run = null } = event;
  if (run === null || ended.has(run)) return;
  if (event.type === "client.registered" && !runs.has(run))
    runs.set(run, new Run(run, server, (what) => process.send({ run, what })));
  runs.get(run)?.see(event);
});
process.on("message", ({ run, order, id }) => {
  if (order === "nudge") return void runs.get(run)?.nudge(id);
  process.send({ run, what: "report", report: runs.get(run)?.report() ?? { replies: 0, registrations: [] } });
  runs.delete(run);
  ended.add(run);
});
process.on("disconnect", () => process.exit());
process.send({ what: "ready", port: server.port, epmPort: server.epmPort });
