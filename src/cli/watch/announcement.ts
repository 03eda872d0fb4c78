import { placeText } from "../render/place.js";
import type { EventOrigin, Failed, Registered, WatchEvent } from "../../watch/events.js";

/** What is told in one line: a TARGET, or queues that a server turned out to share. */
interface Group {
  /** Registrations that have not been answered yet. */
  unanswered: number;
  readonly answered: Set<string>;
  readonly registered: (EventOrigin & Registered)[];
  told: boolean;
}

/**
 * The line that says what is watched. It is told for each TARGET once all of its registrations have been answered; that
 * silence is normal is said with the first.
 */
export class Announcement {
  readonly #registrationsOfPrinter: number;
  readonly #say: (text: string) => void;
  readonly #groups = new Map<string, Group>();
  /** The queues that were found last, by their server. */
  readonly #queues = new Map<string, Group>();
  #first = true;

  constructor(registrationsOfPrinter: number, say: (text: string) => void) {
    this.#registrationsOfPrinter = registrationsOfPrinter;
    this.#say = say;
  }

  /** Queues of a server that are about to be registered for: they are told in one line. */
  queuesFound(server: string, printers: readonly string[]): void {
    const group = this.#newGroup(printers.length);
    this.#queues.set(server, group);
    for (const printer of printers) this.#groups.set(keyOf({ server, printer }), group);
  }

  see(event: WatchEvent): void {
    if (event.type !== "registered" && event.type !== "error") return;
    const group = this.#groupOf(event);
    if (group.told) return;
    group.unanswered -= this.#answeredBy(event, group);
    if (event.type === "registered") group.registered.push(event);
    if (group.unanswered > 0 || group.registered.length === 0) return;
    group.told = true;
    this.#say(this.#sentence(group.registered));
  }

  #groupOf(event: EventOrigin & (Registered | Failed)): Group {
    // A server that takes no more registrations says so once, for all queues that are left.
    const isLimit = event.type === "error" && event.registration === null && event.printer === null;
    const queues = isLimit ? this.#queues.get(event.server) : undefined;
    if (queues !== undefined) return queues;
    const key = keyOf(event);
    const group = this.#groups.get(key) ?? this.#newGroup(1);
    this.#groups.set(key, group);
    return group;
  }

  #newGroup(printers: number): Group {
    return { unanswered: printers * this.#registrationsOfPrinter, answered: new Set(), registered: [], told: false };
  }

  /** How many registrations were waiting for this. */
  #answeredBy(event: EventOrigin & (Registered | Failed), { answered, unanswered }: Group): number {
    const { registration, printer } = event;
    if (registration === null) {
      if (event.type !== "error" || event.stage !== "register") return 0;
      return printer === null ? unanswered : this.#registrationsOfPrinter;
    }
    const isNew = !answered.has(registration);
    answered.add(registration);
    return isNew ? 1 : 0;
  }

  #sentence(registered: readonly (EventOrigin & Registered)[]): string {
    const [first] = registered as [EventOrigin & Registered];
    const { mechanism, level, user } = first.auth;
    const printers = new Set(registered.map(({ printer }) => printer)).size;
    const what = printers > 1 ? `${printers} queues of ${first.server}` : placeText(first);
    const filter = first.userFilter === "all-users" ? " of all users" : "";
    const who = user === null ? "" : ` as ${user}`;
    const silence = this.#first ? " — silence is normal until something happens; Ctrl-C to stop" : "";
    this.#first = false;
    return `Watching ${what} for ${typesText(registered)}${filter}${who} (${mechanism}, ${level})${silence}`;
  }
}

function keyOf({ server, printer }: Pick<EventOrigin, "server" | "printer">): string {
  return JSON.stringify([server, printer]);
}

/** `asyncui (uni, bidi) and printer-config (uni)`. */
function typesText(registered: readonly Registered[]): string {
  const styles = new Map<string, Set<string>>();
  for (const { notificationType, style } of registered) {
    const name = notificationType.name ?? notificationType.guid;
    styles.set(name, new Set([...(styles.get(name) ?? []), style]));
  }
  return [...styles].map(([name, some]) => `${name} (${[...some].join(", ")})`).join(" and ");
}
