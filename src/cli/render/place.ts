import type { EventOrigin } from "../../watch/events.js";

/** Where something happened, for people: `HP4 on printsrv`, or the server alone. Not cleaned yet. */
export function placeText({ server, printer }: Pick<EventOrigin, "server" | "printer">): string {
  return printer === null ? server : `${printer} on ${server}`;
}
