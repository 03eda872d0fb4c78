import { UsageError } from "../../errors.js";

/** A service principal name without realm: `host/printsrv.example.com`. */
export interface Spn {
  readonly service: string;
  readonly host: string;
  readonly text: string;
}

/** Takes `SERVICE/HOST` apart. Throws a UsageError for anything else. */
export function parseSpn(text: string): Spn {
  const match = /^([^/@\s]+)\/([^/@\s]+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new UsageError(`${JSON.stringify(text)} is not a service principal name`, {
      hint: "write it as SERVICE/HOST, such as host/printsrv.example.com; the realm comes from krb5.conf",
    });
  return { service: match[1], host: match[2], text };
}
