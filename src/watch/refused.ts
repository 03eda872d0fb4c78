import type { PanwatchError } from "../errors.js";
import { HRESULTS } from "../pan/hresults.js";
import type { RegistrationWatch } from "./registration-watch.js";
import type { Reporter } from "./reporter.js";
import { failedEvent } from "./scope.js";

type Refusal = readonly [registration: RegistrationWatch, error: PanwatchError];

/** What a server answers that takes no more registrations. */
const LIMITS: readonly (number | null)[] = [HRESULTS.ERROR_NOT_READY, HRESULTS.MAX_REGISTRATION_COUNT_EXCEEDED];

/** Takes those out of the failures that say so. */
export function takeLimited(failures: Map<RegistrationWatch, PanwatchError>): Refusal[] {
  const limited = [...failures].filter(([, error]) => LIMITS.includes(error.hresult));
  for (const [registration] of limited) failures.delete(registration);
  return limited;
}

/** Gives up registrations that failed for good. Where one printer refuses all in the same words, they are told once. */
export function tellRefused(refusals: readonly Refusal[], reporter: Reporter): void {
  const groups = new Map<string, [Refusal, ...Refusal[]]>();
  for (const refusal of refusals) {
    const [{ scope }, { message }] = refusal;
    const key = JSON.stringify([scope.place.printer, message]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [refusal]);
    else group.push(refusal);
  }
  for (const group of groups.values()) {
    const finals = group.map(([registration, error]) => registration.abandon(error));
    const [[{ scope }, error]] = group;
    const place = group.length === 1 ? scope.place : { ...scope.place, registration: null };
    reporter.tell(place, failedEvent(error, "register", finals.includes(true)));
  }
}
