import { hex32 } from "../../../bytes/hex.js";
import type { PanwatchError } from "../../../errors.js";
import { typeName } from "../../../notifications/notification-types.js";
import { hresultName } from "../../../pan/hresults.js";
import { hintWithFlags } from "../../hints.js";
import { JsonEnvelopes } from "../../render/envelope.js";
import type { Finding } from "../findings.js";

/** Whom the diagnosis is about. */
export interface Place {
  readonly server: string;
  readonly printer: string | null;
}

/**
 * The JSON lines of `doctor -o json`, in the envelope of all JSON lines: `doctor.step` for each step, `doctor.access` for each
 * way to register that was tried, and `doctor.result` at the end.
 */
export class JsonFindings {
  readonly #place: Place;
  readonly #envelopes = new JsonEnvelopes();

  constructor(place: Place) {
    this.#place = place;
  }

  /** The line of a finding, without its line feed. */
  line(finding: Finding, time = new Date()): string {
    const place = { ...this.#place, time, registration: null, channel: null };
    return this.#envelopes.line(`doctor.${finding.type}`, place, fields(finding));
  }
}

function fields(finding: Finding): object {
  switch (finding.type) {
    case "step": {
      const { step, ok, ms, finding: text, details, error, advice } = finding;
      const { meaning = null, causes = [], look = [] } = advice ?? {};
      return { step, ok, ms, finding: text, details, ...errorFields(error), meaning, causes, look };
    }
    case "access": {
      const { scope, queue, userFilter, style, notificationType, access, error } = finding;
      return {
        scope,
        queue,
        userFilter,
        style,
        notificationType: typeName(notificationType),
        access,
        ...errorFields(error),
      };
    }
    case "probe": {
      const { probe, ok, ms, finding: text, error } = finding;
      return { probe, ok, ms, finding: text, ...errorFields(error) };
    }
    case "result": {
      const { exitCode, failedStep, registrations, error, interrupted, hint } = finding;
      return {
        ok: exitCode === 0,
        exitCode,
        failedStep,
        registrations,
        interrupted,
        ...errorFields(error),
        hint: hintWithFlags(error?.hint ?? null) ?? hint,
      };
    }
  }
}

function errorFields(error: PanwatchError | null): object {
  const hresult = error?.hresult ?? null;
  return {
    code: error?.code ?? null,
    hresult: hresult === null ? null : hex32(hresult),
    name: hresult === null ? null : hresultName(hresult),
    message: error?.message ?? null,
    hint: hintWithFlags(error?.hint ?? null),
  };
}
