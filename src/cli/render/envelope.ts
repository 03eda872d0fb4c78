import { escapeJson } from "../sanitise.js";

/** Where and when a JSON line belongs; the server is null only where a line is about several of them. */
export interface Envelope {
  readonly time: Date;
  readonly server: string | null;
  readonly printer: string | null;
  readonly registration: string | null;
  readonly channel: string | null;
}

/** The JSON lines of one output: the envelope of all of them with running numbers, without line feeds. */
export class JsonEnvelopes {
  #seq = 0;

  /** The next line. Nothing in it can be obeyed by a terminal. */
  line(type: string, { time, server, printer, registration, channel }: Envelope, fields: object): string {
    this.#seq += 1;
    const envelope = { v: 1, type, time: time.toISOString(), seq: this.#seq, server, printer, registration, channel };
    // V8 spreads into an object that begins with a spread, and reads it, slowly: 8 µs a line, 1 µs as it is.
    return escapeJson(JSON.stringify(Object.assign(envelope, fields)));
  }
}
