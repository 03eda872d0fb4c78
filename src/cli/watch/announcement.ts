import { placeText } from "../render/place.js";
import type { EventOrigin, Registered, WatchEvent } from "../../watch/events.js";

/**
 * The line that says what is watched. It is told for each TARGET once all of its registrations have been answered; that
 * silence is normal is said with the first.
 */
export class Announcement {
  readonly #registrationsOfTarget: number;
  readonly #say: (text: string) => void;
  readonly #targets = new Map<string, { answered: Set<string>; registered: Registered[]; told: boolean }>();
  #first = true;

  constructor(registrationsOfTarget: number, say: (text: string) => void) {
    this.#registrationsOfTarget = registrationsOfTarget;
    this.#say = say;
  }

  see(event: WatchEvent): void {
    if (event.registration === null || (event.type !== "registered" && event.type !== "error")) return;
    const key = JSON.stringify([event.server, event.printer]);
    const target = this.#targets.get(key) ?? { answered: new Set(), registered: [], told: false };
    this.#targets.set(key, target);
    if (target.told) return;
    target.answered.add(event.registration);
    if (event.type === "registered") target.registered.push(event);
    const [first] = target.registered;
    if (target.answered.size < this.#registrationsOfTarget || first === undefined) return;
    target.told = true;
    this.#say(this.#sentence(event, first, target.registered));
  }

  #sentence(place: EventOrigin, first: Registered, registered: readonly Registered[]): string {
    const { mechanism, level, user } = first.auth;
    const filter = first.userFilter === "all-users" ? " of all users" : "";
    const who = user === null ? "" : ` as ${user}`;
    const silence = this.#first ? " — silence is normal until something happens; Ctrl-C to stop" : "";
    this.#first = false;
    return `Watching ${placeText(place)} for ${typesText(registered)}${filter}${who} (${mechanism}, ${level})${silence}`;
  }
}

/** `asyncui (uni, bidi) and printer-config (uni)`. */
function typesText(registered: readonly Registered[]): string {
  const styles = new Map<string, string[]>();
  for (const { notificationType, style } of registered) {
    const name = notificationType.name ?? notificationType.guid;
    styles.set(name, [...(styles.get(name) ?? []), style]);
  }
  return [...styles].map(([name, list]) => `${name} (${list.join(", ")})`).join(" and ");
}
